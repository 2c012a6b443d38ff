// SPDX-License-Identifier: Apache-2.0
//
// Everything that was observed about one ManagedDatabase, as one value. A part is known, or it is a Status that says
// why it is not; an unknown part is never read as an empty one.
#ifndef DBA_CONTROLLER_PLAN_WORLD_H_
#define DBA_CONTROLLER_PLAN_WORLD_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/api/agent_view.h"
#include "controller/api/database_migration.h"
#include "controller/api/hints.h"
#include "controller/api/managed_database.h"

namespace dba::plan {

// What a Secret of ours is for; the label dbaoperator.dev/role.
enum class SecretRole {
  kIntent,       // a password that is durable but not yet proven; becomes an application Secret
  kApplication,  // published: it logged in at least once
  kMigrator,     // for one attempt of one migration
  kQuarantine,   // a copy of an application Secret that was withdrawn, to give it back from
};

// A Secret of ours, without its contents.
struct SecretView {
  std::string name;
  std::string uid;
  std::string resource_version;
  SecretRole role = SecretRole::kIntent;
  std::string version;  // the name of a DatabaseMigration
  std::string account;
  absl::Time created_at = absl::InfinitePast();
};

struct JobView {
  enum class Phase { kSuspended, kRunning, kSucceeded, kFailed };
  std::string name;
  std::string uid;
  std::string resource_version;
  std::string migration;  // the name of a DatabaseMigration
  Phase phase = Phase::kRunning;
  std::string message;     // of a failed Job: the last line its container wrote, else the Job's own reason
  absl::Time finished_at;  // InfinitePast while it is not finished
  // Of a running Job whose Secret is gone: whether a container of it ever started; nullopt: not known.
  std::optional<bool> started = std::nullopt;
};

// A Pod, or a template that Pods are made from, that refers to one of our Secrets in whatever way.
struct SecretReference {
  std::string secret_name;
  std::string user;    // "Pod x", "Deployment y"
  bool is_use = true;  // false: worth a mention, like an old revision of a Deployment
};

enum class Login { kUnknown, kLoggedIn, kRefused, kLocked };  // kLocked: refused for nothing but a lock

// How a login with the password of a Secret went.
struct Probe {
  Login outcome = Login::kUnknown;
  std::string server_identity;  // where it was made
  std::string secret_uid;
  absl::Time at = absl::InfinitePast();
};

// What this process remembers of earlier observations. It is lost with the process, and then only makes it look again.
struct Memory {
  std::map<std::string, Probe> probes;  // by account
  // By account: since when each observation saw it locked, without session, and no login in flight.
  std::map<std::string, absl::Time> drained_since;
  std::map<std::string, absl::Time> password_replaced_at;  // by account
  absl::Time unreachable_since = absl::InfiniteFuture();   // agent or database; InfiniteFuture: it was reached
};

// How the last action that failed did so; kept until an action of that name succeeds or is no longer planned.
struct Failure {
  std::string action;  // DebugString of the action
  absl::Status status;
};

struct World {
  api::ManagedDatabase database;
  // All of the namespace, by name.
  std::map<std::string, api::DatabaseMigration> migrations;
  absl::StatusOr<api::DatabaseView> schema = absl::UnknownError("not observed");
  // True when the agent answered, even if its answer was an error.
  bool agent_reachable = false;
  absl::StatusOr<api::AccountsView> accounts = absl::UnknownError("not observed");
  absl::StatusOr<std::vector<JobView>> jobs = absl::UnknownError("not observed");
  absl::StatusOr<std::vector<SecretView>> secrets = absl::UnknownError("not observed");
  std::optional<Failure> last_failure;
  // Observed only while WantsHints (planner.h) asks for it.
  absl::StatusOr<api::HintReport> hints = absl::UnknownError("not observed");
  bool hints_observed = false;
  // Observed only while NeedsReferences (planner.h) asks for it.
  absl::StatusOr<std::vector<SecretReference>> references = absl::UnknownError("not observed");
  Memory memory;
};

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_WORLD_H_
