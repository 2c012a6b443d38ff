// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/score.h"

#include <algorithm>
#include <iomanip>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace dba::hints {
namespace {

double Percent(int part, int whole) { return whole == 0 ? 100.0 : 100.0 * part / whole; }

const char* Word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAgrees:
      return "agrees";
    case Verdict::kMissed:
      return "MISSED";
    case Verdict::kWrongWarning:
      return "WRONG WARNING";
    case Verdict::kFalseAlarm:
      return "FALSE ALARM";
    case Verdict::kNotAsked:
      return "not asked";
  }
  return "";
}

std::string SaidOf(const TruthRow& row) {
  std::set<std::string> words;
  for (const Said& finding : row.said) words.insert(absl::StrCat(finding.harm, finding.unknown ? "?" : ""));
  return words.empty() ? "-" : absl::StrJoin(words, ",");
}

void PrintRow(const TruthRow& row, Verdict verdict, std::ostream& out) {
  out << absl::StrFormat("%-12s %-44s %-34s %-34s %s\n", row.server, row.id,
                         row.harms.empty() ? "-" : absl::StrJoin(row.harms, ","), SaidOf(row), Word(verdict));
  if (verdict == Verdict::kAgrees) return;
  out << absl::StrFormat("    ddl %.0f ms, writes stalled %.0f ms, reads %.0f ms%s, %d rows\n", row.ddl_ms,
                         row.write_stall_ms, row.read_stall_ms, row.rewritten ? ", written anew" : "", row.rows);
  if (!row.error.empty()) out << "    error: " << row.error << "\n";
  if (!row.old_writer.empty()) out << "    old application: " << row.old_writer << "\n";
  if (!row.unverified.empty()) out << "    not so: " << row.unverified << "\n";
  if (!row.check_error.empty()) out << "    agent: " << row.check_error << "\n";
  for (const Said& finding : row.said) {
    out << "    "
        << (finding.unknown         ? "? "
            : IsRight(finding, row) ? "+ "
                                    : "! ")
        << finding.rule << " [" << finding.harm << "] " << finding.message << "\n";
  }
  if (!row.note.empty()) out << "    note: " << row.note << "\n";
}

void PrintScore(const std::string& server, const Score& score, std::ostream& out) {
  out << absl::StrFormat(
      "%-12s cells %d, agreements %d; harm found %d of %d (%.1f %%); warnings right %d of %d (%.1f %%); harmless "
      "migrations with a finding %d of %d; unknown %d%s\n",
      server, score.cells, score.agreements, score.harm_found, score.harmful, HarmFoundPercent(score),
      score.warnings_right, score.warnings, WarningsRightPercent(score), score.harmless_with_finding, score.harmless,
      score.unknowns, score.not_asked > 0 ? absl::StrCat("; NOT ASKED ", score.not_asked) : "");
}

}  // namespace

bool IsRight(const Said& finding, const TruthRow& row) {
  return row.harms.count(finding.harm) > 0 || (finding.harm == "Drift" && row.harms.count("Fails") > 0);
}

Verdict Judge(const TruthRow& row) {
  if (!row.asked) return Verdict::kNotAsked;
  const auto warns = [](const Said& finding) { return !finding.unknown; };
  const bool any = std::any_of(row.said.begin(), row.said.end(), warns);
  if (row.harms.empty()) return any ? Verdict::kFalseAlarm : Verdict::kAgrees;
  const auto right = [&](const Said& finding) { return warns(finding) && IsRight(finding, row); };
  const auto wrong = [&](const Said& finding) { return warns(finding) && !IsRight(finding, row); };
  if (std::none_of(row.said.begin(), row.said.end(), right)) return Verdict::kMissed;
  return std::any_of(row.said.begin(), row.said.end(), wrong) ? Verdict::kWrongWarning : Verdict::kAgrees;
}

Score Count(const std::vector<TruthRow>& rows) {
  Score score;
  for (const TruthRow& row : rows) {
    const Verdict verdict = Judge(row);
    ++score.cells;
    score.agreements += verdict == Verdict::kAgrees;
    score.not_asked += verdict == Verdict::kNotAsked;
    score.harmful += !row.harms.empty();
    score.harmless += row.harms.empty();
    score.harmless_with_finding += verdict == Verdict::kFalseAlarm;
    score.harm_found += !row.harms.empty() && (verdict == Verdict::kAgrees || verdict == Verdict::kWrongWarning);
    for (const Said& finding : row.said) {
      score.unknowns += finding.unknown;
      score.warnings += !finding.unknown;
      score.warnings_right += !finding.unknown && IsRight(finding, row);
    }
  }
  return score;
}

double HarmFoundPercent(const Score& score) { return Percent(score.harm_found, score.harmful); }
double WarningsRightPercent(const Score& score) { return Percent(score.warnings_right, score.warnings); }

void PrintMatrix(const std::vector<TruthRow>& rows, bool disagreements_only, std::ostream& out) {
  out << absl::StrFormat("%-12s %-44s %-34s %-34s %s\n", "server", "case", "measured", "said", "verdict");
  std::map<std::string, std::vector<TruthRow>> by_server;
  for (const TruthRow& row : rows) {
    by_server[row.server].push_back(row);
    const Verdict verdict = Judge(row);
    if (!disagreements_only || verdict != Verdict::kAgrees) PrintRow(row, verdict, out);
  }
  out << "\n";
  for (const auto& [server, mine] : by_server) PrintScore(server, Count(mine), out);
}

}  // namespace dba::hints
