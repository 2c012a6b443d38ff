// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/policy.h"

#include <algorithm>

#include "dbagent/hints/hint.h"

namespace dba::agent::hints {
namespace {

// kBlock < kWarn < kOff: the greater is the weaker.
Mode Weaker(Mode a, Mode b) { return std::max(a, b); }

}  // namespace

const TableOverride* Policy::Override(const TableName& requested, const TableName& resolved) const {
  for (const TableName& name : {requested, resolved, TableName{"", resolved.table}}) {
    const auto found = tables.find(FormatTableName(name));
    if (found != tables.end()) return &found->second;
  }
  return nullptr;
}

const Thresholds& Policy::For(const TableName& requested, const TableName& resolved) const {
  const TableOverride* override = Override(requested, resolved);
  return override == nullptr ? thresholds : override->thresholds;
}

std::optional<Effect> EffectOf(const Policy& policy, const Finding& finding, Severity severity,
                               const TableName& requested, const TableName& resolved) {
  // Off is off: nobody asked for findings.
  if (policy.mode == Mode::kOff) return std::nullopt;
  Mode mode = policy.mode;
  const TableOverride* table = policy.Override(requested, resolved);
  if (table != nullptr && table->mode) mode = *table->mode;
  if (severity == Severity::kWarning) mode = Weaker(mode, Mode::kWarn);
  const auto rule = policy.rules.find(finding.rule);
  if (rule != policy.rules.end()) mode = rule->second;
  if (finding.unknown) mode = Weaker(mode, policy.on_unknown);
  if (mode == Mode::kOff) return std::nullopt;
  return mode == Mode::kBlock ? Effect::kBlock : Effect::kWarn;
}

}  // namespace dba::agent::hints
