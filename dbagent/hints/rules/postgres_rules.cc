// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {

absl::Span<const RuleInfo> PostgresRules() { return {}; }

}  // namespace dba::agent::hints
