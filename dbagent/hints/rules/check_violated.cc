// SPDX-License-Identifier: Apache-2.0
//
// Rows that a CHECK constraint forbids: it fails, or, when old rows are let be, the writers who made them fail later.
#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

// The value as a row of one column, for a condition of columns that the table does not have yet.
// MySQL casts to few of its types (MySQL 9.7 manual, 14.10); there, comparisons convert a literal themselves.
std::string AsColumn(const HintContext& context, const std::string& value, const std::string& type,
                     const std::string& name) {
  const std::string typed = context.postgres() ? absl::StrCat("CAST(", value, " AS ", type, ")") : value;
  return absl::StrCat(typed, " AS ", QuoteName(context, name));
}

std::string OverNewColumns(const std::string& condition, const std::string& columns) {
  return absl::StrCat("(SELECT (", condition, ") FROM (SELECT ", columns, ") AS new_column)");
}

// The condition that the hint puts to the rows; empty: none.
std::string ConditionOf(const HintContext& context) {
  const Hint& hint = context.hint;
  if (hint.operation == Operation::kAddConstraint && hint.type == ConstraintType::kCheck) {
    return hint.not_enforced.value_or(false) ? "" : hint.check.value_or("");
  }
  if (hint.operation == Operation::kValidateConstraint) {
    const ConstraintFacts* constraint = context.table.FindConstraint(hint.name);
    const bool open = constraint != nullptr && constraint->type == ConstraintType::kCheck && !constraint->validated;
    return open ? constraint->definition : "";
  }
  if (hint.operation != Operation::kAddColumn || !hint.column->check || !hint.column->default_expression) return "";
  if (hint.column->default_kind != DefaultKind::kConstant || !hint.column->type) return "";
  // All old rows get the same value: it alone is put to the condition.
  return OverNewColumns(*hint.column->check,
                        AsColumn(context, *hint.column->default_expression, *hint.column->type, hint.column->name));
}

bool MayRun(const HintContext& context) {
  const auto& functions = context.state.facts().functions;
  const Hint& hint = context.hint;
  if (hint.operation == Operation::kValidateConstraint) {
    return IsHarmlessExpression(context.table.FindConstraint(hint.name)->definition, functions);
  }
  if (hint.operation == Operation::kAddConstraint) return IsHarmlessExpression(*hint.check, functions);
  return IsHarmlessExpression(*hint.column->check, functions) &&
         IsHarmlessExpression(*hint.column->default_expression, functions) &&
         (!context.postgres() ||
          (IsHarmlessExpression(*hint.column->type, functions) && context.state.Type(*hint.column->type) != nullptr));
}

bool MayCast(const HintContext& context, const ColumnFacts& column) {
  const auto& functions = context.state.facts().functions;
  return IsHarmlessExpression(column.filled_with, functions) &&
         (!context.postgres() ||
          (IsHarmlessExpression(column.type, functions) && context.state.Type(column.type) != nullptr));
}

// The condition with what old rows hold in the columns that earlier hints have added; an answer instead where that is
// not known. Columns that nothing fills hold NULL.
std::variant<std::string, ProbeAnswer> WithNewColumns(const HintContext& context, const std::string& condition) {
  std::vector<std::string> values;
  for (const ColumnFacts& column : context.table.columns) {
    if (!column.added_here || !Mentions(condition, column.name)) continue;
    if (!column.filled || (*column.filled && (column.filled_with.empty() || !MayCast(context, column)))) {
      return ProbeAnswer::Unknown(absl::StrCat("column ", column.name,
                                               " is new in this migration, and the hint that adds it does not give ",
                                               "one value for all rows (column.defaultExpression)"));
    }
    if (!*column.filled && !context.hint.rows_prepared && ProvesNotNull(condition, column.name)) {
      return ProbeAnswer::Unknown(absl::StrCat("column ", column.name,
                                               " is new in this migration and NULL in every row, and the hint does not "
                                               "say whether the migration fills it before (rowsPrepared)"));
    }
    const std::string type = *column.filled || MayCast(context, column) ? column.type : "text";
    values.push_back(AsColumn(context, *column.filled ? column.filled_with : "NULL", type, column.name));
  }
  return values.empty() ? condition : OverNewColumns(condition, absl::StrJoin(values, ", "));
}

ProbeAnswer AskRows(const HintContext& context, const std::string& condition) {
  if (!MayRun(context)) {
    return ProbeAnswer::Unknown(
        "the agent runs only conditions of columns, constants, operators and the server's own functions");
  }
  const std::variant<std::string, ProbeAnswer> filled = WithNewColumns(context, condition);
  if (const auto* unknown = std::get_if<ProbeAnswer>(&filled)) return *unknown;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kCheck;
  probe.table = context.table.name;
  probe.condition = std::get<std::string>(filled);
  return context.probes.Ask(probe);
}

bool MentionsNewColumn(const HintContext& context, const std::string& condition) {
  const auto& columns = context.table.columns;
  return std::any_of(columns.begin(), columns.end(),
                     [&](const ColumnFacts& column) { return column.added_here && Mentions(condition, column.name); });
}

void Tell(const HintContext& context, bool of_old_rows_only, std::vector<Finding>* findings) {
  if (IsDrifted(context) || IsEmpty(context.table)) return;
  const std::string condition = ConditionOf(context);
  // What old rows hold in a new column tells nothing of what writers put there.
  if (condition.empty() || (of_old_rows_only && MentionsNewColumn(context, condition))) return;
  const ProbeAnswer answer = AskRows(context, condition);
  if (answer.clean()) return;
  const std::string table = FormatTableName(context.hint.table);
  Finding finding;
  if (answer.unknown()) {
    if (of_old_rows_only) return;
    finding = UnknownFinding(
        absl::StrCat("it cannot be told whether the rows of ", table, " satisfy the check: ", answer.reason),
        answer.transient);
  } else if (of_old_rows_only) {
    finding.confidence = Confidence::kMedium;
    finding.message = absl::StrCat("at least ", answer.witnesses, " rows of ", table,
                                   " do not satisfy the check; NOT VALID lets them be, but who wrote them will fail");
  } else {
    finding.message = absl::StrCat("at least ", answer.witnesses, answer.witnesses == 1 ? " row of " : " rows of ",
                                   table, answer.witnesses == 1 ? " does" : " do", " not satisfy the check");
    finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
  }
  findings->push_back(std::move(finding));
}

bool LetsOldRowsBe(const HintContext& context) {
  return context.hint.operation == Operation::kAddConstraint && context.hint.not_valid.value_or(false);
}

}  // namespace

void CheckViolated(const HintContext& context, std::vector<Finding>* findings) {
  if (!LetsOldRowsBe(context)) Tell(context, false, findings);
}

void OldWriterCheck(const HintContext& context, std::vector<Finding>* findings) {
  if (LetsOldRowsBe(context)) Tell(context, true, findings);
}

}  // namespace dba::agent::hints
