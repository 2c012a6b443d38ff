// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_SIM_AGENT_H_
#define DBA_CONTROLLER_SIMULATION_SIM_AGENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "controller/agent/agent_client.h"
#include "controller/simulation/checker.h"
#include "controller/simulation/edge.h"
#include "controller/simulation/environment.h"

namespace dba::simulation {

// The agent of the simulated database as one controller process reaches it, under the rules of agent.proto. The process
// was elected when it began; a process that was replaced since goes on until it sees a higher epoch, and may be elected
// again. What it is
// made of must outlive it, and the effects that it leaves behind need all but the Edge.
class SimAgent : public agent::AgentClient {
 public:
  SimAgent(Environment* env, Checker* checker, Edge* edge, Observation* seen)
      : env_(*env), checker_(*checker), edge_(*edge), seen_(*seen), epoch_(++env->last_epoch) {}

  absl::StatusOr<api::DatabaseView> GetDatabase(const agent::VersionTable& version_table) override;
  absl::StatusOr<api::AccountsView> ListAccounts(absl::string_view owner) override;
  absl::StatusOr<bool> EnsureAccount(const agent::AccountRequest& request, const Secret& password) override;
  absl::Status ProbeAccount(absl::string_view name, const Secret& password) override;
  absl::Status LockAccount(absl::string_view owner, absl::string_view name) override;
  absl::Status UnlockAccount(absl::string_view owner, absl::string_view name) override;
  absl::StatusOr<bool> DropAccount(absl::string_view owner, absl::string_view name) override;
  absl::StatusOr<int> TerminateSessions(absl::string_view owner, absl::string_view name) override;
  absl::Status BeginMigration(absl::string_view owner, const agent::VersionTable& version_table,
                              const std::vector<std::string>& expected) override;
  absl::StatusOr<api::HintReport> CheckHints(const agent::HintRequest& request) override;
  absl::Status ConfigureDataMetrics(absl::string_view database, const api::DataMetrics& metrics,
                                    absl::string_view digest) override;

 private:
  bool Is(Mutant mutant) const { return env_.mutant == mutant; }
  // Runs `change`, a function of Environment& and Checker& that owns what it uses, if the fence lets it.
  template <typename Result, typename Change>
  Result Fence(const CallName& what, const Change& change);
  absl::Status SetLocked(absl::string_view verb, absl::string_view owner, absl::string_view name, bool locked);
  api::AccountsView View(absl::string_view owner);

  Environment& env_;
  Checker& checker_;
  Edge& edge_;
  Observation& seen_;
  uint64_t epoch_;
  bool outrun_ = false;  // a higher epoch was seen
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_AGENT_H_
