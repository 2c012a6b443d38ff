// SPDX-License-Identifier: Apache-2.0
//
// Fields that several custom resources have, from JSON.
#ifndef DBA_CONTROLLER_API_FIELDS_H_
#define DBA_CONTROLLER_API_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/json.h"

namespace dba::api {

// A duration such as "30s" or "1m30s" at `path`; `fallback` when it is absent. INVALID_ARGUMENT for anything else.
absl::StatusOr<absl::Duration> GetDurationOr(const Json& root, JsonPath path, absl::Duration fallback);

// The strings of the array at `path`; what is no string is passed over.
std::vector<std::string> GetStrings(const Json& root, JsonPath path);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_FIELDS_H_
