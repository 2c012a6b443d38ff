// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/catalogue_markdown.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/rule.h"

namespace dba::agent::hints {
namespace {

std::string Engines(unsigned engines) {
  if (engines == kAllEngines) return "all";
  std::vector<std::string> names;
  if ((engines & kPg) != 0) names.push_back("PostgreSQL");
  if ((engines & kMy) != 0) names.push_back("MySQL");
  if ((engines & kMaria) != 0) names.push_back("MariaDB");
  return absl::StrJoin(names, ", ");
}

}  // namespace

std::string CatalogueMarkdown() {
  std::string text =
      "| rule | scenario | engines | harm | severity | what it means | decided on | remedy | source |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const RuleInfo& rule : Catalogue()) {
    const std::string scenario = rule.scenario == 0 ? "" : absl::StrCat("S", rule.scenario);
    absl::StrAppend(&text, "| `", rule.id, "` | ", scenario, " | ", Engines(rule.engines), " | ", Word(rule.harm));
    absl::StrAppend(&text, " | ", rule.severity == Severity::kError ? "error" : "warning", " | ", rule.says, " | ",
                    rule.evidence, " | ", rule.remedy, " | ", rule.source, " |\n");
  }
  return text;
}

}  // namespace dba::agent::hints
