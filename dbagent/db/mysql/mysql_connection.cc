// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/clear_text.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/socket_watchdog.h"

namespace dba::agent {
namespace {

constexpr unsigned kLockWaitTimeout = 1205;  // ER_LOCK_WAIT_TIMEOUT
constexpr int kLockAttempts = 10;
constexpr absl::Duration kBetweenAttempts = absl::Milliseconds(15);
constexpr absl::Duration kTimerSlack = absl::Milliseconds(5);  // between the server's timer and ours

void SetTls(MYSQL* handle, const ConnectOptions& options) {
  my_bool enforce = options.tls != TlsMode::kDisable;
  my_bool verify = options.tls == TlsMode::kVerifyFull || options.tls == TlsMode::kVerifyCa;
  if (enforce) {
    const bool own = !options.cert_file.empty();
    const std::string& ca = options.ca_file;
    mysql_ssl_set(handle, own ? options.key_file.c_str() : nullptr, own ? options.cert_file.c_str() : nullptr,
                  !ca.empty() ? ca.c_str() : (verify ? kSystemCaFile : nullptr), nullptr, nullptr);
  }
  mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &enforce);
  mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

unsigned WholeSeconds(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
  return static_cast<unsigned>(std::clamp<int64_t>(seconds, 1, 3600));
}

// Waits for what the library asks for in `wanted`, and says what came.
int WaitForSocket(MYSQL* handle, int wanted, absl::Time deadline) {
  pollfd descriptor = {static_cast<int>(mysql_get_socket(handle)), 0, 0};
  if ((wanted & MYSQL_WAIT_READ) != 0) descriptor.events |= POLLIN;
  if ((wanted & MYSQL_WAIT_WRITE) != 0) descriptor.events |= POLLOUT;
  if ((wanted & MYSQL_WAIT_EXCEPT) != 0) descriptor.events |= POLLPRI;
  while (true) {
    const int64_t left = absl::ToInt64Milliseconds(std::min(deadline - absl::Now(), absl::Hours(1)));
    if (left <= 0) return MYSQL_WAIT_TIMEOUT;
    const int ready = poll(&descriptor, 1, static_cast<int>(left) + 1);
    if (ready < 0 && errno != EINTR) return MYSQL_WAIT_TIMEOUT;
    if (ready <= 0) continue;
    int came = 0;
    if ((descriptor.revents & (POLLIN | POLLHUP | POLLERR)) != 0) came |= MYSQL_WAIT_READ;
    if ((descriptor.revents & (POLLOUT | POLLERR)) != 0) came |= MYSQL_WAIT_WRITE;
    if ((descriptor.revents & POLLPRI) != 0) came |= MYSQL_WAIT_EXCEPT;
    return came & wanted;
  }
}

// Connects with the library's non-blocking calls: its own time limits count whole seconds and go on to hold for every
// later read.
absl::Status Connect(MYSQL* handle, const Dsn& dsn, const std::string& username, const ClearText& password,
                     absl::Time deadline) {
  MYSQL* connected = nullptr;
  int wanted = mysql_real_connect_start(&connected, handle, dsn.host.c_str(), username.c_str(), password.c_str(),
                                        dsn.database.c_str(), dsn.port, nullptr, 0);
  while (wanted != 0) {
    const int came = WaitForSocket(handle, wanted, deadline);
    if (came == MYSQL_WAIT_TIMEOUT) {
      return absl::UnavailableError(
          absl::StrCat("MySQL or MariaDB at ", dsn.host, ":", dsn.port, " did not complete the login in time"));
    }
    wanted = mysql_real_connect_cont(&connected, handle, came);
  }
  if (connected != nullptr) return absl::OkStatus();
  const unsigned number = mysql_errno(handle);
  const absl::Status status = MysqlError(number, mysql_error(handle));
  if (!IsMysqlClientError(number)) return status;
  return absl::UnavailableError(
      absl::StrCat("cannot connect to MySQL or MariaDB at ", dsn.host, ":", dsn.port, ": ", status.message()));
}

RowSet Rows(MYSQL_RES* result) {
  RowSet out;
  const unsigned columns = mysql_num_fields(result);
  const MYSQL_FIELD* fields = mysql_fetch_fields(result);
  for (unsigned c = 0; c < columns; ++c) out.columns.emplace_back(fields[c].name);
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql_fetch_lengths(result);
    auto& added = out.rows.emplace_back();
    for (unsigned c = 0; c < columns; ++c) {
      if (row[c] == nullptr) {
        added.emplace_back(std::nullopt);
      } else {
        added.emplace_back(std::string(row[c], lengths[c]));
      }
    }
  }
  return out;
}

}  // namespace

MysqlConnection::MysqlConnection() { mysql_init(&handle_); }
MysqlConnection::~MysqlConnection() { mysql_close(&handle_); }

absl::StatusOr<std::unique_ptr<MysqlConnection>> MysqlConnection::Open(const Dsn& dsn, const std::string& username,
                                                                       const Secret& password,
                                                                       const ConnectOptions& options,
                                                                       absl::Time deadline) {
  std::unique_ptr<MysqlConnection> connection(new MysqlConnection());
  MYSQL* handle = &connection->handle_;
  mysql_optionsv(handle, MYSQL_OPT_NONBLOCK, 0);
  const unsigned local_infile = 0;  // or a hostile server could read the agent's files
  mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &local_infile);
  mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  SetTls(handle, options);
  const ClearText clear_text(password);
  DBA_RETURN_IF_ERROR(
      Connect(handle, dsn, username, clear_text, std::min(deadline, absl::Now() + options.connect_timeout)));
  connection->mariadb_ = absl::StrContains(mysql_get_server_info(handle), "MariaDB");
  DBA_RETURN_IF_ERROR(connection->SetUpSession(deadline));
  return connection;
}

absl::Status MysqlConnection::SetUpSession(absl::Time deadline) {
  return Run("SET NAMES utf8mb4, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', "
             "autocommit = 1",
             deadline)
      .status();
}

absl::Status MysqlConnection::Reset(absl::Time deadline) {
  {
    const SocketWatchdog::Guard guard(static_cast<int>(mysql_get_socket(&handle_)), deadline);
    if (mysql_reset_connection(&handle_) != 0) {
      broken_ = true;
      return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
    }
  }
  return SetUpSession(deadline);
}

absl::Status MysqlConnection::Fail(unsigned number, absl::string_view message, absl::Time deadline) {
  if (!IsMysqlClientError(number)) return MysqlError(number, message);
  broken_ = true;
  if (absl::Now() >= deadline) {
    return absl::DeadlineExceededError("the database did not answer before the call's deadline; try again");
  }
  return absl::UnavailableError(absl::StrCat("the connection to the database broke: ", message));
}

absl::Status MysqlConnection::FailStatement(MYSQL_STMT* statement, absl::Time deadline) {
  // An error that comes in place of a row is kept at the connection only.
  if (mysql_stmt_errno(statement) != 0) return Fail(mysql_stmt_errno(statement), mysql_stmt_error(statement), deadline);
  if (mysql_errno(&handle_) != 0) return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
  broken_ = true;
  if (absl::Now() >= deadline) return absl::DeadlineExceededError("the statement was ended at the call's deadline");
  return absl::UnavailableError("the statement ended without a result and without an error");
}

absl::StatusOr<RowSet> MysqlConnection::Run(const std::string& sql, absl::Time deadline) {
  const SocketWatchdog::Guard guard(static_cast<int>(mysql_get_socket(&handle_)), deadline);
  if (mysql_real_query(&handle_, sql.data(), sql.size()) != 0) {
    return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
  }
  MYSQL_RES* result = mysql_store_result(&handle_);
  if (result == nullptr) {
    if (mysql_field_count(&handle_) == 0) return RowSet();
    return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
  }
  const absl::Cleanup free_result = [result] { mysql_free_result(result); };
  return Rows(result);
}

absl::StatusOr<RowSet> MysqlConnection::RunPrepared(const std::string& sql, size_t max_rows, size_t max_value_bytes,
                                                    absl::Time deadline) {
  const absl::Time start = absl::Now();
  const SocketWatchdog::Guard guard(static_cast<int>(mysql_get_socket(&handle_)), deadline);
  MYSQL_STMT* statement = mysql_stmt_init(&handle_);
  if (statement == nullptr) return absl::ResourceExhaustedError("out of memory for a statement");
  const absl::Cleanup close_statement = [statement] { mysql_stmt_close(statement); };
  if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0) {
    return FailStatement(statement, deadline);
  }
  if (mysql_stmt_field_count(statement) == 0) return absl::InvalidArgumentError("the query is not a SELECT");
  if (mysql_stmt_execute(statement) != 0) {
    return FailStatement(statement, deadline);
  }
  DBA_ASSIGN_OR_RETURN(RowSet rows, FetchPrepared(statement, max_rows, max_value_bytes, deadline));
  // Some functions swallow the server's time limit and go on with a wrong value: BENCHMARK and SLEEP.
  if (absl::Now() - start >= statement_limit_) {
    return absl::DeadlineExceededError("the query took as long as it was allowed to; its result may be cut short");
  }
  return rows;
}

absl::StatusOr<RowSet> MysqlConnection::FetchPrepared(MYSQL_STMT* statement, size_t max_rows, size_t max_value_bytes,
                                                      absl::Time deadline) {
  MYSQL_RES* metadata = mysql_stmt_result_metadata(statement);
  if (metadata == nullptr) return FailStatement(statement, deadline);
  const absl::Cleanup free_metadata = [metadata] { mysql_free_result(metadata); };
  const size_t columns = mysql_num_fields(metadata);
  RowSet out;
  for (size_t c = 0; c < columns; ++c) out.columns.emplace_back(mysql_fetch_fields(metadata)[c].name);
  std::vector<std::string> buffers(columns, std::string(max_value_bytes, '\0'));
  std::vector<unsigned long> lengths(columns);
  std::vector<my_bool> nulls(columns);
  std::vector<MYSQL_BIND> binds(columns);
  for (size_t c = 0; c < columns; ++c) {
    binds[c] = {};
    binds[c].buffer_type = MYSQL_TYPE_STRING;
    binds[c].buffer = buffers[c].data();
    binds[c].buffer_length = max_value_bytes;
    binds[c].length = &lengths[c];
    binds[c].is_null = &nulls[c];
  }
  if (mysql_stmt_bind_result(statement, binds.data()) != 0) {
    return FailStatement(statement, deadline);
  }
  while (true) {
    const int fetched = mysql_stmt_fetch(statement);
    if (fetched == MYSQL_NO_DATA) return out;
    if (fetched == MYSQL_DATA_TRUNCATED) {
      broken_ = true;
      return absl::InvalidArgumentError(
          absl::StrCat("the query returned a value of more than ", max_value_bytes, " bytes"));
    }
    if (fetched != 0) return FailStatement(statement, deadline);
    if (out.rows.size() == max_rows) {
      broken_ = true;  // the rest of the rows is not worth reading
      return absl::InvalidArgumentError(absl::StrCat("the query returned more than ", max_rows, " rows"));
    }
    auto& row = out.rows.emplace_back();
    for (size_t c = 0; c < columns; ++c) {
      if (nulls[c] != 0) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(buffers[c].substr(0, lengths[c]));
      }
    }
  }
}

absl::Status MysqlConnection::LockAndUnlock(const std::string& name, absl::Time deadline) {
  const SocketWatchdog::Guard guard(static_cast<int>(mysql_get_socket(&handle_)), deadline);
  const std::string sql = absl::StrCat("LOCK TABLES ", name, " WRITE NOWAIT; UNLOCK TABLES");
  if (mysql_real_query(&handle_, sql.data(), sql.size()) != 0) {
    return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
  }
  const int next = mysql_next_result(&handle_);
  return next > 0 ? Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline) : absl::OkStatus();
}

absl::StatusOr<bool> MysqlConnection::LockIsFree(const std::string& schema, const std::string& table,
                                                 absl::Time deadline) {
  if (mysql_set_server_option(&handle_, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0) {
    return Fail(mysql_errno(&handle_), mysql_error(&handle_), deadline);
  }
  const std::string name = absl::StrCat(QuoteMysqlIdentifier(schema), ".", QuoteMysqlIdentifier(table));
  absl::Status status;
  for (int attempt = 0; attempt < kLockAttempts; ++attempt) {
    if (attempt > 0) absl::SleepFor(kBetweenAttempts);
    status = LockAndUnlock(name, deadline);
    if (MysqlErrorNumber(status) != kLockWaitTimeout) break;
  }
  if (!broken_ && mysql_set_server_option(&handle_, MYSQL_OPTION_MULTI_STATEMENTS_OFF) != 0) broken_ = true;
  if (status.ok()) return true;
  if (MysqlErrorNumber(status) == kLockWaitTimeout) return false;
  return status;
}

absl::Status MysqlConnection::LimitTime(absl::Time deadline) {
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::Milliseconds(1)) return absl::DeadlineExceededError("the call's deadline has passed");
  const int64_t milliseconds = std::max<int64_t>(1, absl::ToInt64Milliseconds(left * 0.9));
  statement_limit_ = absl::Milliseconds(milliseconds) - kTimerSlack;
  const unsigned lock_seconds = std::min(WholeSeconds(left), 5U);
  // MySQL limits only SELECT; what else runs there is ended by the watchdog, which closes the connection.
  const std::string limit = mariadb_ ? absl::StrFormat("max_statement_time = %.3f", milliseconds / 1000.0)
                                     : absl::StrCat("max_execution_time = ", milliseconds);
  return Run(absl::StrCat("SET SESSION ", limit, ", lock_wait_timeout = ", lock_seconds), deadline).status();
}

std::string MysqlConnection::server_version() const {
  // A MariaDB server may put 5.5.5- before its version, for old replicas.
  std::string version = mysql_get_server_info(const_cast<MYSQL*>(&handle_));
  return mariadb_ && absl::StartsWith(version, "5.5.5-") ? version.substr(6) : version;
}

}  // namespace dba::agent
