// SPDX-License-Identifier: Apache-2.0
//
// How many rows a table holds, by what the server's statistics say. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ROW_ESTIMATE_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ROW_ESTIMATE_H_

#include <optional>
#include <string>
#include <vector>

#include "common/json.h"
#include "dbagent/hints/table_facts.h"

namespace dba::agent {

// What the statistics say of one table without its partitions.
struct PgMember {
  std::string oid;
  std::optional<double> live_rows;  // absent: the counters were reset since the rows were written
  std::optional<double> density;    // rows in a page at the last ANALYZE or VACUUM
  double written = 0;               // rows inserted, updated and deleted since the counters were reset
};

// The rows of one table by its counters and by its size, whichever are fewer: the counters count rows twice when
// ANALYZE follows an INSERT at once, and the size stays when rows are deleted. nullopt: neither is known.
//   bytes  of the table itself, without indexes and what is stored out of line
std::optional<double> PgRowEstimate(const PgMember& member, double bytes);

// Sets rows and bytes of the table, and what is to be doubted of them, by the statistics alone.
//   members  'stats' of kTableFacts
//   read     gets one entry for each
void ReadPgStatistics(const Json& members, int server_version, hints::TableFacts* table, std::vector<PgMember>* read);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ROW_ESTIMATE_H_
