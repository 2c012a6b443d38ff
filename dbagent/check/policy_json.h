// SPDX-License-Identifier: Apache-2.0
//
// spec.hints of a ManagedDatabase as the policy that findings are judged by. Pure.
#ifndef DBA_DBAGENT_CHECK_POLICY_JSON_H_
#define DBA_DBAGENT_CHECK_POLICY_JSON_H_

#include "absl/status/statusor.h"
#include "common/json.h"
#include "dbagent/hints/policy.h"

namespace dba::agent::check {

// What is left out, and a threshold of 0, is the default. INVALID_ARGUMENT names the field, such as
// "rules[0].mode", and what it may be; also a field or a rule that does not exist.
absl::StatusOr<hints::Policy> PolicyFromJson(const Json& hints);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_POLICY_JSON_H_
