// SPDX-License-Identifier: Apache-2.0
//
// What the effects of a plan do to a World, without any server: enough to see that plans converge.
#ifndef DBA_CONTROLLER_PLAN_TESTING_MODEL_H_
#define DBA_CONTROLLER_PLAN_TESTING_MODEL_H_

#include "controller/plan/action.h"
#include "controller/plan/plan.h"
#include "controller/plan/world.h"

namespace dba::plan {

// Counts of what a run did, by "Verb object".
using EffectCounts = std::map<std::string, int>;

// Writes the status and applies all actions. Every part of `world` must be known.
void Apply(const Plan& plan, World& world, absl::Time now, EffectCounts& counts);

// Running Jobs end: they succeed, and the version table then says their migration's version.
void RunJobs(World& world);

// Plans and applies until a plan has no action and changes no status; Jobs end between rounds. Returns the number of
// rounds, or -1 when `max_rounds` were not enough.
int Converge(World& world, absl::Time now, int max_rounds, EffectCounts& counts);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_TESTING_MODEL_H_
