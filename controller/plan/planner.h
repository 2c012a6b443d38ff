// SPDX-License-Identifier: Apache-2.0
//
// Decides what to do next for one ManagedDatabase. Pure: no I/O, clock, log, thread or random number; the same World
// and time give the same Plan. The invariants it guards: no account is dropped while a session, a login in flight or a
// reference is known or unknown; never two migrations at once; at most one action that cannot be undone in a plan.
#ifndef DBA_CONTROLLER_PLAN_PLANNER_H_
#define DBA_CONTROLLER_PLAN_PLANNER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controller/api/managed_database.h"
#include "controller/plan/action.h"
#include "controller/plan/world.h"

namespace dba::plan {

// Something worth telling a human once.
struct Notice {
  bool warning = false;
  std::string reason;   // CamelCase
  std::string message;  // names the object and, if warning, the remedy
};

struct Plan {
  // To be written first, and only if it differs from World::database.status. It holds the claim of the actions.
  api::ManagedDatabaseStatus status;
  // In this order; the first failure ends the plan. After any action the world is observed again.
  std::vector<Action> actions;
  std::vector<Notice> notices;
  // When to look again though nothing changed; nullopt: at the next resync.
  std::optional<absl::Duration> requeue_after;
  // A failed observation that should be tried again with backoff; OK otherwise.
  absl::Status transient_error;
};

// Whether the plan depends on which Pods refer to our Secrets. To be asked before MakePlan, so that Pods are listed
// only when an account is about to be retired.
bool NeedsReferences(const World& world);

// `now` stamps condition changes and history; whole seconds are kept.
Plan MakePlan(const World& world, absl::Time now);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_PLANNER_H_
