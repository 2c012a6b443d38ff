// SPDX-License-Identifier: Apache-2.0
//
// A change of type that PostgreSQL cannot do, or that the rows do not fit.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dbagent/hints/pg_type_change.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

// "column::type", the type in any of its spellings.
bool IsPlainCast(absl::string_view expression, const std::string& column, const std::string& type) {
  const size_t colons = expression.find("::");
  if (colons == absl::string_view::npos) return false;
  const absl::string_view name = absl::StripAsciiWhitespace(expression.substr(0, colons));
  return (name == column || name == absl::StrCat("\"", column, "\"")) &&
         CanonicalPgType(absl::StripAsciiWhitespace(expression.substr(colons + 2))) == CanonicalPgType(type);
}

}  // namespace

void PgTypeFit(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (hint.operation != Operation::kAlterColumn || !hint.column->type || IsDrifted(context)) return;
  const ColumnFacts& column = *context.table.FindColumn(hint.column->name);
  const PgTypeChange change =
      ClassifyPgTypeChange(column.type, *hint.column->type, QuoteName(context, column.name), false);
  const bool needs_using = change.kind == PgTypeChange::Kind::kNeedsUsing;
  // An explicit cast cuts a text that is too long, so only what cannot be assigned is known to fail.
  if (hint.using_expression && !(needs_using && IsPlainCast(*hint.using_expression, column.name, *hint.column->type))) {
    return;
  }
  Finding finding;
  finding.columns = {column.name};
  const std::string what = absl::StrCat("column ", column.name, " of ", FormatTableName(hint.table));
  if (needs_using && !hint.using_expression) {
    finding.message = absl::StrCat(what, " cannot be cast from ", column.type, " to ", *hint.column->type,
                                   " without a USING expression");
    finding.remedy = "say how: ALTER COLUMN … TYPE … USING …, and `using` in the hint";
    finding.evidence["sqlstate"] = "42804";
    findings->push_back(std::move(finding));
    return;
  }
  if (change.misfit.empty() || IsEmpty(context.table) || column.added_here) return;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kTypeViolation;
  probe.table = context.table.name;
  probe.columns = {column.name};
  probe.condition = change.misfit;
  const ProbeAnswer answer = context.probes.Ask(probe);
  if (answer.clean()) return;
  if (answer.unknown()) {
    finding = UnknownFinding(absl::StrCat("it cannot be told whether ", what, " holds values that do not fit ",
                                          *hint.column->type, ": ", answer.reason),
                             answer.transient);
    finding.columns = {column.name};
  } else {
    finding.message =
        absl::StrCat(what, " holds at least ", answer.witnesses,
                     answer.witnesses == 1 ? " value that does" : " values that do", " not fit ", *hint.column->type);
    finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
  }
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
