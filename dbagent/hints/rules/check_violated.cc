// SPDX-License-Identifier: Apache-2.0
//
// Rows that a CHECK constraint forbids: it fails, or, when old rows are let be, the writers who made them fail later.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

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
  // MySQL casts to few of its types (MySQL 9.7 manual, 14.10); there, comparisons convert a literal themselves.
  const std::string value =
      context.postgres() ? absl::StrCat("CAST(", *hint.column->default_expression, " AS ", *hint.column->type, ")")
                         : *hint.column->default_expression;
  return absl::StrCat("(SELECT (", *hint.column->check, ") FROM (SELECT ", value, " AS ",
                      QuoteName(context, hint.column->name), ") AS new_column)");
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

ProbeAnswer AskRows(const HintContext& context, const std::string& condition) {
  if (!MayRun(context)) {
    return ProbeAnswer::Unknown(
        "the agent runs only conditions of columns, constants, operators and the server's own functions");
  }
  DataProbe probe;
  probe.kind = DataProbe::Kind::kCheck;
  probe.table = context.table.name;
  probe.condition = condition;
  return context.probes.Ask(probe);
}

void Tell(const HintContext& context, bool of_old_rows_only, std::vector<Finding>* findings) {
  if (IsDrifted(context) || IsEmpty(context.table)) return;
  const std::string condition = ConditionOf(context);
  if (condition.empty()) return;
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
