// SPDX-License-Identifier: Apache-2.0
//
// Facts of tables from the catalogs of MySQL and MariaDB. Nothing here waits behind an ALTER that waits for its lock.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_TABLE_FACTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_TABLE_FACTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// One table. One that is not there, or that the account may not see, is of kind kAbsent.
//   schema  of a name without one
absl::StatusOr<hints::TableFacts> ReadMysqlTable(MysqlConnection& connection, const TableName& requested,
                                                 const std::string& schema, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_TABLE_FACTS_H_
