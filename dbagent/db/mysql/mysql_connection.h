// SPDX-License-Identifier: Apache-2.0
//
// One connection to a MySQL or MariaDB server. The library's calls block, so a watchdog shuts the socket down at the
// deadline. Guards: TLS as asked for, no LOCAL INFILE, one statement per call, no password in any error.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_CONNECTION_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_CONNECTION_H_

#include <mysql.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "dbagent/db/connect_options.h"
#include "dbagent/db/dsn.h"
#include "dbagent/db/mysql/mysql_error.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// Not thread-safe: one thread at a time.
class MysqlConnection {
 public:
  // UNAVAILABLE, UNAUTHENTICATED (1045); FAILED_PRECONDITION: no such database, or the account is locked (4151, 3118);
  // PERMISSION_DENIED: the account may not use the database (1044).
  static absl::StatusOr<std::unique_ptr<MysqlConnection>> Open(const Dsn& dsn, const std::string& username,
                                                               const Secret& password, const ConnectOptions& options,
                                                               absl::Time deadline);
  ~MysqlConnection();
  MysqlConnection(const MysqlConnection&) = delete;
  MysqlConnection& operator=(const MysqlConnection&) = delete;

  // Runs one statement; its rows as text.
  absl::StatusOr<RowSet> Run(const std::string& sql, absl::Time deadline);

  // Runs one statement that the server prepares first, which refuses several in one text; fetches at most `max_rows`.
  // DEADLINE_EXCEEDED also when it has used up the time that LimitTime gave it, whatever it returned.
  absl::StatusOr<RowSet> RunPrepared(const std::string& sql, size_t max_rows, size_t max_value_bytes,
                                     absl::Time deadline);

  // Brings the session back to the agent's settings, whatever a SELECT of others did to it: locks, variables, tables.
  absl::Status Reset(absl::Time deadline);

  // Limits statements and lock waits of the session to the time before `deadline`.
  absl::Status LimitTime(absl::Time deadline);

  // MariaDB: whether nobody holds a lock on the table, so that an ALTER would get the exclusive one at once. Asks for
  // it without waiting, and gives it back in the same message to the server: it is held for microseconds, whatever
  // becomes of the network, and by the server alone. Tries a few times, because short transactions hold it, too.
  // PERMISSION_DENIED: the account may not LOCK TABLES.
  absl::StatusOr<bool> LockIsFree(const std::string& schema, const std::string& table, absl::Time deadline);

  bool reusable() const { return !broken_; }
  bool broken() const { return broken_; }
  // Closes the connection when it comes back to the pool.
  void Discard() { broken_ = true; }
  bool is_mariadb() const { return mariadb_; }
  std::string server_version() const;

 private:
  MysqlConnection();
  absl::Status SetUpSession(absl::Time deadline);
  absl::Status LockAndUnlock(const std::string& name, absl::Time deadline);
  absl::Status Fail(unsigned number, absl::string_view message, absl::Time deadline);
  absl::Status FailStatement(MYSQL_STMT* statement, absl::Time deadline);
  absl::StatusOr<RowSet> FetchPrepared(MYSQL_STMT* statement, size_t max_rows, size_t max_value_bytes,
                                       absl::Time deadline);

  MYSQL handle_;
  absl::Duration statement_limit_ = absl::InfiniteDuration();
  bool broken_ = false;
  bool mariadb_ = false;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_CONNECTION_H_
