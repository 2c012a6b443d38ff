// SPDX-License-Identifier: Apache-2.0
//
// What a plan says, in words that tests compare.
#ifndef DBA_CONTROLLER_PLAN_TESTING_PLAN_WORDS_H_
#define DBA_CONTROLLER_PLAN_TESTING_PLAN_WORDS_H_

#include <string>
#include <vector>

#include "controller/plan/names.h"
#include "controller/plan/planner.h"
#include "controller/plan/testing/world_builder.h"

namespace dba::plan {

inline std::vector<std::string> Actions(const Plan& plan) {
  std::vector<std::string> actions;
  for (const Action& action : plan.actions) actions.push_back(DebugString(action));
  return actions;
}

inline std::vector<std::string> Notices(const Plan& plan) {
  std::vector<std::string> notices;
  for (const Notice& notice : plan.notices) notices.push_back(notice.reason + ": " + notice.message);
  return notices;
}

inline Plan PlanFor(WorldBuilder& builder) { return MakePlan(builder.world(), kTestNow); }

inline std::string ReasonOf(const Plan& plan, absl::string_view type) {
  const api::Condition* condition = api::FindCondition(plan.status.conditions, type);
  return condition == nullptr ? "" : condition->reason;
}

inline std::string Reason(const Plan& plan) { return ReasonOf(plan, "Ready"); }
inline std::string Message(const Plan& plan) { return api::FindCondition(plan.status.conditions, "Ready")->message; }

inline std::string App(absl::string_view version) { return ApplicationAccount("db-uid", version); }
inline std::string Copy(absl::string_view version) { return QuarantineSecretName("shop", "db-uid", version); }

// Of a version's credential in the status; "" when there is none.
inline std::string StateOf(const Plan& plan, const std::string& version) {
  for (const api::CredentialStatus& credential : plan.status.credentials) {
    if (credential.version == version) return credential.state;
  }
  return "";
}

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_TESTING_PLAN_WORDS_H_
