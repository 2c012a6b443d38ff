// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/evaluate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dbagent/hints/rule.h"
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {
namespace {

unsigned SetOf(Engine engine) {
  switch (engine) {
    case Engine::kPostgresql:
      return kPg;
    case Engine::kMysql:
      return kMy;
    case Engine::kMariadb:
      return kMaria;
  }
  return 0;
}

// What every finding about a table was decided on; a rule's own words stand above these.
void AddEvidence(const HintContext& context, Finding* finding) {
  const auto add = [&](const char* key, std::string value) { finding->evidence.emplace(key, std::move(value)); };
  const TableFacts& table = context.table;
  if (table.rows.known()) add("rows", absl::StrFormat("%.0f", *table.rows));
  if (table.bytes.known()) add("bytes", absl::StrCat(*table.bytes));
  if (table.writes.known()) {
    add("writes_per_second", absl::StrFormat("%.1f", table.writes->per_second));
    add("window", absl::FormatDuration(table.writes->window));
  }
  if (!context.impact.lock.empty()) add("lock", context.impact.lock);
  add("work", std::string(Word(context.impact.work)));
  add("sampled_at", absl::FormatTime(context.state.facts().sampled_at, absl::UTCTimeZone()));
}

bool IsSure(const Finding& finding) {
  return !finding.unknown && finding.confidence != Confidence::kLow &&
         (finding.harm == Harm::kFails || finding.harm == Harm::kDrift);
}

bool NeedsSuccess(const Finding& finding) {
  return !finding.transient && finding.harm != Harm::kFails && finding.harm != Harm::kDrift;
}

// A step that is sure to fail does no other harm; what else could make it fail, or may be unknown, is beside the point.
void KeepTheSure(size_t first, std::vector<Finding>* findings) {
  const auto begin = findings->begin() + static_cast<std::ptrdiff_t>(first);
  if (std::none_of(begin, findings->end(), IsSure)) return;
  findings->erase(std::remove_if(begin, findings->end(),
                                 [](const Finding& finding) { return finding.unknown || NeedsSuccess(finding); }),
                  findings->end());
}

void RunRules(const HintContext& context, Evaluation* evaluation) {
  const size_t first = evaluation->findings.size();
  for (const RuleInfo& rule : Catalogue()) {
    if (rule.check == nullptr || (rule.engines & SetOf(context.server().engine)) == 0) continue;
    if (rule.of_rows && context.hint.rows_prepared.value_or(false)) continue;
    std::vector<Finding> found;
    rule.check(context, &found);
    for (Finding& finding : found) {
      finding.rule = rule.id;
      finding.hint = context.index;
      if (!finding.harm) finding.harm = rule.harm;
      if (finding.scenario == 0) finding.scenario = rule.scenario;
      if (finding.table.empty()) finding.table = FormatTableName(context.hint.table);
      if (finding.remedy.empty()) finding.remedy = rule.remedy;
      AddEvidence(context, &finding);
      const std::optional<Effect> effect =
          EffectOf(context.policy, finding, rule.severity, context.hint.table, context.table.name);
      if (!effect) continue;
      finding.effect = *effect;
      evaluation->findings.push_back(std::move(finding));
    }
  }
  KeepTheSure(first, &evaluation->findings);
}

void AddUnsupported(size_t index, const absl::Status& status, const Policy& policy, Evaluation* evaluation) {
  const RuleInfo& rule = *FindRule(kUnsupportedRule);
  Finding finding;
  finding.rule = rule.id;
  finding.harm = rule.harm;
  finding.hint = index;
  finding.message = absl::StrCat("hint ", index + 1, " cannot be read: ", status.message());
  finding.remedy = rule.remedy;
  const std::optional<Effect> effect = EffectOf(policy, finding, rule.severity, {}, {});
  if (!effect) return;
  finding.effect = *effect;
  evaluation->findings.push_back(std::move(finding));
}

// The locks that `hint` leaves to those after it in its transaction.
void KeepLock(const Hint& hint, size_t index, const Impact& impact, const TableFacts& table,
              std::vector<HeldLock>* held) {
  if (impact.waits_for != Impact::WaitsFor::kWriters && impact.waits_for != Impact::WaitsFor::kEverybody) return;
  if (hint.transaction.empty() || table.created_here || !table.exists()) return;
  held->push_back({table.name, impact.lock, impact.waits_for == Impact::WaitsFor::kEverybody, index});
}

}  // namespace

Evaluation Evaluate(const std::vector<absl::StatusOr<Hint>>& hints, const HintFacts& facts, const Probes& probes,
                    const Policy& policy) {
  Evaluation evaluation;
  std::vector<Hint> readable;
  for (const absl::StatusOr<Hint>& hint : hints) {
    if (hint.ok()) readable.push_back(*hint);
  }
  SchemaState state(facts);
  std::vector<HeldLock> held;
  std::string transaction;
  for (size_t i = 0; i < hints.size(); ++i) {
    evaluation.applied.push_back(hints[i].ok() ? AppliedState(*hints[i], facts) : Applied::kUnknown);
    if (!hints[i].ok()) {
      AddUnsupported(i, hints[i].status(), policy, &evaluation);
      continue;
    }
    const Hint& hint = *hints[i];
    if (hint.transaction.empty() || hint.transaction != transaction) held.clear();
    transaction = hint.transaction;
    const TableFacts& table = state.Table(hint.table);
    const Impact impact = Classify(hint, state);
    const HintContext context = {hint,   i,      state, table,   impact, policy.For(hint.table, table.name),
                                 policy, probes, held,  readable};
    RunRules(context, &evaluation);
    KeepLock(hint, i, impact, table, &held);
    state.Apply(hint);
  }
  return evaluation;
}

}  // namespace dba::agent::hints
