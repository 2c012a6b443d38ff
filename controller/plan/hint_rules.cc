// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/hint_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/hash.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kFindingsRecheck = absl::Seconds(30);
constexpr size_t kMaxFindings = 50;

// A finding without its figures: two observations that differ in nothing else are the same.
std::string KeyOf(const api::Finding& finding) {
  return absl::StrCat(finding.rule, "\n", finding.table, "\n", absl::StrJoin(finding.columns, ","), "\n",
                      finding.blocks ? "Block" : "Warn");
}

std::string KeyOf(const api::FindingStatus& finding) {
  return absl::StrCat(finding.rule, "\n", finding.table, "\n", absl::StrJoin(finding.columns, ","), "\n",
                      finding.effect);
}

template <typename Findings>
std::vector<std::string> KeysOf(const Findings& findings) {
  std::vector<std::string> keys;
  for (const auto& finding : findings) keys.push_back(KeyOf(finding));
  return keys;
}

std::vector<api::FindingStatus> ToStatus(const std::vector<api::Finding>& findings) {
  std::vector<api::FindingStatus> statuses;
  for (const bool blocks : {true, false}) {
    for (const api::Finding& finding : findings) {
      if (finding.blocks != blocks || statuses.size() == kMaxFindings) continue;
      statuses.push_back({finding.rule, finding.harm, blocks ? "Block" : "Warn", finding.confidence, finding.table,
                          finding.columns, finding.message, finding.remedy});
    }
  }
  return statuses;
}

std::vector<const api::Finding*> Blocking(const std::vector<api::Finding>& findings) {
  std::vector<const api::Finding*> blocking;
  for (const api::Finding& finding : findings) {
    if (finding.blocks) blocking.push_back(&finding);
  }
  return blocking;
}

// nullopt: there is none, or not for this migration and these findings, or it does not say who.
std::optional<api::Acknowledgement> FindAcknowledgement(const api::ManagedDatabase& database,
                                                        absl::string_view migration, absl::string_view digest,
                                                        absl::Time now) {
  const auto found = database.meta.annotations.find(std::string(kAcknowledgeAnnotation));
  if (found == database.meta.annotations.end()) return std::nullopt;
  const std::vector<std::string> words = absl::StrSplit(found->second, absl::MaxSplits(' ', 3), absl::SkipWhitespace());
  if (words.size() != 4 || words[0] != migration || words[1] != digest || words[2] != "by") return std::nullopt;
  const std::pair<std::string, std::string> who = absl::StrSplit(words[3], absl::MaxSplits(':', 1));
  api::Acknowledgement acknowledgement;
  acknowledgement.migration = words[0];
  acknowledgement.digest = words[1];
  acknowledgement.by = std::string(absl::StripAsciiWhitespace(who.first));
  acknowledgement.reason = std::string(absl::StripAsciiWhitespace(who.second));
  if (acknowledgement.by.empty()) return std::nullopt;
  const std::optional<api::Acknowledgement>& before = database.status.acknowledgement;
  const bool same = before.has_value() && before->migration == acknowledgement.migration &&
                    before->digest == acknowledgement.digest && before->by == acknowledgement.by;
  acknowledgement.at = same ? before->at : now;
  return acknowledgement;
}

std::string HowToAcknowledge(const api::ManagedDatabase& database, absl::string_view migration,
                             absl::string_view digest) {
  return absl::StrCat("kubectl annotate mdb ", database.meta.name, " -n ", database.meta.name_space, " --overwrite ",
                      kAcknowledgeAnnotation, "=\"", migration, " ", digest, " by YOU: WHY\"");
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status);
}

Decision Waits(Progress progress, absl::string_view reason, std::string message) {
  Decision decision;
  decision.verdict = {progress, std::string(reason), std::move(message)};
  if (progress == Progress::kBlocked) decision.requeue_after = kFindingsRecheck;
  return decision;
}

}  // namespace

bool HasHintsToCheck(const World& world, const api::DatabaseMigration& migration) {
  return !migration.hints.empty() && world.database.spec.hints.mode != api::HintMode::kOff;
}

std::optional<Notice> TellFindings(const api::ManagedDatabaseStatus& before, const api::ManagedDatabaseStatus& after) {
  if (after.findings.empty() || KeysOf(before.findings) == KeysOf(after.findings)) return std::nullopt;
  std::vector<std::string> sentences;
  for (const api::FindingStatus& finding : after.findings) sentences.push_back(finding.message);
  constexpr size_t kMaxSentences = 3;
  const size_t more = sentences.size() > kMaxSentences ? sentences.size() - kMaxSentences : 0;
  sentences.resize(sentences.size() - more);
  return Notice{true, "HintFindings",
                absl::StrCat(after.pending.empty() ? "" : after.pending.front(), ": ", absl::StrJoin(sentences, "; "),
                             more == 0 ? "" : absl::StrCat("; and ", more, " more"))};
}

std::string FindingsDigest(const std::vector<api::Finding>& findings) {
  std::set<std::string> keys;
  for (const api::Finding* finding : Blocking(findings)) keys.insert(KeyOf(*finding));
  return keys.empty() ? "" : Sha256Hex(absl::StrJoin(keys, "\n\n")).substr(0, 8);
}

std::optional<Decision> CheckHints(const Situation& situation) {
  const api::DatabaseMigration* next = situation.next();
  if (next == nullptr || !HasHintsToCheck(situation.world, *next)) return std::nullopt;
  const std::string& name = next->meta.name;
  const absl::StatusOr<api::HintReport>& hints = situation.world.hints;
  if (!hints.ok()) {
    if (IsTransient(hints.status())) {
      return Waits(Progress::kTransient, "HintsUnknown",
                   absl::StrCat("the hints of ", name, " could not be checked: ", hints.status().message()));
    }
    if (situation.database().spec.hints.on_unknown != api::HintMode::kBlock) return std::nullopt;
    return Waits(Progress::kBlocked, "HintsUnknown",
                 absl::StrCat("migration ", name, " waits: its hints could not be checked: ", hints.status().message(),
                              ". Mend this, or set spec.hints.onUnknown to Warn"));
  }
  const std::vector<const api::Finding*> blocking = Blocking(hints->findings);
  if (blocking.empty()) return std::nullopt;
  const std::string digest = FindingsDigest(hints->findings);
  if (FindAcknowledgement(situation.database(), name, digest, situation.now).has_value()) return std::nullopt;
  const api::Finding& first = *blocking.front();
  const std::string more = blocking.size() == 1 ? "" : absl::StrCat(" (and ", blocking.size() - 1, " more)");
  const std::string remedy = first.remedy.empty() ? "" : absl::StrCat(" ", first.remedy);
  return Waits(Progress::kBlocked, "HintsBlocked",
               absl::StrCat("migration ", name, " waits: ", first.message, more, ".", remedy,
                            " It goes on by itself once nothing is found; to run it all the same: ",
                            HowToAcknowledge(situation.database(), name, digest)));
}

HintStatus JudgeHints(const World& world, const Situation* situation, absl::Time now) {
  const api::ManagedDatabaseStatus& before = world.database.status;
  HintStatus status;
  status.findings = before.findings;
  status.acknowledgement = before.acknowledgement;
  if (situation != nullptr && situation->path.pending.empty()) {
    return {api::ConditionStatus::kTrue, "NothingPending", "", {}, before.acknowledgement};
  }
  const api::DatabaseMigration* next = situation == nullptr ? nullptr : situation->next();
  if (next != nullptr && !HasHintsToCheck(world, *next)) {
    return {api::ConditionStatus::kTrue, next->hints.empty() ? "NoHints" : "Off", "", {}, before.acknowledgement};
  }
  if (next == nullptr || (!world.hints.ok() && !world.hints_observed)) {
    const api::Condition* condition = api::FindCondition(before.conditions, "HintsPassed");
    if (condition == nullptr) return {api::ConditionStatus::kUnknown, "NotChecked", "", {}, before.acknowledgement};
    status.passed = condition->status;
    status.reason = condition->reason;
    status.message = condition->message;
    return status;
  }
  if (!world.hints.ok()) {
    status.reason = "HintsUnknown";
    status.message = std::string(world.hints.status().message());
    return status;
  }
  const std::vector<api::Finding>& findings = world.hints->findings;
  std::vector<api::FindingStatus> found = ToStatus(findings);
  if (KeysOf(found) != KeysOf(before.findings)) status.findings = std::move(found);
  const std::string digest = FindingsDigest(findings);
  const auto acknowledgement = FindAcknowledgement(world.database, next->meta.name, digest, now);
  if (acknowledgement.has_value()) status.acknowledgement = acknowledgement;
  const size_t blocking = Blocking(findings).size();
  status.passed =
      blocking == 0 || acknowledgement.has_value() ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
  status.reason = findings.empty()              ? "NoFindings"
                  : blocking == 0               ? "Warnings"
                  : acknowledgement.has_value() ? "Acknowledged"
                                                : "HintsBlocked";
  if (!findings.empty()) {
    status.message =
        absl::StrCat(next->meta.name, ": ", blocking, " blocking, ", findings.size() - blocking, " warnings");
  }
  return status;
}

std::string Triage(const World& world) {
  if (!world.hints.ok()) return "";
  const std::vector<api::Applied>& applied = world.hints->applied;
  const auto count = [&](api::Applied wanted) { return std::count(applied.begin(), applied.end(), wanted); };
  const auto there = count(api::Applied::kYes);
  const auto known = there + count(api::Applied::kNo);
  if (known == 0) return "";
  if (there == 0) return "none of the changes that its hints name is there: it did not start";
  if (there == known) {
    return absl::StrCat("all ", known, " changes that its hints name are there: it came to its end");
  }
  return absl::StrCat(there, " of ", known, " changes that its hints name are there: it stopped half way");
}

}  // namespace dba::plan
