// SPDX-License-Identifier: Apache-2.0
//
// From the JSON that pg_facts_sql.h makes to facts. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/json.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// What the statistics say of one table without its partitions.
struct PgMember {
  std::string oid;
  std::optional<double> live_rows;  // absent: the counters were reset since the rows were written
  std::optional<double> density;    // rows in a page at the last ANALYZE or VACUUM
};

// A table with the oids of itself and everything that inherits from it.
struct PgTableRow {
  hints::TableFacts facts;
  std::string oid;
  std::vector<std::string> tree;
  std::vector<PgMember> members;  // those that hold rows
};

// The rows of a table by its counters and by its size, whichever are fewer: the counters count rows twice when ANALYZE
// follows an INSERT at once, and the size stays when rows are deleted. nullopt: neither is known.
//   bytes  of the table itself, without indexes and what is stored out of line
std::optional<double> PgRowEstimate(const PgMember& member, double bytes);

// json  the object of kTableFacts; JSON's null: there is no such table
PgTableRow PgTableFromJson(const Json& json, const TableName& requested, int server_version);

// The object of kWords. Leaves the tables and old writers alone.
void PgServerFromJson(const Json& json, hints::HintFacts* facts);

// A row of kLocks or kOldSnapshots.
hints::LockHolder PgLockHolderFromJson(const Json& json);

// "CHECK ((a > 0)) NOT VALID" as "(a > 0)".
std::string PgCondition(absl::string_view definition);

// A text array for a parameter.
std::string PgArray(const std::vector<std::string>& items);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_
