// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "dbagent/check/report.h"

namespace dba::agent::check {
namespace {

using hints::Effect;
using hints::Finding;

constexpr size_t kWidth = 110;

std::string Plural(int count, absl::string_view noun) {
  return absl::StrCat(count == 0 ? "no" : absl::StrCat(count), " ", noun, count == 1 ? "" : "s");
}

// Control characters of a name must not reach a terminal.
std::string Printable(absl::string_view text) {
  std::string shown(text);
  for (char& c : shown) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return shown;
}

// "  label      text", wrapped between words with the same indent.
void AppendRow(absl::string_view label, absl::string_view text, std::string* out) {
  std::string line = absl::StrFormat("  %-10s", label);
  const std::string indent(line.size(), ' ');
  bool begun = false;
  for (const absl::string_view word : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    if (begun && line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(out, line, "\n");
      line = indent;
    }
    absl::StrAppend(&line, " ", word);
    begun = true;
  }
  absl::StrAppend(out, line, "\n");
}

// Two digits or so: it is an estimate.
std::string About(absl::Duration duration) {
  absl::Duration unit = absl::Minutes(1);
  if (duration < absl::Minutes(5)) unit = absl::Seconds(1);
  if (duration < absl::Seconds(10)) unit = absl::Milliseconds(100);
  return absl::StrCat("about ", absl::FormatDuration(absl::Trunc(duration + unit / 2, unit)));
}

std::string Doubts(const Finding& finding) {
  std::vector<std::string> doubts;
  if (finding.unknown) doubts.push_back("could not be told");
  if (finding.transient) doubts.push_back("may pass by itself");
  if (!finding.unknown && finding.confidence == hints::Confidence::kMedium) doubts.push_back("medium confidence");
  if (!finding.unknown && finding.confidence == hints::Confidence::kLow) doubts.push_back("low confidence");
  return absl::StrJoin(doubts, ", ");
}

// Without the time: it is that of the report.
std::string Evidence(const Finding& finding) {
  std::string text;
  for (const auto& [key, value] : finding.evidence) {
    if (key != "sampled_at") absl::StrAppend(&text, text.empty() ? "" : ", ", key, "=", value);
  }
  return text;
}

void AppendFinding(const Report& report, const Finding& finding, std::string* out) {
  const LocatedHint& hint = report.HintOf(finding);
  absl::StrAppend(out, "\n", finding.effect == Effect::kBlock ? "BLOCKS" : "warns ", "  ",
                  Printable(absl::StrCat(hint.file, ":", hint.line)), "  ", finding.rule);
  if (!hint.title.empty()) absl::StrAppend(out, "  ", Printable(hint.title));
  absl::StrAppend(out, "\n");
  AppendRow("", finding.message, out);
  const std::string doubts = Doubts(finding);
  if (!doubts.empty()) AppendRow("doubt", doubts, out);
  if (finding.expected_duration) {
    AppendRow("lasts", About(*finding.expected_duration), out);
  }
  const std::string evidence = Evidence(finding);
  if (!evidence.empty()) AppendRow("evidence", evidence, out);
  if (!finding.remedy.empty()) AppendRow("remedy", finding.remedy, out);
}

}  // namespace

std::string TextReport(const Report& report) {
  const int blocks = Count(report, Effect::kBlock);
  const int warns = Count(report, Effect::kWarn);
  std::string out =
      absl::StrCat(Printable(ServerWords(report.server)), ": ", Plural(static_cast<int>(report.hints.size()), "hint"),
                   ", ", Plural(blocks + warns, "finding"));
  if (blocks + warns > 0) absl::StrAppend(&out, " (", blocks, " blocking)");
  out += "\n";
  for (const Finding& finding : report.evaluation.findings) AppendFinding(report, finding, &out);
  if (blocks > 0) {
    absl::StrAppend(&out,
                    "\nThe migration would be blocked. Do it the safer way, tell so in the hints, and check again:\n  ",
                    report.command, "\n");
  } else {
    absl::StrAppend(&out, "\nNothing would block the migration", warns > 0 ? "; read the warnings" : "", ".\n");
  }
  return out;
}

}  // namespace dba::agent::check
