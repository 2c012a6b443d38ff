// SPDX-License-Identifier: Apache-2.0
//
// A unique index that is built beside writers fails by a duplicate that lives for a moment only.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {

void UniqueRace(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (hint.operation != Operation::kCreateIndex || !hint.unique.value_or(false)) return;
  if (IsDrifted(context) || context.impact.blocks_writes || context.impact.work == Work::kMetadata) return;
  const Fact<bool> busy = context.Busy();
  if (!busy.known() || !*busy) return;
  Finding finding = UnknownFinding(absl::StrCat("writers go on while the unique index of ", TableWords(context),
                                                " is built: two equal rows for a moment are enough to make it fail"));
  finding.columns = hint.columns;
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
