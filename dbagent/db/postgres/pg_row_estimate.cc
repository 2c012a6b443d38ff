// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_row_estimate.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "dbagent/db/postgres/json_fields.h"

namespace dba::agent {
namespace {

using hints::Fact;
using hints::TableFacts;

constexpr double kPageBytes = 8192;         // of every server that was not built otherwise
constexpr int kUnknownIsNegative = 140000;  // reltuples is -1 before the first ANALYZE only from 14 on
constexpr double kStaleShare = 0.2;         // of the rows changed since ANALYZE

struct Statistics {
  double rows = 0;
  double table_bytes = 0;
  double index_bytes = 0;
  double modified = 0;
  bool known = true;
  bool analyzed = true;
  bool from_live = false;
};

// The rows of one table without its partitions. n_live_tup follows every commit, but begins at 0 after a reset of the
// statistics; reltuples stands still between two runs of ANALYZE or VACUUM.
void AddTable(const Json& json, int server_version, Statistics* total, PgMember* member) {
  const double live = NumberField(json, "live");
  const double deleted = NumberField(json, "del");
  const double changed = NumberField(json, "ins") + NumberField(json, "upd") + deleted;
  double reltuples = NumberField(json, "reltuples");
  if (server_version < kUnknownIsNegative && reltuples == 0 && NumberField(json, "relpages") == 0) reltuples = -1;
  const bool live_counts = live > 0 || changed > 0;
  const bool live_explains = live_counts && (reltuples < 0 || live + deleted >= 0.9 * reltuples);
  member->oid = TextField(json, "oid");
  member->written = changed;
  if (live_explains) member->live_rows = live;
  if (reltuples > 0 && NumberField(json, "relpages") > 0) member->density = reltuples / NumberField(json, "relpages");
  if (live_explains) {
    total->rows += live;
    total->from_live = true;
  } else if (reltuples >= 0) {
    total->rows += reltuples;
  } else {
    total->known = false;
  }
  total->table_bytes += kPageBytes * (NumberField(json, "relpages") + NumberField(json, "toast_pages"));
  total->index_bytes += kPageBytes * NumberField(json, "index_pages");
  total->modified += NumberField(json, "modified");
  total->analyzed = total->analyzed && FlagField(json, "analyzed");
}

}  // namespace

std::optional<double> PgRowEstimate(const PgMember& member, double bytes) {
  if (!member.density) return member.live_rows;
  const double by_size = *member.density * bytes / kPageBytes;
  return member.live_rows ? std::min(*member.live_rows, by_size) : by_size;
}

void ReadPgStatistics(const Json& members, int server_version, TableFacts* table, std::vector<PgMember>* read) {
  Statistics total;
  for (const Json& item : members) {
    read->emplace_back();
    AddTable(item, server_version, &total, &read->back());
  }
  table->rows_source = total.from_live ? "pg_stat_get_live_tuples" : "pg_class.reltuples";
  if (total.known) {
    table->rows = total.rows;
  } else {
    table->rows = Fact<double>::Unknown("the table was never analyzed and has no statistics: run ANALYZE on it");
  }
  table->bytes = static_cast<int64_t>(total.table_bytes + total.index_bytes);
  table->index_bytes = static_cast<int64_t>(total.index_bytes);
  if (!total.analyzed) {
    table->stats_doubt = "the table was never analyzed";
  } else if (total.modified > kStaleShare * std::max(total.rows, 1000.0)) {
    table->stats_doubt = absl::StrFormat("%.0f rows changed since the last ANALYZE", total.modified);
  }
}

}  // namespace dba::agent
