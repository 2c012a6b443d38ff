// SPDX-License-Identifier: Apache-2.0
//
// How a credential is taken away: its Secret is withdrawn into quarantine, its account locked, drained and dropped; and
// given back from any of these states but the last. Never while something refers to its Secret, a session uses it or a
// login is in flight, and never when one of these is unknown.
#ifndef DBA_CONTROLLER_PLAN_RETIRE_RULES_H_
#define DBA_CONTROLLER_PLAN_RETIRE_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "controller/plan/situation.h"

namespace dba::plan {

// The next step for all of `candidates`, which must not be empty; at most one action that cannot be undone.
// `purpose` is who waits for it, for messages: "migration v3".
Decision Retire(const Situation& situation, const std::vector<RetireCandidate>& candidates, const std::string& purpose);

// A credential that was withdrawn and is not to be retired any more: gives it back.
std::optional<Decision> ReturnCredentials(const Situation& situation);

// A migration is pending: takes the credentials away that do not fit the schema it makes, or waits for their users.
std::optional<Decision> RetireCredentials(const Situation& situation);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_RETIRE_RULES_H_
