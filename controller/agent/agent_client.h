// SPDX-License-Identifier: Apache-2.0
//
// The seam to a database agent: one method per call of
// proto/dbaoperator/agent/v1, with the controller's own values.
#ifndef DBA_CONTROLLER_AGENT_AGENT_CLIENT_H_
#define DBA_CONTROLLER_AGENT_AGENT_CLIENT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "controller/api/agent_view.h"
#include "controller/api/hints.h"
#include "controller/api/managed_database.h"
#include "nlohmann/json.hpp"

namespace dba::agent {

// Exactly one of the two is set.
struct VersionTable {
  std::string preset;  // as in spec.versionTable.preset
  std::string query;
};

struct AccountRequest {
  std::string owner;  // UID of the ManagedDatabase
  std::string name;
  api::AccountKind kind = api::AccountKind::kApplication;
  std::string version;                                       // the name of a DatabaseMigration
  api::Privileges privileges = api::Privileges::kReadWrite;  // of an application account
  absl::Duration lock_timeout = absl::ZeroDuration();        // of a migrator; zero: the server's default
  int connection_limit = 0;                                  // of a migrator; 0: none
  std::vector<api::Grant> extra_grants;                      // of an application account
  bool replace_password = false;                             // else another password than the account's is refused
};

struct HintRequest {
  std::string owner;                  // UID of the ManagedDatabase
  std::vector<nlohmann::json> hints;  // as in spec.hints of a DatabaseMigration
  api::HintPolicy policy;
};

// Error codes are those of agent.proto, and UNAVAILABLE or DEADLINE_EXCEEDED
// when the agent did not answer, which AgentAnswered() tells apart from the
// same codes in an answer; ABORTED when another controller with a higher epoch took over (the fence of agent.proto).
// Every call is idempotent and bounded in time.
// Thread-safe. Every method blocks.
class AgentClient {
 public:
  virtual ~AgentClient() = default;

  virtual absl::StatusOr<api::DatabaseView> GetDatabase(const VersionTable& version_table) = 0;

  virtual absl::StatusOr<api::AccountsView> ListAccounts(absl::string_view owner) = 0;

  // True when the account was made now. FAILED_PRECONDITION: it has another password, or no mark of the owner.
  virtual absl::StatusOr<bool> EnsureAccount(const AccountRequest& request, const Secret& password) = 0;

  // FAILED_PRECONDITION when the database refuses the login, which IsRefusedForLock() tells apart when the account is
  // locked; other errors: it is not known.
  virtual absl::Status ProbeAccount(absl::string_view name, const Secret& password) = 0;

  virtual absl::Status LockAccount(absl::string_view owner, absl::string_view name) = 0;

  virtual absl::Status UnlockAccount(absl::string_view owner, absl::string_view name) = 0;

  // True when the account was dropped now, false when it was gone already.
  virtual absl::StatusOr<bool> DropAccount(absl::string_view owner, absl::string_view name) = 0;

  // How many sessions of a locked account were ended.
  virtual absl::StatusOr<int> TerminateSessions(absl::string_view owner, absl::string_view name) = 0;

  // Allows one attempt to start. FAILED_PRECONDITION: the version table does not say `expected` (empty: nothing), or
  // an earlier attempt is still connected.
  virtual absl::Status BeginMigration(absl::string_view owner, const VersionTable& version_table,
                                      const std::vector<std::string>& expected) = 0;

  virtual absl::StatusOr<api::HintReport> CheckHints(const HintRequest& request) = 0;

  // `database` is the value of the label of that name: namespace/name.
  virtual absl::Status ConfigureDataMetrics(absl::string_view database, const api::DataMetrics& metrics,
                                            absl::string_view digest) = 0;
};

// Where clients come from. Thread-safe.
class AgentDirectory {
 public:
  virtual ~AgentDirectory() = default;

  // Never null; nothing is sent before the first call. `address` is host:port.
  virtual std::shared_ptr<AgentClient> Get(absl::string_view address) = 0;
};

// Marks an error as made on this side: no answer of the agent came.
absl::Status NotAnswered(absl::Status status);

// True for OK and for every error that the agent itself sent.
bool AgentAnswered(const absl::Status& status);

// Marks the refusal of a login: the password is right, and the account is locked.
absl::Status RefusedForLock(absl::Status status);
bool IsRefusedForLock(const absl::Status& status);

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_AGENT_CLIENT_H_
