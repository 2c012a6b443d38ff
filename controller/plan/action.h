// SPDX-License-Identifier: Apache-2.0
//
// The effects that a plan may ask for. Each is idempotent and is one request, or one read and one request, at the edge.
#ifndef DBA_CONTROLLER_PLAN_ACTION_H_
#define DBA_CONTROLLER_PLAN_ACTION_H_

#include <string>
#include <variant>
#include <vector>

#include "controller/api/agent_view.h"
#include "controller/plan/world.h"
#include "nlohmann/json.hpp"

namespace dba::plan {

// Sends spec.dataMetrics to the agent.
struct ConfigureDataMetrics {
  std::string digest;
};

// POSTs an immutable Secret with a password drawn now. One that exists already is success: its password is kept.
struct CreateSecret {
  std::string name;
  SecretRole role = SecretRole::kIntent;
  std::string version;
  std::string account;
};

// Makes the account with the password that `secret_name` holds. An account that exists with another password is
// FAILED_PRECONDITION, unless `replace_password`: nobody can be holding the one that it has.
struct EnsureAccount {
  std::string account;
  api::AccountKind kind = api::AccountKind::kApplication;
  std::string version;
  std::string secret_name;
  bool replace_password = false;
};

// Fails unless the account can log in with the password that `secret_name` holds.
struct ProbeAccount {
  std::string account;
  std::string secret_name;
};

// POSTs the application Secret `name` with the contents of the intent `from`. One that exists already with the same
// contents is success; with other contents it is ABORTED, never overwritten.
struct PublishSecret {
  std::string name;
  std::string from;
  std::string version;
  std::string account;
};

// POSTs `name`, a copy of the published Secret `from` to give it back from. One that exists already with the same
// contents is kept, as by KeepSecret; with other contents it is FAILED_PRECONDITION.
struct QuarantineSecret {
  std::string name;
  std::string from;
  std::string version;
  std::string account;
};

// POSTs the application Secret `name` again, with the contents of its quarantined copy `from`. One that exists already
// is as with QuarantineSecret.
struct RestoreSecret {
  std::string name;
  std::string from;
  std::string version;
  std::string account;
};

// Writes to the Secret if it is still the one that was observed, so that a DeleteSecret that was decided on an earlier
// look at it, by whichever process, is refused from now on.
struct KeepSecret {
  std::string name;
  std::string uid;
  std::string resource_version;
};

// Deletes the Secret if it is still the one that was observed. One that is gone is success.
struct DeleteSecret {
  std::string name;
  std::string uid;
  std::string resource_version;
};

struct LockAccount {
  std::string account;
};

struct UnlockAccount {
  std::string account;
};

// Ends the sessions of a locked account.
struct TerminateSessions {
  std::string account;
};

// Cannot be undone.
struct DropAccount {
  std::string account;
};

// POSTs the suspended Job. One that exists already is success: the next observation compares its UID.
struct CreateJob {
  std::string name;
  nlohmann::json manifest;
};

// Fails unless the version table still says `expected` and nothing is left of another attempt.
struct BeginMigration {
  std::string job_name;
  std::vector<std::string> expected;  // sorted; empty: no migration has run
};

// Lets the Job run if it is still the one that was observed. Cannot be undone.
struct ReleaseJob {
  std::string name;
  std::string uid;
  std::string resource_version;
};

// Deletes a Job that never ran, if it is still the one that was observed.
struct DeleteJob {
  std::string name;
  std::string uid;
  std::string resource_version;
};

// Adds our finalizer to the ManagedDatabase, or takes it away, if it is still the version that was observed.
struct SetFinalizers {
  std::vector<std::string> finalizers;  // all that are to be there
  bool present = false;                 // whether ours is among them
};

using Action =
    std::variant<ConfigureDataMetrics, CreateSecret, EnsureAccount, ProbeAccount, PublishSecret, QuarantineSecret,
                 RestoreSecret, KeepSecret, DeleteSecret, LockAccount, UnlockAccount, TerminateSessions, DropAccount,
                 CreateJob, BeginMigration, ReleaseJob, DeleteJob, SetFinalizers>;

// True for DropAccount and ReleaseJob.
bool IsIrreversible(const Action& action);

// "DropAccount dba_0123": the verb and its object, for logs, crash points and tests.
std::string DebugString(const Action& action);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_ACTION_H_
