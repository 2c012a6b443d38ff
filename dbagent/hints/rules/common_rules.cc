// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {
namespace {

constexpr RuleInfo kRules[] = {
    {kUnsupportedRule, 0, kAllEngines, Harm::kUnsupported, Severity::kError,
     "The hint names an operation, field or word that does not exist.", "the hint alone",
     "Write the hint in the words of docs/hints.md.", "docs/hints.md", nullptr},
};

}  // namespace

absl::Span<const RuleInfo> CommonRules() { return kRules; }

}  // namespace dba::agent::hints
