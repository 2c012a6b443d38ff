// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_PROCESS_H_
#define DBA_CONTROLLER_SIMULATION_PROCESS_H_

#include <map>
#include <memory>
#include <string>

#include "controller/reconcile/executor.h"
#include "controller/reconcile/migration_source.h"
#include "controller/reconcile/observer.h"
#include "controller/reconcile/reconcile_listener.h"
#include "controller/reconcile/reconciler.h"
#include "controller/simulation/checker.h"
#include "controller/simulation/edge.h"
#include "controller/simulation/environment.h"
#include "controller/simulation/fiber.h"
#include "controller/simulation/sim_agent.h"
#include "controller/simulation/sim_kube.h"

namespace dba::simulation {

// One life of a controller: the real Observer, Executor and Reconciler with their memory, which ends with it. Calls of
// Reconcile take turns with the world. Not thread-safe. What it is made of must outlive it.
class Process : private MigrationSource, private agent::AgentDirectory, private ReconcileListener {
 public:
  Process(Environment* env, Checker* checker, std::string name, Fiber* fiber);
  // Ends the process where it stands.
  ~Process() override;

  // Goes on with the Reconcile that is under way up to its next call, or begins one.
  void Step();
  bool busy() const { return fiber_.running(); }
  bool dead() const { return edge_.dead(); }

 private:
  // Mutant::kIntentForgotten.
  void ForgetIntents();

  absl::StatusOr<std::map<std::string, api::DatabaseMigration>> List(absl::string_view name_space) override;
  std::shared_ptr<agent::AgentClient> Get(absl::string_view address) override;
  void OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) override;
  void OnNotice(const api::ManagedDatabase& database, const plan::Notice& notice) override;
  void OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                const absl::StatusOr<Effect>& effect) override;
  void OnGone(const kube::ObjectKey& key) override;

  Environment& env_;
  Checker& checker_;
  const std::string name_;
  Fiber& fiber_;
  Observation seen_;
  Edge edge_;
  SimKube kube_;
  std::shared_ptr<SimAgent> agent_;
  Observer observer_;
  Executor executor_;
  Reconciler reconciler_;
  int migrations_seen_ = -1;  // -1: the cache has not been filled
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_PROCESS_H_
