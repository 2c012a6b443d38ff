// SPDX-License-Identifier: Apache-2.0
//
// A table that counts as not large by statistics that may be wrong, under a step that would block it.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

// Of the threshold: a table that is further from it is hardly large, however old its statistics are.
constexpr double kNear = 0.1;

bool IsNearlyLarge(const HintContext& context) {
  const TableFacts& table = context.table;
  return (table.rows.known() && *table.rows >= kNear * context.thresholds.large_rows) ||
         (table.bytes.known() &&
          static_cast<double>(*table.bytes) >= kNear * static_cast<double>(context.thresholds.large_bytes));
}

}  // namespace

void StatisticsStale(const HintContext& context, std::vector<Finding>* findings) {
  const Impact& impact = context.impact;
  if (impact.work == Work::kMetadata || (!impact.blocks_reads && !impact.blocks_writes)) return;
  const Fact<bool> large = context.Large();
  if (context.table.stats_doubt.empty() || !large.known() || *large || !IsNearlyLarge(context)) return;
  Finding finding = UnknownFinding(absl::StrCat(
      TableWords(context), " does not count as large, but ", context.table.stats_doubt, ", and ",
      Word(context.hint.operation), " blocks its ", impact.blocks_reads ? "readers and writers" : "writers"));
  finding.harm = impact.blocks_reads ? Harm::kBlocksReads : Harm::kBlocksWrites;
  finding.evidence["doubt"] = context.table.stats_doubt;
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
