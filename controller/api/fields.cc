// SPDX-License-Identifier: Apache-2.0
#include "controller/api/fields.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace dba::api {

absl::StatusOr<absl::Duration> GetDurationOr(const Json& root, JsonPath path, absl::Duration fallback) {
  DBA_ASSIGN_OR_RETURN(const std::string text, GetStringOr(root, path, ""));
  if (text.empty()) return fallback;
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration) || duration < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a duration such as 30s or 5m"));
  }
  return duration;
}

std::vector<std::string> GetStrings(const Json& root, JsonPath path) {
  std::vector<std::string> strings;
  const Json* array = FindJson(root, path);
  if (array == nullptr || !array->is_array()) return strings;
  for (const Json& entry : *array) {
    if (entry.is_string()) strings.push_back(entry.get<std::string>());
  }
  return strings;
}

}  // namespace dba::api
