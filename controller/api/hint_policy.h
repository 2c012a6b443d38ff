// SPDX-License-Identifier: Apache-2.0
//
// spec.hints of a ManagedDatabase as a value.
#ifndef DBA_CONTROLLER_API_HINT_POLICY_H_
#define DBA_CONTROLLER_API_HINT_POLICY_H_

#include "absl/status/statusor.h"
#include "controller/api/hints.h"
#include "nlohmann/json.hpp"

namespace dba::api {

// `spec` is that of the ManagedDatabase; without `hints` in it the policy is the default. INVALID_ARGUMENT names the
// field and what it should be.
absl::StatusOr<HintPolicy> ParseHintPolicy(const nlohmann::json& spec);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_HINT_POLICY_H_
