// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/job_view.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/api/meta.h"
#include "controller/plan/names.h"

namespace dba {
namespace {

std::string Text(const Json& root, JsonPath path) {
  const Json* found = FindJson(root, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

// nullptr when there is no condition of this type that is True.
const Json* TrueCondition(const Json& job, absl::string_view type) {
  const Json* conditions = FindJson(job, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Json& condition : *conditions) {
    if (Text(condition, {"type"}) == type && Text(condition, {"status"}) == "True") return &condition;
  }
  return nullptr;
}

std::string LastLine(absl::string_view text) {
  std::string last;
  for (absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) last = std::string(line);
  }
  return last;
}

// Empty when the container did not fail.
std::string LastWordsOf(const Json& container_status) {
  const Json* terminated = FindJson(container_status, {"state", "terminated"});
  if (terminated == nullptr) return "";
  const absl::StatusOr<int64_t> exit_code = GetIntOr(*terminated, {"exitCode"}, 0);
  if (!exit_code.ok() || *exit_code == 0) return "";
  const std::string line = LastLine(Text(*terminated, {"message"}));
  if (!line.empty()) return line;
  const std::string reason = Text(*terminated, {"reason"});
  return absl::StrCat("container ", Text(container_status, {"name"}), " ended with exit code ", *exit_code,
                      reason.empty() ? "" : " (", reason, reason.empty() ? "" : ")");
}

}  // namespace

bool IsControlledBy(const nlohmann::json& object, absl::string_view owner_uid) {
  const Json* owners = FindJson(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || !owners->is_array()) return false;
  for (const Json& owner : *owners) {
    const Json* controls = FindJson(owner, {"controller"});
    if (controls != nullptr && *controls == true && Text(owner, {"uid"}) == owner_uid) return true;
  }
  return false;
}

absl::StatusOr<plan::JobView> ParseJob(const nlohmann::json& job) {
  DBA_ASSIGN_OR_RETURN(const api::ObjectMeta meta, api::ParseMeta(job));
  plan::JobView view;
  view.name = meta.name;
  view.uid = meta.uid;
  view.resource_version = meta.resource_version;
  const auto migration = meta.labels.find(std::string(plan::kMigrationLabel));
  if (migration != meta.labels.end()) view.migration = migration->second;
  view.finished_at = absl::InfinitePast();
  const Json* suspend = FindJson(job, {"spec", "suspend"});
  if (const Json* complete = TrueCondition(job, "Complete")) {
    view.phase = plan::JobView::Phase::kSucceeded;
    view.finished_at = api::TimeFromText(Text(*complete, {"lastTransitionTime"}));
  } else if (const Json* failed = TrueCondition(job, "Failed")) {
    view.phase = plan::JobView::Phase::kFailed;
    view.finished_at = api::TimeFromText(Text(*failed, {"lastTransitionTime"}));
    view.message = absl::StrCat(Text(*failed, {"reason"}), ": ", Text(*failed, {"message"}));
  } else if (suspend != nullptr && *suspend == true) {
    view.phase = plan::JobView::Phase::kSuspended;
  }
  return view;
}

std::string PodsOfJobSelector(const plan::JobView& job) {
  return absl::StrCat("batch.kubernetes.io/controller-uid=", job.uid);
}

bool HasStarted(const std::vector<nlohmann::json>& pods) {
  for (const Json& pod : pods) {
    if (const std::string phase = Text(pod, {"status", "phase"}); phase != "Pending" && !phase.empty()) return true;
    for (absl::string_view field : {"containerStatuses", "initContainerStatuses"}) {
      const Json* statuses = FindJson(pod, {"status", field});
      if (statuses == nullptr || !statuses->is_array()) continue;
      for (const Json& status : *statuses) {
        const absl::StatusOr<int64_t> restarts = GetIntOr(status, {"restartCount"}, 0);
        if (!restarts.ok() || *restarts > 0 || FindJson(status, {"state", "running"}) != nullptr ||
            FindJson(status, {"state", "terminated"}) != nullptr) {
          return true;
        }
      }
    }
  }
  return false;
}

std::string LastWords(const std::vector<nlohmann::json>& pods) {
  for (const Json& pod : pods) {
    for (absl::string_view field : {"containerStatuses", "initContainerStatuses"}) {
      const Json* statuses = FindJson(pod, {"status", field});
      if (statuses == nullptr || !statuses->is_array()) continue;
      for (const Json& status : *statuses) {
        const std::string words = LastWordsOf(status);
        if (!words.empty()) return words;
      }
    }
  }
  return "";
}

}  // namespace dba
