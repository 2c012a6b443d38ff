// SPDX-License-Identifier: Apache-2.0
//
// Marked accounts of MySQL and MariaDB. MariaDB gives accounts no comment or attribute, so the mark is a row of the
// table dba_operator.account, made on demand: in a schema of its own, because an account belongs to the whole server
// and not to the managed database. The row is written before the account is made and removed after it is dropped, so
// that no account of ours is ever without a mark.
//
// The column `locked` says what an admin without rights on the schema `mysql` cannot read back. It turns 1 only after
// ACCOUNT LOCK has succeeded and 0 before ACCOUNT UNLOCK is tried: whatever crashes, 1 is true.
//
// The column `creating` is 1 from before CREATE USER until it is known to have made the account. Where a crash leaves
// it 1 and an account of that name exists, a login tells whose it is: the account was made with the caller's password,
// which nobody else knows, and both servers compare the password before they refuse a locked account.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct MysqlMark {
  std::string owner;
  std::string kind;
  std::string version;
  bool locked = false;
  bool creating = false;  // CREATE USER may not have happened yet
};

// Tries a login with the password; ProbeResult as of Database::ProbeAccount.
using ProbeLogin = std::function<absl::StatusOr<ProbeResult>(absl::string_view name, const Secret& password)>;

// The mark of `name`; nullopt when it has none, or the table is not there.
absl::StatusOr<std::optional<MysqlMark>> FindMysqlMark(MysqlConnection& connection, absl::string_view name,
                                                       absl::Time deadline);

// As the methods of Database; each on one connection that holds the owner's lock where it changes something.
absl::StatusOr<AccountList> ListMysqlAccounts(MysqlConnection& connection, absl::string_view owner,
                                              absl::Time deadline);
absl::StatusOr<bool> EnsureMysqlAccount(MysqlConnection& connection, const AccountSpec& spec,
                                        absl::string_view database, const ProbeLogin& probe, absl::Time deadline);
absl::Status SetMysqlAccountLocked(MysqlConnection& connection, absl::string_view owner, absl::string_view name,
                                   bool locked, absl::Time deadline);
absl::StatusOr<bool> DropMysqlAccount(MysqlConnection& connection, absl::string_view owner, absl::string_view name,
                                      absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_ACCOUNTS_H_
