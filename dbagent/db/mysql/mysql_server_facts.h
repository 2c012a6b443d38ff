// SPDX-License-Identifier: Apache-2.0
//
// What a MySQL or MariaDB server is, and those of its settings that rules look at.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_SERVER_FACTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_SERVER_FACTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

absl::StatusOr<hints::ServerFacts> ReadMysqlServer(MysqlConnection& connection, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_SERVER_FACTS_H_
