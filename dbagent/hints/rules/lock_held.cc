// SPDX-License-Identifier: Apache-2.0
//
// A lock that an earlier step took is kept to the end of the transaction, through the long work of this step.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

constexpr absl::Duration kNoticed = absl::Milliseconds(100);

}  // namespace

void LockHeld(const HintContext& context, std::vector<Finding>* findings) {
  if (context.impact.work == Work::kMetadata || !context.table.exists()) return;
  const std::optional<absl::Duration> duration =
      ExpectedDuration(context.impact, context.table, context.server().engine);
  for (const HeldLock& held : context.held) {
    const bool same = held.table.schema == context.table.name.schema && held.table.table == context.table.name.table;
    // What this step itself blocks, its own finding tells.
    if (same && (context.impact.blocks_reads || (context.impact.blocks_writes && !held.blocks_reads))) continue;
    const TableFacts& table = context.state.Table(held.table);
    const bool busy = table.writes.known() && table.writes->per_second >= context.thresholds.heavy_writes_per_second &&
                      (!duration || *duration >= kNoticed);
    const Fact<bool> large = context.Large();
    if (!busy && !(large.known() && *large)) continue;
    Finding finding;
    finding.harm = held.blocks_reads ? Harm::kBlocksReads : Harm::kBlocksWrites;
    finding.expected_duration = duration;
    finding.unknown = !context.impact.unknown.empty();
    finding.table = FormatTableName(table.requested);
    finding.message =
        absl::StrCat("hint ", held.hint + 1, " of the same transaction holds ", held.lock, " on ", finding.table,
                     " while ", Word(context.hint.operation), " reads or writes ", TableWords(context),
                     duration ? absl::StrCat(" for about ", DurationWords(*duration)) : "");
    findings->push_back(std::move(finding));
    return;
  }
}

}  // namespace dba::agent::hints
