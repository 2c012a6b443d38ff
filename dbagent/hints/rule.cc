// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rule.h"

namespace dba::agent::hints {

Fact<bool> HintContext::Large() const {
  if (table.created_here || !table.exists()) return false;
  if (table.rows.known() && *table.rows >= thresholds.large_rows) return true;
  if (table.bytes.known() && *table.bytes >= thresholds.large_bytes) return true;
  // Bytes that are known to be few settle it: rows take space.
  if (table.rows.known() || (table.bytes.known() && *table.bytes < thresholds.large_rows)) return false;
  return Fact<bool>::Unknown(table.rows.why());
}

Fact<bool> HintContext::Busy() const {
  if (table.created_here || !table.exists()) return false;
  if (!table.writes.known()) return Fact<bool>::Unknown(table.writes.why());
  return table.writes->per_second >= thresholds.heavy_writes_per_second;
}

}  // namespace dba::agent::hints
