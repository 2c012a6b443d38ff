// SPDX-License-Identifier: Apache-2.0
//
// The only reader: from the API server and the agent to a plan::World.
#ifndef DBA_CONTROLLER_RECONCILE_OBSERVER_H_
#define DBA_CONTROLLER_RECONCILE_OBSERVER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "controller/agent/agent_client.h"
#include "controller/kube/kube_client.h"
#include "controller/plan/memory.h"
#include "controller/plan/world.h"
#include "controller/reconcile/migration_source.h"

namespace dba {

// Thread-safe. What it is made of must outlive it.
class Observer {
 public:
  Observer(kube::KubeClient* kube, agent::AgentDirectory* agents, MigrationSource* migrations)
      : kube_(*kube), agents_(*agents), migrations_(*migrations) {}

  // All but World::references and World::last_failure. What is decided over is
  // read live, never from a cache; Jobs before the version table, so that a
  // Job which is seen to have ended has written all that it ever will; and
  // Secrets after the accounts, whose list fences an older controller off: of
  // what it did in the database no Secret is missed.
  // NOT_FOUND: there is no such ManagedDatabase. Other errors: without it
  // nothing can be said, not even in its status.
  absl::StatusOr<plan::World> Observe(const kube::ObjectKey& key);

  // The ManagedDatabase with nothing but its metadata, for one whose spec cannot be read. Errors as Observe().
  absl::StatusOr<api::ManagedDatabase> ObserveIdentity(const kube::ObjectKey& key);

  // Fills World::hints by asking the agent about those of `migration`.
  void ObserveHints(plan::World& world, const api::DatabaseMigration& migration);

  // Fills World::references from all Pods of the namespace and all templates that Pods are made from. Needs
  // World::secrets.
  void ObserveReferences(plan::World& world);

  // Tries these logins, and puts how they went into World::memory.
  void ObserveProbes(const std::vector<plan::ProbeTarget>& targets, absl::Time now, plan::World& world);

 private:
  void ObserveJobs(plan::World& world);
  void ObserveAgent(plan::World& world);
  // Needs World::jobs, whose messages hold no password after it.
  void ObserveSecrets(plan::World& world);
  void ObserveStart(plan::World& world);
  // UNKNOWN when it could not be found out.
  absl::Status Probe(const plan::World& world, const plan::ProbeTarget& target);

  kube::KubeClient& kube_;
  agent::AgentDirectory& agents_;
  MigrationSource& migrations_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_OBSERVER_H_
