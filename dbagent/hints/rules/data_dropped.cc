// SPDX-License-Identifier: Apache-2.0
//
// Values that go away for ever with their column or table.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {

void DataDropped(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  const bool table = hint.operation == Operation::kDropTable;
  if (!table && hint.operation != Operation::kDropColumn) return;
  if (IsDrifted(context) || IsEmpty(context.table) || context.table.kind == TableKind::kView) return;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kHasRows;
  probe.table = context.table.name;
  std::string what = TableWords(context);
  if (!table) {
    const ColumnFacts* column = context.table.FindColumn(hint.column->name);
    if (column == nullptr || column->generated || column->added_here) return;
    probe.kind = DataProbe::Kind::kCheck;
    probe.condition = absl::StrCat(QuoteName(context, column->name), " IS NULL");
    what = absl::StrCat("column ", column->name, " of ", what);
  }
  const ProbeAnswer answer = context.probes.Ask(probe);
  if (answer.clean()) return;
  Finding finding;
  if (answer.unknown()) {
    finding = UnknownFinding(absl::StrCat("it cannot be told whether ", what, " holds values: ", answer.reason),
                             answer.transient);
  } else {
    finding.message = absl::StrCat("the values of ", what, " are lost, and whoever still uses it fails");
  }
  if (!table) finding.columns = {hint.column->name};
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
