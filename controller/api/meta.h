// SPDX-License-Identifier: Apache-2.0
//
// The parts of Kubernetes object metadata and conditions that this program reads and writes.
#ifndef DBA_CONTROLLER_API_META_H_
#define DBA_CONTROLLER_API_META_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace dba::api {

struct ObjectMeta {
  std::string name_space;
  std::string name;
  std::string uid;
  std::string resource_version;
  int64_t generation = 0;
  bool deleting = false;  // a deletionTimestamp is set
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> annotations = {};
  absl::Time created_at = absl::InfinitePast();
  absl::Time deleted_at = absl::InfinitePast();  // the deletionTimestamp: when its deletion was asked for
  std::vector<std::string> finalizers = {};
};

enum class ConditionStatus { kTrue, kFalse, kUnknown };

// metav1.Condition (Kubernetes API conventions, "Typical status properties").
struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnknown;
  std::string reason;  // CamelCase, never empty
  std::string message;
  int64_t observed_generation = 0;
  absl::Time last_transition_time;  // changes only with `status`; whole seconds
};

bool operator==(const Condition& a, const Condition& b);

// The metadata of `object`. INVALID_ARGUMENT when it has no name.
absl::StatusOr<ObjectMeta> ParseMeta(const nlohmann::json& object);

// RFC 3339 in UTC with whole seconds, as metav1.Time; "" for InfinitePast.
std::string TimeToText(absl::Time time);
// InfinitePast for "" and for text that is no RFC 3339 time.
absl::Time TimeFromText(absl::string_view text);

nlohmann::json ToJson(const std::vector<Condition>& conditions);
// Entries without a type are passed over.
std::vector<Condition> ParseConditions(const nlohmann::json& status);

// nullptr when there is none of that type.
const Condition* FindCondition(const std::vector<Condition>& conditions, absl::string_view type);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_META_H_
