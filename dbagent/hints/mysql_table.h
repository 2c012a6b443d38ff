// SPDX-License-Identifier: Apache-2.0
//
// What only MySQL and MariaDB know of a table. Plain values.
#ifndef DBA_DBAGENT_HINTS_MYSQL_TABLE_H_
#define DBA_DBAGENT_HINTS_MYSQL_TABLE_H_

#include <optional>
#include <string>

namespace dba::agent::hints {

struct MysqlTable {
  std::string storage_engine;  // "InnoDB", "MyISAM", "Aria"
  std::string row_format;      // "Dynamic", "Compressed"
  std::string character_set;   // of columns that name none
  bool system_versioned = false;
  bool cascades = false;            // a foreign key of this table changes its rows: CASCADE, SET NULL, SET DEFAULT
  std::optional<int> row_versions;  // MySQL: TOTAL_ROW_VERSIONS of instantly added and dropped columns
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_MYSQL_TABLE_H_
