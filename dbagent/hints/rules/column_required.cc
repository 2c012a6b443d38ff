// SPDX-License-Identifier: Apache-2.0
//
// Scenario 9: a NOT NULL column without a default on a table that holds rows; and what it does to old writers.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool IsRequired(const HintContext& context) {
  const Hint& hint = context.hint;
  return hint.operation == Operation::kAddColumn && context.table.exists() && !context.table.created_here &&
         hint.column->nullable && !*hint.column->nullable && !HasDefault(*hint.column).value_or(false) &&
         context.table.FindColumn(hint.column->name) == nullptr;
}

ProbeAnswer AskForRows(const HintContext& context) {
  if (IsEmpty(context.table)) return ProbeAnswer::Clean(context.state.facts().sampled_at);
  DataProbe probe;
  probe.kind = DataProbe::Kind::kHasRows;
  probe.table = context.table.name;
  return context.probes.Ask(probe);
}

}  // namespace

void ColumnRequired(const HintContext& context, std::vector<Finding>* findings) {
  if (!IsRequired(context)) return;
  const ColumnHint& column = *context.hint.column;
  const ProbeAnswer answer = AskForRows(context);
  if (answer.clean()) return;
  Finding finding;
  const bool has_rows = answer.violated() || (context.table.rows.known() && *context.table.rows > 0);
  if (!HasDefault(column)) {
    finding =
        UnknownFinding(absl::StrCat("the hint does not say whether the NOT NULL column ", column.name,
                                    " has a default (column.default); without one it fails on ", TableWords(context)));
  } else if (!has_rows) {
    finding = UnknownFinding(
        absl::StrCat("it cannot be told whether ", FormatTableName(context.hint.table), " holds rows: ", answer.reason),
        answer.transient);
  } else {
    finding.message = absl::StrCat("the NOT NULL column ", column.name, " has no default, and ", TableWords(context),
                                   " holds rows that would have no value in it");
    if (!answer.violated()) finding.confidence = Confidence::kMedium;
  }
  finding.columns = {column.name};
  findings->push_back(std::move(finding));
}

void OldWriterColumn(const HintContext& context, std::vector<Finding>* findings) {
  // On a table with rows it fails, and nobody's writes change.
  if (!IsRequired(context) || !HasDefault(*context.hint.column) || !AskForRows(context).clean()) return;
  Finding finding;
  finding.columns = {context.hint.column->name};
  finding.message = absl::StrCat("writers that do not know the NOT NULL column ", context.hint.column->name,
                                 " can insert nothing into ", FormatTableName(context.hint.table), " any more");
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
