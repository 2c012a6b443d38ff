// SPDX-License-Identifier: Apache-2.0
//
// Scenario 5: uniqueness over rows that are not unique.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool MakesUnique(const Hint& hint) {
  if (hint.operation == Operation::kCreateIndex) return hint.unique.value_or(false);
  return hint.operation == Operation::kAddConstraint && !hint.using_index &&
         (hint.type == ConstraintType::kUnique || hint.type == ConstraintType::kPrimaryKey);
}

// A unique index over some of the columns proves that no two rows are equal in all of them.
bool IsProven(const HintContext& context) {
  if (context.hint.nulls_not_distinct.value_or(false) || context.hint.columns.empty()) return false;
  return std::any_of(context.table.indexes.begin(), context.table.indexes.end(), [&](const IndexFacts& index) {
    if (!index.unique || !index.valid || !index.immediate || !index.predicate.empty() || index.has_expressions) {
      return false;
    }
    return std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& column) {
      const auto& wanted = context.hint.columns;
      return std::find(wanted.begin(), wanted.end(), column) != wanted.end();
    });
  });
}

std::string KeyWords(const Hint& hint) {
  std::vector<std::string> keys = hint.columns;
  keys.insert(keys.end(), hint.expressions.begin(), hint.expressions.end());
  return absl::StrJoin(keys, ", ");
}

void AskForDuplicates(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kDuplicates;
  probe.table = context.table.name;
  probe.columns = hint.columns;
  probe.expressions = hint.expressions;
  probe.condition = hint.where.value_or("");
  probe.nulls_not_distinct = hint.nulls_not_distinct.value_or(false);
  const ProbeAnswer answer = context.probes.Ask(probe);
  const std::string where = absl::StrCat(FormatTableName(hint.table), " (", KeyWords(hint), ")");
  if (answer.clean()) return;
  Finding finding;
  if (answer.unknown()) {
    finding = UnknownFinding(absl::StrCat("it cannot be told whether ", where, " holds duplicates: ", answer.reason),
                             answer.transient);
  } else {
    finding.message = absl::StrCat("the rows of ", where, " are not unique: at least ", answer.witnesses,
                                   answer.witnesses == 1 ? " value stands" : " values stand", " there more than once");
    finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
  }
  finding.columns = hint.columns;
  findings->push_back(std::move(finding));
}

// A new column whose constant default every old row gets.
void CheckNewColumn(const HintContext& context, std::vector<Finding>* findings) {
  const ColumnHint& column = *context.hint.column;
  if (!column.unique.value_or(false) || column.default_kind != DefaultKind::kConstant || IsEmpty(context.table)) return;
  Finding finding;
  finding.columns = {column.name};
  if (!context.table.rows.known()) {
    finding = UnknownFinding(absl::StrCat("every row gets the same value in the unique column ", column.name,
                                          ", and how many there are is not known"));
  } else if (*context.table.rows < 2) {
    return;
  } else {
    finding.message =
        absl::StrCat("every row of ", TableWords(context), " gets the same value in the unique column ", column.name);
  }
  findings->push_back(std::move(finding));
}

}  // namespace

void UniqueDuplicates(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (IsDrifted(context)) return;
  if (hint.operation == Operation::kAddColumn) return CheckNewColumn(context, findings);
  if (!MakesUnique(hint) || IsEmpty(context.table) || IsProven(context)) return;
  for (const std::string& column : hint.columns) {
    if (!context.table.FindColumn(column)->added_here) continue;
    Finding finding = UnknownFinding(
        absl::StrCat("column ", column, " is new in this migration: what the rows will hold is not known"));
    finding.columns = {column};
    findings->push_back(std::move(finding));
    return;
  }
  const auto& functions = context.state.facts().functions;
  std::vector<std::string> texts = hint.expressions;
  if (hint.where) texts.push_back(*hint.where);
  for (const std::string& text : texts) {
    if (IsHarmlessExpression(text, functions)) continue;
    findings->push_back(UnknownFinding(
        absl::StrCat("it cannot be told whether the rows are unique: the agent runs only expressions of columns, "
                     "constants, operators and the server's own functions that are not volatile")));
    return;
  }
  AskForDuplicates(context, findings);
}

}  // namespace dba::agent::hints
