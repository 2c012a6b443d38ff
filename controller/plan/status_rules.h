// SPDX-License-Identifier: Apache-2.0
//
// What the CR's status says: the verdict as conditions that kstatus understands, and what was observed. A part of the
// world that is unknown leaves what the status said of it before.
#ifndef DBA_CONTROLLER_PLAN_STATUS_RULES_H_
#define DBA_CONTROLLER_PLAN_STATUS_RULES_H_

#include "absl/time/time.h"
#include "controller/api/managed_database.h"
#include "controller/plan/situation.h"
#include "controller/plan/verdict.h"
#include "controller/plan/world.h"

namespace dba::plan {

// `situation` is nullptr when no path was found or a part of the world that it needs is unknown.
api::ManagedDatabaseStatus MakeStatus(const World& world, const Situation* situation, const Decision& decision,
                                      absl::Time now);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_STATUS_RULES_H_
