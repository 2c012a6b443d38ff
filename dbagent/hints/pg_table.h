// SPDX-License-Identifier: Apache-2.0
//
// What only PostgreSQL knows of a table. Plain values.
#ifndef DBA_DBAGENT_HINTS_PG_TABLE_H_
#define DBA_DBAGENT_HINTS_PG_TABLE_H_

#include <map>
#include <string>
#include <vector>

namespace dba::agent::hints {

struct PgTable {
  bool unlogged = false;
  bool temporary = false;
  bool materialized = false;  // of a view: it holds rows and may have indexes
  bool row_security = false;  // policies would hide rows from the agent
  bool is_partition = false;
  std::vector<std::string> children;  // tables that inherit from it, without partitions
  // Views that read a column: they keep its type and the column itself.
  std::map<std::string, std::vector<std::string>> views_by_column;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_PG_TABLE_H_
