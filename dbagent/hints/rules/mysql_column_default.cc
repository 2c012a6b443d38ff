// SPDX-License-Identifier: Apache-2.0
//
// Defaults that do not do what they say, and defaults that go away.
// Source: tried on MySQL 9.7.4, MariaDB 10.11.19 and 11.8.6; MySQL 9.7 manual 13.6 and 19.2.1.3.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/mysql_traits.h"
#include "dbagent/hints/mysql_type.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool AddsColumn(const HintContext& context) {
  return context.hint.operation == Operation::kAddColumn && context.table.exists() &&
         context.table.FindColumn(context.hint.column->name) == nullptr;
}

bool TakesNoLiteral(const MysqlType& type) {
  return type.base == "json" || absl::EndsWith(type.base, "text") || absl::EndsWith(type.base, "blob");
}

}  // namespace

void MysqlDefaultRefused(const HintContext& context, std::vector<Finding>* findings) {
  if (!AddsColumn(context) || context.table.created_here) return;
  const ColumnHint& column = *context.hint.column;
  Finding finding;
  finding.columns = {column.name};
  const std::string expression = column.default_expression.value_or("");
  const MysqlDefault kind = DefaultOf(column, context.table);
  if (CallsRandom(expression)) {
    finding.message = absl::StrCat("MySQL refuses to add column ", column.name, " with the default ", expression,
                                   ": the statement is not safe to replicate (error 1674)");
    finding.remedy = "add the column without a default, fill the rows, then ALTER COLUMN … SET DEFAULT";
  } else if (kind == MysqlDefault::kUnknown) {
    finding = UnknownFinding(absl::StrCat("the hint does not say which function the default of column ", column.name,
                                          " calls (column.defaultExpression); MySQL refuses UUID() and RAND()"));
    finding.columns = {column.name};
  } else if (kind == MysqlDefault::kLiteral && !expression.empty() && column.type &&
             TakesNoLiteral(ParseMysqlType(*column.type))) {
    finding.message =
        absl::StrCat("column ", column.name, " of type ", *column.type, " takes no literal as a default (error 1101)");
    finding.remedy = absl::StrCat("write the default as an expression: DEFAULT (", expression, ")");
  } else {
    return;
  }
  findings->push_back(std::move(finding));
}

void MariadbSameValue(const HintContext& context, std::vector<Finding>* findings) {
  if (!AddsColumn(context) || context.table.created_here) return;
  const ColumnHint& column = *context.hint.column;
  const std::vector<std::string> called = FunctionsIn(column.default_expression.value_or(""));
  if (called != std::vector<std::string>{"rand"} || context.impact.work != Work::kMetadata) return;
  Finding finding;
  finding.columns = {column.name};
  finding.message = absl::StrCat("RAND() is called once: all old rows of ", TableWords(context),
                                 " get the same value in column ", column.name);
  findings->push_back(std::move(finding));
}

void MysqlDefaultLost(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (hint.operation != Operation::kAlterColumn || IsDrifted(context) || context.table.created_here) return;
  const ColumnFacts* column = context.table.FindColumn(hint.column->name);
  if (column == nullptr || column->default_expression.empty() || column->identity || column->generated) return;
  if (hint.column->default_kind != DefaultKind::kNone || !StrictMode(context.server())) return;
  if (!(NotNull(*hint.column) || (column->not_null && !hint.column->nullable.value_or(false)))) return;
  Finding finding;
  finding.columns = {column->name};
  finding.message = absl::StrCat("column ", column->name, " of ", TableWords(context), " loses its default ",
                                 "and stays NOT NULL: writers that leave it out fail (error 1364)");
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
