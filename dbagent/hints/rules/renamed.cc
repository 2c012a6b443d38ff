// SPDX-License-Identifier: Apache-2.0
//
// A name that old readers and writers use goes away.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {

void Renamed(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (IsDrifted(context) || context.table.created_here) return;
  Finding finding;
  if (hint.operation == Operation::kRenameColumn) {
    if (context.table.FindColumn(hint.column->name)->added_here) return;
    finding.columns = {hint.column->name};
    finding.message = absl::StrCat("whoever uses column ", hint.column->name, " of ", TableWords(context),
                                   " fails once it is called ", hint.new_name);
  } else if (hint.operation == Operation::kRenameTable) {
    finding.message = absl::StrCat("whoever uses ", TableWords(context), " fails once it is called ", hint.new_name);
  } else {
    return;
  }
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
