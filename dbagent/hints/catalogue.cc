// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "absl/strings/string_view.h"
#include "dbagent/hints/rule.h"
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {

absl::Span<const RuleInfo> Catalogue() {
  static const std::vector<RuleInfo>& all = *[] {
    auto* rules = new std::vector<RuleInfo>;
    for (const absl::Span<const RuleInfo> part : {CommonRules(), PostgresRules(), MysqlRules()}) {
      rules->insert(rules->end(), part.begin(), part.end());
    }
    return rules;
  }();
  return all;
}

const RuleInfo* FindRule(absl::string_view id) {
  for (const RuleInfo& rule : Catalogue()) {
    if (id == rule.id) return &rule;
  }
  return nullptr;
}

}  // namespace dba::agent::hints
