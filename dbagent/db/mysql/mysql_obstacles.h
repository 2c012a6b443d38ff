// SPDX-License-Identifier: Apache-2.0
//
// What keeps accounts of MySQL and MariaDB from being dropped besides their sessions.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_OBSTACLES_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_OBSTACLES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"

namespace dba::agent {

// By account: "DEFINER of view v", which DROP USER would leave broken; "member x" (MySQL: the account is granted as a
// role) and "proxy x", where the admin may read the schema mysql. Sources: MySQL 8.0 manual, 6.2.10, 6.2.19 and 25.6.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> ReadMysqlObstacles(
    MysqlConnection& connection, const std::vector<std::string>& names, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_OBSTACLES_H_
