// SPDX-License-Identifier: Apache-2.0
//
// How often columns of InnoDB tables were added or dropped in place: MySQL allows 64 times before a rebuild.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_ROW_VERSIONS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_ROW_VERSIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/hints/table_facts.h"

namespace dba::agent {

// Sets TableFacts::mysql.row_versions of the tables that exist; left as they are on MariaDB, before 8.0.29, without
// PROCESS, and while anybody holds or waits for an exclusive lock on any table.
absl::Status ReadMysqlRowVersions(MysqlConnection& connection, absl::Time deadline,
                                  std::vector<hints::TableFacts>* tables);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_ROW_VERSIONS_H_
