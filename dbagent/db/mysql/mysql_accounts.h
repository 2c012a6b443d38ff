// SPDX-License-Identifier: Apache-2.0
//
// Listing, locking and retiring accounts of MySQL and MariaDB. What changes something runs on one connection that holds
// the owner's lock, behind the fence (mysql_marks.h).
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// As Database::KeepEpoch.
absl::Status KeepMysqlEpoch(MysqlConnection& connection, absl::string_view owner, uint64_t epoch, absl::Time deadline);

// As the methods of Database.
absl::StatusOr<AccountList> ListMysqlAccounts(MysqlConnection& connection, absl::string_view owner,
                                              absl::Time deadline);
absl::Status SetMysqlAccountLocked(MysqlConnection& connection, const AccountRef& account, bool locked,
                                   absl::Time deadline);
absl::StatusOr<uint32_t> TerminateMysqlSessions(MysqlConnection& connection, const AccountRef& account,
                                                absl::Time deadline);
absl::StatusOr<bool> DropMysqlAccount(MysqlConnection& connection, const AccountRef& account, absl::Time deadline);
absl::Status BeginMysqlMigration(MysqlConnection& connection, const MigrationStart& start,
                                 const std::function<SchemaVersion()>& read_version, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_
