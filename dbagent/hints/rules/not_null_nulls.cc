// SPDX-License-Identifier: Apache-2.0
//
// Scenario 8: NOT NULL over rows that hold NULL, or over a new column that nothing in the hints fills.
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
    if (column.added_here) continue;
    DataProbe probe;
    probe.kind = DataProbe::Kind::kNulls;
    probe.table = context.table.name;
    probe.columns = {column.name};
    const ProbeAnswer answer = context.probes.Ask(probe);
    if (answer.clean()) continue;
    Finding finding;
    const std::string where = absl::StrCat("column ", name, " of ", FormatTableName(context.hint.table));
    if (answer.unknown()) {
      finding = UnknownFinding(absl::StrCat("it cannot be told whether ", where, " holds NULL: ", answer.reason),
                               answer.transient);
    } else {
      finding.message =
          absl::StrCat(where, " holds NULL in at least ", answer.witnesses, answer.witnesses == 1 ? " row" : " rows");
      finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
    }
    finding.columns = {name};
    findings->push_back(std::move(finding));
  }
}

// Most migrations fill the column between the two steps: unless the hint says that this one does not, it is unknown.
void NotNullNewColumn(const HintContext& context, std::vector<Finding>* findings) {
  if (IsDrifted(context) || IsEmpty(context.table) || !Fails(context)) return;
  for (const std::string& name : ColumnsMadeNotNull(context.hint)) {
    const ColumnFacts* column = context.table.FindColumn(name);
    if (column == nullptr || !column->added_here || column->not_null || column->filled.value_or(false) ||
        IsProven(context.table, name)) {
      continue;
    }
    const std::string where = absl::StrCat("column ", name, " of ", FormatTableName(context.hint.table));
    Finding finding;
    if (!column->filled) {
      finding = UnknownFinding(absl::StrCat("the hint does not say whether the new ", where,
                                            " has a default (column.default); without one it is NULL in every row"));
    } else if (!context.table.rows.known() || *context.table.rows <= 0) {
      finding = UnknownFinding(
          absl::StrCat("the new ", where, " is NULL in every row, and whether there are any is not known"));
    } else if (!context.hint.rows_prepared) {
      finding = UnknownFinding(absl::StrCat("the new ", where,
                                            " is NULL in every row, and the hint does not say whether the migration "
                                            "fills it before it becomes NOT NULL (rowsPrepared)"));
    } else {
      finding.message = absl::StrCat("the new ", where, " is NULL in every row, and the migration does not fill it");
    }
    finding.columns = {name};
    findings->push_back(std::move(finding));
  }
}

}  // namespace dba::agent::hints
