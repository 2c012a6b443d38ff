// SPDX-License-Identifier: Apache-2.0
//
// Who holds a metadata lock on a table, or waits for one.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_LOCK_FACTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_LOCK_FACTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// Fills in TableFacts::lock_holders. MySQL tells them in performance_schema.metadata_locks, MariaDB only with the
// plugin METADATA_LOCK_INFO. Where a server does not tell, they are known as long as no transaction is old: then nobody
// holds a lock for long. Without the right PROCESS they are unknown.
absl::Status ReadMysqlLocks(MysqlConnection& connection, std::vector<hints::TableFacts>* tables, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_LOCK_FACTS_H_
