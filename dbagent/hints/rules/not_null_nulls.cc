// SPDX-License-Identifier: Apache-2.0
//
// Scenario 8: NOT NULL over rows that hold NULL.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool IsProven(const TableFacts& table, const std::string& column) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const ConstraintFacts& constraint) {
    return constraint.type == ConstraintType::kCheck && constraint.validated && constraint.enforced &&
           ProvesNotNull(constraint.definition, column);
  });
}

// Without strict mode MySQL and MariaDB turn NULL into a value instead: another rule's matter.
bool Fails(const HintContext& context) {
  return context.postgres() || absl::StrContains(context.server().Setting("sql_mode", "STRICT_TRANS_TABLES"), "STRICT");
}

}  // namespace

void NotNullNulls(const HintContext& context, std::vector<Finding>* findings) {
  if (IsDrifted(context) || IsEmpty(context.table) || !Fails(context)) return;
  for (const std::string& name : ColumnsMadeNotNull(context.hint)) {
    const ColumnFacts& column = *context.table.FindColumn(name);
    if (column.not_null || IsProven(context.table, name)) continue;
    Finding finding;
    if (column.added_here) {
      if (!column.default_expression.empty() || column.identity || column.generated) continue;
      finding = UnknownFinding(absl::StrCat("column ", name, " is new in this migration, and whether all rows of ",
                                            FormatTableName(context.hint.table),
                                            " are filled before it becomes NOT NULL is not known"));
    } else {
      DataProbe probe;
      probe.kind = DataProbe::Kind::kNulls;
      probe.table = context.table.name;
      probe.columns = {column.name};
      const ProbeAnswer answer = context.probes.Ask(probe);
      if (answer.clean()) continue;
      const std::string where = absl::StrCat("column ", name, " of ", FormatTableName(context.hint.table));
      if (answer.unknown()) {
        finding = UnknownFinding(absl::StrCat("it cannot be told whether ", where, " holds NULL: ", answer.reason),
                                 answer.transient);
      } else {
        finding.message =
            absl::StrCat(where, " holds NULL in at least ", answer.witnesses, answer.witnesses == 1 ? " row" : " rows");
        finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
      }
    }
    finding.columns = {name};
    findings->push_back(std::move(finding));
  }
}

}  // namespace dba::agent::hints
