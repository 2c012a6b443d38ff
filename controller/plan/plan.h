// SPDX-License-Identifier: Apache-2.0
//
// What the planner hands to the executor.
#ifndef DBA_CONTROLLER_PLAN_PLAN_H_
#define DBA_CONTROLLER_PLAN_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controller/api/managed_database.h"
#include "controller/plan/action.h"

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
  // To be told once all actions succeeded.
  std::vector<Notice> notices;
  // When to look again though nothing changed; nullopt: at the next resync.
  std::optional<absl::Duration> requeue_after;
  // A failed observation that should be tried again with backoff; OK otherwise.
  absl::Status transient_error;
};

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_PLAN_H_
