// SPDX-License-Identifier: Apache-2.0
//
// Whether the server that answers is the one that the credentials were made on.
#ifndef DBA_CONTROLLER_PLAN_IDENTITY_RULES_H_
#define DBA_CONTROLLER_PLAN_IDENTITY_RULES_H_

#include <optional>

#include "controller/plan/plan.h"
#include "controller/plan/situation.h"
#include "controller/plan/world.h"

namespace dba::plan {

// Another server answers, it has no trace of this ManagedDatabase, and credentials have been published:
// DatabaseReplaced, until the annotation dbaoperator.dev/accept-database names it. Needs World::schema and
// World::accounts.
std::optional<Decision> AwaitAcceptance(const World& world);

// Another server answers and it is accepted: told once, when the status takes its identity over.
std::optional<Notice> NoticeOfMove(const World& world);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_IDENTITY_RULES_H_
