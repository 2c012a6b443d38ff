// SPDX-License-Identifier: Apache-2.0
//
// Work that keeps readers or writers out of a table that is large, or busy.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

// Writers of a busy table do not feel less.
constexpr absl::Duration kNoticed = absl::Milliseconds(100);

bool Blocks(const Impact& impact) {
  return impact.work != Work::kMetadata &&
         (impact.blocks_reads || impact.blocks_writes || !impact.blocks_writes_of.empty());
}

std::string Whom(const HintContext& context) {
  if (context.impact.blocks_reads) return absl::StrCat("reads and writes of ", TableWords(context));
  if (context.impact.blocks_writes) return absl::StrCat("writes of ", TableWords(context));
  return absl::StrCat("writes of ", FormatTableName(context.impact.blocks_writes_of.front()), ", the parent of ",
                      TableWords(context));
}

Finding Describe(const HintContext& context) {
  const Impact& impact = context.impact;
  const std::optional<absl::Duration> duration = ExpectedDuration(impact, context.table, context.server().engine);
  Finding finding;
  finding.harm = impact.blocks_reads ? Harm::kBlocksReads : Harm::kBlocksWrites;
  finding.confidence = ConfidenceOf(context.table);
  finding.expected_duration = duration;
  finding.remedy = impact.remedy;
  const std::string length =
      duration ? absl::StrCat("for about ", DurationWords(*duration)) : "for as long as it lasts";
  finding.message = absl::StrCat(Word(context.hint.operation), " will block ", Whom(context), " ", length, ": it ",
                                 impact.reason, " while it holds ", impact.lock);
  if (!context.table.stats_doubt.empty()) finding.evidence["doubt"] = context.table.stats_doubt;
  if (impact.unknown.empty()) return finding;
  finding.unknown = true;
  finding.confidence = Confidence::kLow;
  finding.message = absl::StrCat("it cannot be told ", impact.unknown, "; if the worst holds, ", finding.message);
  return finding;
}

void WhenLarge(const HintContext& context, std::vector<Finding>* findings) {
  if (!Blocks(context.impact)) return;
  const Fact<bool> large = context.Large();
  if (!large.known()) {
    Finding finding = UnknownFinding(
        absl::StrCat("the size of ", FormatTableName(context.hint.table), " is not known (", large.why(), "), and ",
                     Word(context.hint.operation), " would block it for long if it is large"));
    finding.harm = context.impact.blocks_reads ? Harm::kBlocksReads : Harm::kBlocksWrites;
    finding.remedy = context.impact.remedy;
    findings->push_back(std::move(finding));
    return;
  }
  if (*large) findings->push_back(Describe(context));
}

void WhenBusy(const HintContext& context, std::vector<Finding>* findings) {
  if (!Blocks(context.impact)) return;
  const std::optional<absl::Duration> duration =
      ExpectedDuration(context.impact, context.table, context.server().engine);
  if (duration && *duration < kNoticed) return;
  const Fact<bool> busy = context.Busy();
  if (busy.known() && *busy) {
    Finding finding = Describe(context);
    if (duration && context.table.writes.known()) {
      const double queued = context.table.writes->per_second * absl::ToDoubleSeconds(*duration);
      finding.evidence["queued_writes"] = absl::StrFormat("%.0f", queued);
    }
    findings->push_back(std::move(finding));
  }
  if (busy.known()) return;
  Finding finding =
      UnknownFinding(absl::StrCat("how busy ", FormatTableName(context.hint.table), " is, is not known (", busy.why(),
                                  "), and ", Word(context.hint.operation), " blocks its writers"));
  finding.harm = context.impact.blocks_reads ? Harm::kBlocksReads : Harm::kBlocksWrites;
  finding.remedy = context.impact.remedy;
  findings->push_back(std::move(finding));
}

bool IsConstraint(Operation operation) {
  return operation == Operation::kAddConstraint || operation == Operation::kValidateConstraint;
}

bool IsOther(Operation operation) {
  return operation != Operation::kCreateIndex && operation != Operation::kAddColumn && !IsConstraint(operation);
}

}  // namespace

void IndexLarge(const HintContext& context, std::vector<Finding>* findings) {
  if (context.hint.operation == Operation::kCreateIndex) WhenLarge(context, findings);
}
void IndexBusy(const HintContext& context, std::vector<Finding>* findings) {
  if (context.hint.operation == Operation::kCreateIndex) WhenBusy(context, findings);
}
void ColumnLarge(const HintContext& context, std::vector<Finding>* findings) {
  if (context.hint.operation == Operation::kAddColumn) WhenLarge(context, findings);
}
void ColumnBusy(const HintContext& context, std::vector<Finding>* findings) {
  if (context.hint.operation == Operation::kAddColumn) WhenBusy(context, findings);
}
void ConstraintLarge(const HintContext& context, std::vector<Finding>* findings) {
  if (IsConstraint(context.hint.operation)) WhenLarge(context, findings);
}
void ConstraintBusy(const HintContext& context, std::vector<Finding>* findings) {
  if (IsConstraint(context.hint.operation)) WhenBusy(context, findings);
}
void ChangeLarge(const HintContext& context, std::vector<Finding>* findings) {
  if (IsOther(context.hint.operation)) WhenLarge(context, findings);
}
void ChangeBusy(const HintContext& context, std::vector<Finding>* findings) {
  if (IsOther(context.hint.operation)) WhenBusy(context, findings);
}

}  // namespace dba::agent::hints
