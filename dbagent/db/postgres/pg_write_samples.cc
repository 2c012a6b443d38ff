// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_write_samples.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_facts_sql.h"
#include "dbagent/db/postgres/pg_names.h"

namespace dba::agent {
namespace {

double NumberOf(const std::optional<std::string>& text) {
  double number = 0;
  return text && absl::SimpleAtod(*text, &number) ? number : 0;
}

}  // namespace

WriteSample PgWriteSample(const TableName& table, const std::string& oid, double writes, const PgCounters& counters) {
  WriteSample sample;
  sample.table = table;
  sample.epoch = absl::StrCat(oid, "/", counters.reset);
  if (oid.empty()) {
    sample.unknown = "there is no such table";
  } else if (counters.standby) {
    sample.unknown = "the server is a standby, which does not see the writes of its primary";
  } else if (!counters.counting) {
    sample.unknown = "track_counts is off";
  } else {
    sample.writes = writes;
  }
  return sample;
}

absl::StatusOr<WriteSamples> SamplePgWrites(PgConnection& connection, const std::vector<TableName>& tables,
                                            absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const PgSearchPath path, EnterPgCatalog(connection, {}, deadline));
  DBA_ASSIGN_OR_RETURN(
      const std::vector<RowSet> read,
      connection.RunAll({{pg_sql::kCounters, {}}, AboutPgTables(pg_sql::kWrites, tables, path.schemas)}, deadline));
  const auto& now = read[0].rows[0];
  const PgCounters counters = {now[1].value_or("") == "t", now[2].value_or("") == "on", now[3].value_or("")};
  WriteSamples samples;
  samples.at = absl::FromUnixMicros(static_cast<int64_t>(NumberOf(now[0]) * 1e6));
  for (size_t i = 0; i < tables.size() && i < read[1].rows.size(); ++i) {
    const auto& row = read[1].rows[i];
    samples.tables.push_back(PgWriteSample(tables[i], row[0].value_or(""), NumberOf(row[1]), counters));
  }
  return samples;
}

}  // namespace dba::agent
