// SPDX-License-Identifier: Apache-2.0
//
// The parts of the catalogue. Each rule is one function in one source file of this folder; the lists say what it means.
#ifndef DBA_DBAGENT_HINTS_RULES_RULES_H_
#define DBA_DBAGENT_HINTS_RULES_RULES_H_

#include "absl/types/span.h"
#include "dbagent/hints/rule.h"

namespace dba::agent::hints {

// The rule for a hint that cannot be read; Evaluate itself applies it.
inline constexpr char kUnsupportedRule[] = "hint.unsupported";

absl::Span<const RuleInfo> CommonRules();
absl::Span<const RuleInfo> PostgresRules();
absl::Span<const RuleInfo> MysqlRules();  // MySQL and MariaDB

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_RULES_RULES_H_
