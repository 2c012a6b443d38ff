// SPDX-License-Identifier: Apache-2.0
//
// One connection to a PostgreSQL server through libpq's non-blocking calls, so that a server that hangs cannot hold the
// caller past its deadline. Guards: TLS as asked for and nothing weaker, no cleartext password in any error.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_CONNECTION_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_CONNECTION_H_

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "dbagent/db/connect_options.h"
#include "dbagent/db/dsn.h"
#include "dbagent/db/postgres/pg_error.h"
#include "dbagent/db/postgres/pg_result.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct PgStatement {
  std::string sql;
  std::vector<std::string> parameters;  // text values of $1, $2, …
};

// Not thread-safe: one thread at a time.
class PgConnection {
 public:
  // Opens a connection as `username`. Looking the host name up is libpq's and blocks for the resolver's own time limit;
  // everything after it keeps to `deadline`.
  // UNAVAILABLE, DEADLINE_EXCEEDED; UNAUTHENTICATED (28P01, 28000); FAILED_PRECONDITION: no such database.
  static absl::StatusOr<std::unique_ptr<PgConnection>> Open(const Dsn& dsn, absl::string_view username,
                                                            const Secret& password, const ConnectOptions& options,
                                                            absl::string_view application, absl::Time deadline);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Runs one statement through the extended protocol, which refuses several in one text.
  //   parameters  text values of $1, $2, …
  // The result's values are text. Errors carry the SQLSTATE (SqlState()).
  absl::StatusOr<RowSet> Query(const std::string& sql, const std::vector<std::string>& parameters, absl::Time deadline);

  // Runs statements of ours in order, in one message each way; their results in the same order. Ends at the first
  // error, which it returns. Each text is parsed once for the connection.
  absl::StatusOr<std::vector<RowSet>> RunAll(const std::vector<PgStatement>& statements, absl::Time deadline);

  // Runs statements of ours, separated by semicolons, through the simple protocol; rows are thrown away.
  absl::Status Run(const std::string& sql, absl::Time deadline);

  // Begins a transaction whose statements and lock waits end before `deadline`.
  absl::Status Begin(bool read_only, absl::Time deadline);
  absl::Status Commit(absl::Time deadline);
  // Ends the transaction without its effect; a connection on which that fails is not reusable any more.
  void Rollback(absl::Time deadline);
  // Brings the session back to how it was opened, whatever a SELECT of others did to it.
  absl::Status Reset(absl::Time deadline);

  // The SCRAM-SHA-256 verifier of `password`, computed here, so that the server never sees the password.
  // Source: PostgreSQL 15 manual, 34.14, PQencryptPasswordConn.
  absl::StatusOr<std::string> EncryptPassword(absl::string_view username, const Secret& password);

  // Whether the connection is idle outside a transaction and may serve somebody else.
  bool reusable() const;
  bool broken() const { return broken_; }
  std::string server_version() const;
  int server_version_number() const { return PQserverVersion(connection_); }

 private:
  explicit PgConnection(PGconn* connection) : connection_(connection) {}
  absl::Status WaitForSocket(short events, absl::Time deadline);
  absl::Status Flush(absl::Time deadline);
  // The next result of what was sent; null at the end of a statement's.
  absl::StatusOr<PgResultPtr> NextResult(absl::Time deadline);
  absl::StatusOr<RowSet> Results(absl::Time deadline);
  // Sends one statement of a pipeline; whether it has to be parsed first.
  absl::StatusOr<bool> SendPrepared(const PgStatement& statement);
  absl::StatusOr<RowSet> PipelineResult(const PgStatement& statement, bool parsed, absl::Time deadline);
  absl::Status Broken(absl::string_view what);

  PGconn* connection_;
  bool broken_ = false;
  std::map<std::string, std::string> prepared_;  // names on the server, by text
  int last_name_ = 0;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_CONNECTION_H_
