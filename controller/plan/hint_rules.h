// SPDX-License-Identifier: Apache-2.0
//
// Whether the findings about the next migration let it start. What is found is the agent's business; what is done about
// it is the CR's policy and a human's acknowledgement.
#ifndef DBA_CONTROLLER_PLAN_HINT_RULES_H_
#define DBA_CONTROLLER_PLAN_HINT_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "controller/api/hints.h"
#include "controller/plan/situation.h"
#include "controller/plan/world.h"

namespace dba::plan {

// On a ManagedDatabase: "<migration> <digest> by <who>: <why>" lets this migration start in spite of the findings that
// the digest stands for, and of no others.
inline constexpr absl::string_view kAcknowledgeAnnotation = "dbaoperator.dev/acknowledge-findings";

// Eight hexadecimal digits over what blocks: rules, tables and columns, not their changing figures. Empty: nothing
// does.
std::string FindingsDigest(const std::vector<api::Finding>& findings);

// The next migration's findings block it, or could not be told: it waits. Needs World::hints once the migration has
// hints and the policy is not Off; without them it says so, and the reconciler observes them (WantsHints).
std::optional<Decision> CheckHints(const Situation& situation);

// What the status says of hints: the condition HintsPassed, the findings, the acknowledgement. What was not observed
// now stays as the status had it, also while only figures of the findings changed. `situation` may be nullptr.
struct HintStatus {
  api::ConditionStatus passed = api::ConditionStatus::kUnknown;
  std::string reason;
  std::string message;
  std::vector<api::FindingStatus> findings;
  std::optional<api::Acknowledgement> acknowledgement;
};
HintStatus JudgeHints(const World& world, const Situation* situation, absl::Time now);

// Whether there is something for the agent to check.
bool HasHintsToCheck(const World& world, const api::DatabaseMigration& migration);

// What to tell people once: findings that were not there before. nullopt: nothing new.
std::optional<Notice> TellFindings(const api::ManagedDatabaseStatus& before, const api::ManagedDatabaseStatus& after);

// How far a migration that died came, by its hints: "not started", "2 of 3 changes are there"; empty: nothing is known.
std::string Triage(const World& world);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_HINT_RULES_H_
