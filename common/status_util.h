// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_STATUS_UTIL_H_
#define DBA_COMMON_STATUS_UTIL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dba {

// Returns `status` with "`context`: " before its message; code and payloads
// stay. An OK status stays OK. The context names the object and what was being
// done: "read Secret shop/admin".
absl::Status Annotate(const absl::Status& status, absl::string_view context);

// Whether the same call may succeed later although nobody changes anything:
// UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, RESOURCE_EXHAUSTED. The only such
// table in the project. All other errors wait for a change of the world or of
// the request, and are tried again slowly.
bool IsRetryable(absl::StatusCode code);

}  // namespace dba

#endif  // DBA_COMMON_STATUS_UTIL_H_
