// SPDX-License-Identifier: Apache-2.0
//
// The marks of accounts, and the fence. MariaDB gives accounts no comment or attribute, so a mark is a row of the table
// dba_operator.account, made on demand: in a schema of its own, because an account belongs to the whole server and not
// to the managed database. The row is written before the account is made and removed after it is dropped, so that no
// account of ours is ever without a mark.
//
// The column `locked` says what an admin without rights on the schema `mysql` cannot read back. It turns 1 only after
// ACCOUNT LOCK has succeeded and 0 before ACCOUNT UNLOCK is tried: whatever crashes, 1 is true.
//
// The column `creating` is 1 from before CREATE USER until it is known to have made the account. Where a crash leaves
// it 1 and an account of that name exists, a login tells whose it is: the account was made with the caller's password,
// which nobody else knows, and both servers compare the password before they refuse a locked account.
//
// The column `password_digest` is that of the password set last, and empty while another one is being set: then, too, a
// login tells which one holds.
//
// The table dba_operator.fence holds the highest epoch of each owner. It is read and written on the connection that
// holds the owner's lock, and every later statement of the change runs on that connection.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_MARKS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_MARKS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"

namespace dba::agent {

struct MysqlMark {
  std::string name;
  std::string owner;
  std::string kind;
  std::string version;
  std::string password_digest;
  bool locked = false;
  bool creating = false;  // CREATE USER may not have happened yet
};

// Makes the schema and its tables where they are not there.
absl::Status MakeMysqlMarkTables(MysqlConnection& connection, absl::Time deadline);

// The mark of `name`; nullopt when it has none, or the table is not there.
absl::StatusOr<std::optional<MysqlMark>> FindMysqlMark(MysqlConnection& connection, absl::string_view name,
                                                       absl::Time deadline);
// The marks of `owner` by name.
absl::StatusOr<std::vector<MysqlMark>> ListMysqlMarks(MysqlConnection& connection, absl::string_view owner,
                                                      absl::Time deadline);
absl::Status AddMysqlMark(MysqlConnection& connection, const MysqlMark& mark, absl::Time deadline);
//   assignments  "locked = 1"
absl::Status SetMysqlMark(MysqlConnection& connection, absl::string_view name, absl::string_view assignments,
                          absl::Time deadline);
absl::Status DeleteMysqlMark(MysqlConnection& connection, absl::string_view name, absl::Time deadline);

// The lock that serialises all changes of one owner: GET_LOCK, of the server and of the session. Given back when this
// goes; when that fails, the connection is closed with it.
class MysqlOwnerLock {
 public:
  static absl::StatusOr<std::unique_ptr<MysqlOwnerLock>> Take(MysqlConnection& connection, absl::string_view owner,
                                                              absl::Time deadline);
  ~MysqlOwnerLock();
  MysqlOwnerLock(const MysqlOwnerLock&) = delete;
  MysqlOwnerLock& operator=(const MysqlOwnerLock&) = delete;

 private:
  MysqlOwnerLock(MysqlConnection& connection, std::string name, absl::Time deadline);
  MysqlConnection& connection_;
  const std::string name_;
  const absl::Time deadline_;
};

// The highest epoch of `owner`; 0 when there is none.
absl::StatusOr<uint64_t> ReadMysqlEpoch(MysqlConnection& connection, absl::string_view owner, absl::Time deadline);

// Compares, and keeps the epoch when it is higher; under the owner's lock. ABORTED (IsFenced): a higher one was seen.
// Where the tables are not there, nothing is kept: no account is, either.
absl::Status PassMysqlFence(MysqlConnection& connection, absl::string_view owner, uint64_t epoch, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_MARKS_H_
