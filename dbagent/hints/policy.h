// SPDX-License-Identifier: Apache-2.0
//
// From when on a table is large or busy, and what is done about a finding. Pure.
#ifndef DBA_DBAGENT_HINTS_POLICY_H_
#define DBA_DBAGENT_HINTS_POLICY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "dbagent/db/identifier.h"
#include "dbagent/hints/finding.h"

namespace dba::agent::hints {

enum class Mode { kBlock, kWarn, kOff };

struct Thresholds {
  double large_rows = 1e6;
  int64_t large_bytes = int64_t{1} << 30;
  double heavy_writes_per_second = 50;
};

struct TableOverride {
  std::optional<Mode> mode;
  Thresholds thresholds;
};

struct Policy {
  Mode mode = Mode::kBlock;
  Mode on_unknown = Mode::kWarn;
  Thresholds thresholds;
  absl::Duration write_window = absl::Minutes(5);
  absl::Duration probe_timeout = absl::Seconds(2);  // zero: no queries over the data
  std::map<std::string, Mode> rules;
  std::map<std::string, TableOverride> tables;  // by FormatTableName

  // As written, with the schema, or by the name alone.
  const TableOverride* Override(const TableName& requested, const TableName& resolved) const;
  const Thresholds& For(const TableName& requested, const TableName& resolved) const;
};

// What the policy does about a finding; nullopt: it is left out. An order for the rule goes before one for the table,
// that before the mode; a finding that could not be told gets the weaker of that and `on_unknown`, one of severity
// kWarning never blocks unless its rule is named.
std::optional<Effect> EffectOf(const Policy& policy, const Finding& finding, Severity severity,
                               const TableName& requested, const TableName& resolved);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_POLICY_H_
