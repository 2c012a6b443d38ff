// SPDX-License-Identifier: Apache-2.0
//
// Accounts of MySQL and MariaDB as statements name them: ours are all name@'%'.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_USER_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_USER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"

namespace dba::agent {

// ER_CANNOT_USER: of CREATE USER, the account exists; of other statements, it does not.
inline constexpr unsigned kMysqlCannotUser = 1396;

// 'name'@'%'
std::string MysqlUser(absl::string_view name);

// Whether name@'%' exists, with our mark or without.
absl::StatusOr<bool> MysqlUserExists(MysqlConnection& connection, absl::string_view name, absl::Time deadline);

// Adds what root can run to a refusal.
absl::Status ExplainMysqlDenial(const absl::Status& status, absl::string_view remedy);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_USER_H_
