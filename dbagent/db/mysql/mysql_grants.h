// SPDX-License-Identifier: Apache-2.0
//
// What accounts of MySQL and MariaDB may do in the managed database. Rights are those of the account itself.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_GRANTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_GRANTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// INVALID_ARGUMENT: an extra grant that the server lacks, or of another database.
absl::Status CheckMysqlExtras(MysqlConnection& connection, const AccountSpec& spec, absl::string_view database);

// Grants the rights of the account's kind and the extra ones, and takes from a reader what lets it write.
// FAILED_PRECONDITION: an extra grant on a table or function that is not there. PERMISSION_DENIED names what is
// missing.
absl::Status GrantMysqlRights(MysqlConnection& connection, const AccountSpec& spec, absl::string_view database,
                              absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_GRANTS_H_
