// SPDX-License-Identifier: Apache-2.0
//
// Decides what to do next for one ManagedDatabase. Pure: no I/O, clock, log, thread or random number; the same World
// and time give the same Plan. The invariants it guards: no account is dropped while a session, a login in flight or a
// reference is known or unknown; never two migrations at once; at most one action that cannot be undone in a plan.
#ifndef DBA_CONTROLLER_PLAN_PLANNER_H_
#define DBA_CONTROLLER_PLAN_PLANNER_H_

#include "absl/time/time.h"
#include "controller/plan/plan.h"
#include "controller/plan/world.h"

namespace dba::plan {

// Whether the plan depends on which Pods refer to our Secrets. To be asked before MakePlan, so that Pods are listed
// only when an account is about to be retired.
bool NeedsReferences(const World& world);

// The migration whose hints the plan depends on: the next one, when nothing else is to be done before it starts, or one
// that has just failed. nullptr: none. To be asked before MakePlan, as above.
const api::DatabaseMigration* WantsHints(const World& world);

// `now` stamps condition changes and history; whole seconds are kept.
Plan MakePlan(const World& world, absl::Time now);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_PLANNER_H_
