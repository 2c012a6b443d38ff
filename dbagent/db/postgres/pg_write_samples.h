// SPDX-License-Identifier: Apache-2.0
//
// How many rows were written to tables, by PostgreSQL's own counters.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_WRITE_SAMPLES_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_WRITE_SAMPLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/facts_source.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

// What the counters are of.
struct PgCounters {
  bool standby = false;
  bool counting = true;  // track_counts
  std::string reset;     // when they began, as the server writes it
};

// oid     empty: there is no such table
// writes  of the table and its partitions
WriteSample PgWriteSample(const TableName& table, const std::string& oid, double writes, const PgCounters& counters);

// In a transaction as GatherPgFacts.
absl::StatusOr<WriteSamples> SamplePgWrites(PgConnection& connection, const std::vector<TableName>& tables,
                                            absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_WRITE_SAMPLES_H_
