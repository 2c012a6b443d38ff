// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_JOB_VIEW_H_
#define DBA_CONTROLLER_RECONCILE_JOB_VIEW_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/plan/world.h"
#include "nlohmann/json.hpp"

namespace dba {

// Whether the object's controlling owner has this UID: a Job that only carries our labels is somebody else's.
bool IsControlledBy(const nlohmann::json& object, absl::string_view owner_uid);

// What matters of a batch/v1 Job. A Job counts as ended only with condition
// Complete or Failed (Kubernetes 1.34 documentation, "Jobs": SuccessCriteriaMet
// and FailureTarget come earlier, while Pods may still run). The message of a
// failed one is its condition's. INVALID_ARGUMENT when it has no name. Pure.
absl::StatusOr<plan::JobView> ParseJob(const nlohmann::json& job);

// For kube::KubeClient::List: the Pods of the Job with this UID.
std::string PodsOfJobSelector(const plan::JobView& job);

// Whether a container of these Pods ever started. Pure.
bool HasStarted(const std::vector<nlohmann::json>& pods);

// Why the Pods of a failed Job failed: the last line that a container wrote,
// else the reason and exit code of its end. Empty when no container failed.
// Pure.
std::string LastWords(const std::vector<nlohmann::json>& pods);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_JOB_VIEW_H_
