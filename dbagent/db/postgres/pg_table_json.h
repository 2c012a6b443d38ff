// SPDX-License-Identifier: Apache-2.0
//
// From the JSON that kTableFacts makes to facts of a table. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_TABLE_JSON_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_TABLE_JSON_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/json.h"
#include "dbagent/db/postgres/pg_row_estimate.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// A table with the oids of itself and everything that inherits from it.
struct PgTableRow {
  hints::TableFacts facts;
  std::string oid;
  std::vector<std::string> tree;
  std::vector<PgMember> members;  // those that hold rows
};

// json  the object of kTableFacts; JSON's null: there is no such table
PgTableRow PgTableFromJson(const Json& json, const TableName& requested, int server_version);

// The condition in what pg_get_constraintdef prints of a CHECK.
std::string PgCondition(absl::string_view definition);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_TABLE_JSON_H_
