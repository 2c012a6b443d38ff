// SPDX-License-Identifier: Apache-2.0
//
// A database with its agent, in memory: a version table, accounts with passwords, locks and sessions, under the rules
// of proto/dbaoperator/agent/v1. Hooks let a test refuse a call, lose its reply or "crash" around it.
#ifndef DBA_CONTROLLER_TESTING_FAKE_AGENT_CLIENT_H_
#define DBA_CONTROLLER_TESTING_FAKE_AGENT_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mutex.h"
#include "controller/agent/agent_client.h"

namespace dba::agent {

// Thread-safe.
class FakeAgentClient : public AgentClient {
 public:
  struct Account {
    std::string owner;
    api::AccountKind kind = api::AccountKind::kApplication;
    std::string version;
    std::string password;
    bool locked = false;
    int sessions = 0;
  };
  // `call` is "DropAccount dba_1", or the method's name alone. An error returned before the call prevents it; one
  // returned after it replaces the reply, the effect stays.
  using Hook = std::function<absl::Status(absl::string_view call)>;

  FakeAgentClient();

  absl::StatusOr<api::DatabaseView> GetDatabase(const VersionTable& version_table) override;
  absl::StatusOr<api::AccountsView> ListAccounts(absl::string_view owner) override;
  absl::StatusOr<bool> EnsureAccount(const AccountRequest& request, const Secret& password) override;
  absl::Status ProbeAccount(absl::string_view name, const Secret& password) override;
  absl::Status LockAccount(absl::string_view owner, absl::string_view name) override;
  absl::Status UnlockAccount(absl::string_view owner, absl::string_view name) override;
  absl::StatusOr<bool> DropAccount(absl::string_view owner, absl::string_view name) override;
  absl::StatusOr<int> TerminateSessions(absl::string_view owner, absl::string_view name) override;
  absl::Status BeginMigration(absl::string_view owner, const VersionTable& version_table,
                              const std::vector<std::string>& expected) override;
  // What SetHintReport said.
  absl::StatusOr<api::HintReport> CheckHints(const HintRequest& request) override;
  absl::Status ConfigureDataMetrics(absl::string_view database, const api::DataMetrics& metrics,
                                    absl::string_view digest) override;

  void SetBeforeCall(Hook hook) ABSL_LOCKS_EXCLUDED(mu_);
  void SetAfterCall(Hook hook) ABSL_LOCKS_EXCLUDED(mu_);

  // Every call of `method` answers with this until it is OK again.
  void SetFailure(absl::string_view method, absl::Status status) ABSL_LOCKS_EXCLUDED(mu_);

  // What the version table says; empty: no migration has run.
  void SetVersions(std::vector<std::string> versions) ABSL_LOCKS_EXCLUDED(mu_);
  void SetSchemaVersion(api::SchemaVersion version) ABSL_LOCKS_EXCLUDED(mu_);

  void SetHintReport(api::HintReport report) ABSL_LOCKS_EXCLUDED(mu_);

  // Whether a login with this password succeeds.
  bool CanLogIn(absl::string_view name, absl::string_view password) const ABSL_LOCKS_EXCLUDED(mu_);
  // Nobody checks: the account must exist.
  void SetSessions(absl::string_view name, int sessions) ABSL_LOCKS_EXCLUDED(mu_);
  // As an administrator would do by hand.
  void RemoveAccount(absl::string_view name) ABSL_LOCKS_EXCLUDED(mu_);

  std::map<std::string, Account> accounts() const ABSL_LOCKS_EXCLUDED(mu_);
  // How often each account came to be, and was dropped.
  std::map<std::string, int> created() const ABSL_LOCKS_EXCLUDED(mu_);
  std::map<std::string, int> dropped() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Runs `body` between the hooks.
  template <typename Result, typename Body>
  Result Call(absl::string_view method, absl::string_view object, Body body);
  // nullptr unless the account exists with the owner's mark.
  Account* FindLocked(absl::string_view owner, absl::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable Mutex mu_;
  api::DatabaseView view_ ABSL_GUARDED_BY(mu_);
  api::HintReport hint_report_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, Account, std::less<>> accounts_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> created_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> dropped_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, absl::Status, std::less<>> failures_ ABSL_GUARDED_BY(mu_);
  Hook before_ ABSL_GUARDED_BY(mu_);
  Hook after_ ABSL_GUARDED_BY(mu_);
};

// Hands out the agents that were added; at another address nobody answers. Add before use from other threads.
class FakeAgentDirectory : public AgentDirectory {
 public:
  // Makes the agent on first use.
  FakeAgentClient& At(absl::string_view address);

  std::shared_ptr<AgentClient> Get(absl::string_view address) override;

 private:
  std::map<std::string, std::shared_ptr<FakeAgentClient>, std::less<>> agents_;
};

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_TESTING_FAKE_AGENT_CLIENT_H_
