// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/clear_text.h"

namespace dba::agent {
namespace {

const char* SslMode(TlsMode mode) {
  switch (mode) {
    case TlsMode::kVerifyFull:
      return "verify-full";
    case TlsMode::kVerifyCa:
      return "verify-ca";
    case TlsMode::kRequire:
      return "require";
    case TlsMode::kDisable:
      return "disable";
  }
  return "verify-full";
}

std::string Place(const Dsn& dsn) { return absl::StrCat(dsn.host, ":", dsn.port); }

absl::Status DeadlineError(absl::string_view what) {
  return absl::DeadlineExceededError(absl::StrCat(what, " did not end before the call's deadline; try again"));
}

// The keywords libpq gets; nothing of the credentials is parsed by libpq itself.
std::vector<std::pair<const char*, std::string>> Keywords(const Dsn& dsn, absl::string_view username,
                                                          const ConnectOptions& options,
                                                          absl::string_view application) {
  std::vector<std::pair<const char*, std::string>> keywords = {
      {"host", dsn.host},
      {"port", absl::StrCat(dsn.port)},
      {"dbname", dsn.database},
      {"user", std::string(username)},
      {"sslmode", SslMode(options.tls)},
      {"application_name", std::string(application)},
      {"client_encoding", "UTF8"},
      {"target_session_attrs", "any"},
      {"gssencmode", "disable"},
      {"passfile", "/dev/null"},
      {"keepalives_idle", "30"},
      // Fixed for the session, so that text and catalog look-ups mean the same everywhere.
      // Without JIT: compiling takes longer than our queries, and no time limit stops it.
      {"options", "-c standard_conforming_strings=on -c datestyle=ISO -c timezone=UTC -c jit=off"},
  };
  if (options.tls != TlsMode::kDisable) {
    const bool verify = options.tls != TlsMode::kRequire;
    if (!options.ca_file.empty() || verify) {
      keywords.emplace_back("sslrootcert", options.ca_file.empty() ? kSystemCaFile : options.ca_file);
    }
    if (!options.cert_file.empty()) {
      keywords.emplace_back("sslcert", options.cert_file);
      keywords.emplace_back("sslkey", options.key_file);
    }
  }
  return keywords;
}

// What libpq says, on one line and without what it adds for debugging the server.
std::string ConnectMessage(absl::string_view text) {
  const size_t location = text.find("\nLOCATION:");
  if (location != text.npos) text = text.substr(0, location);
  return absl::StrReplaceAll(absl::StripAsciiWhitespace(text), {{"\n", " "}});
}

absl::Status ConnectError(const PGconn* connection, const Dsn& dsn) {
  const std::string message = ConnectMessage(PQerrorMessage(connection));
  const std::string state = SqlStateOfConnectError(message);
  if (!state.empty()) return PgError(state, message);
  return absl::UnavailableError(absl::StrCat("cannot connect to PostgreSQL at ", Place(dsn), ": ", message));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PgConnection>> PgConnection::Open(const Dsn& dsn, absl::string_view username,
                                                                 const Secret& password, const ConnectOptions& options,
                                                                 absl::string_view application, absl::Time deadline) {
  deadline = std::min(deadline, absl::Now() + options.connect_timeout);
  const auto keywords = Keywords(dsn, username, options, application);
  const ClearText clear_text(password);
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : keywords) {
    keys.push_back(key);
    values.push_back(value.c_str());
  }
  keys.insert(keys.end(), {"password", nullptr});
  values.insert(values.end(), {clear_text.c_str(), nullptr});
  std::unique_ptr<PgConnection> connection(new PgConnection(PQconnectStartParams(keys.data(), values.data(), 0)));
  if (connection->connection_ == nullptr) return absl::ResourceExhaustedError("out of memory for a connection");
  PGconn* pg = connection->connection_;
  PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);  // the only way to the SQLSTATE of a refused login
  PQsetNoticeProcessor(
      pg, [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType state = PQstatus(pg) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return ConnectError(pg, dsn);
    const absl::Status ready = connection->WaitForSocket(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (!ready.ok()) {
      return absl::UnavailableError(absl::StrCat("PostgreSQL at ", Place(dsn), " did not complete the login in time"));
    }
    state = PQconnectPoll(pg);
  }
  PQsetErrorVerbosity(pg, PQERRORS_DEFAULT);
  if (PQsetnonblocking(pg, 1) != 0) return connection->Broken("set up the connection");
  return connection;
}

PgConnection::~PgConnection() { PQfinish(connection_); }

absl::Status PgConnection::WaitForSocket(short events, absl::Time deadline) {
  while (true) {
    pollfd descriptor = {PQsocket(connection_), events, 0};
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return DeadlineError("the database");
    const int64_t milliseconds = absl::ToInt64Milliseconds(std::min(left, absl::Hours(1))) + 1;
    const int ready = poll(&descriptor, 1, static_cast<int>(milliseconds));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return absl::UnavailableError("poll on the database's socket failed");
  }
}

absl::Status PgConnection::Broken(absl::string_view what) {
  broken_ = true;
  return absl::UnavailableError(
      absl::StrCat("the connection to PostgreSQL broke (", what, "): ", ConnectMessage(PQerrorMessage(connection_))));
}

absl::Status PgConnection::Flush(absl::Time deadline) {
  while (true) {
    const int left = PQflush(connection_);
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Broken("send");
    DBA_RETURN_IF_ERROR(WaitForSocket(POLLIN | POLLOUT, deadline));
    if (PQconsumeInput(connection_) == 0) return Broken("receive");
  }
}

absl::StatusOr<PgResultPtr> PgConnection::NextResult(absl::Time deadline) {
  while (PQisBusy(connection_) != 0) {
    const absl::Status ready = WaitForSocket(POLLIN, deadline);
    if (!ready.ok()) {
      broken_ = true;
      return ready;
    }
    if (PQconsumeInput(connection_) == 0) return Broken("receive");
  }
  return PgResultPtr(PQgetResult(connection_));
}

absl::StatusOr<RowSet> PgConnection::Results(absl::Time deadline) {
  // Whatever leaves this function early leaves results behind that the next caller must not see.
  const absl::Status flushed = Flush(deadline);
  if (!flushed.ok()) {
    broken_ = true;
    return flushed;
  }
  RowSet rows;
  absl::Status status;
  while (true) {
    DBA_ASSIGN_OR_RETURN(const PgResultPtr result, NextResult(deadline));
    if (result == nullptr) break;
    const absl::Status got = PgResultStatus(result.get());
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) rows = PgRows(result.get());
    if (got.ok()) continue;
    if (absl::IsInvalidArgument(got) && SqlState(got).empty()) {
      broken_ = true;
      return got;
    }
    if (absl::IsUnavailable(got) && SqlState(got).empty()) return Broken("statement");
    if (status.ok()) status = got;
  }
  if (PQstatus(connection_) == CONNECTION_BAD) {
    broken_ = true;
    if (!absl::IsUnavailable(status)) return Broken("statement");
  }
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<RowSet> PgConnection::Query(const std::string& sql, const std::vector<std::string>& parameters,
                                           absl::Time deadline) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) == 0) {
    return Broken("send");
  }
  return Results(deadline);
}

absl::Status PgConnection::Run(const std::string& sql, absl::Time deadline) {
  if (PQsendQuery(connection_, sql.c_str()) == 0) return Broken("send");
  return Results(deadline).status();
}

absl::Status PgConnection::Begin(bool read_only, absl::Time deadline) {
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  if (left <= 1) return DeadlineError("the transaction");
  // The server stops a little before the caller leaves, so that its own words arrive. Locks get less than the whole.
  const int64_t statement = std::max<int64_t>(1, left - std::min<int64_t>(left / 10, 200));
  return Run(
      absl::StrFormat(
          "BEGIN ISOLATION LEVEL READ COMMITTED %s; SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = %d; "
          "SET LOCAL idle_in_transaction_session_timeout = %d; SET LOCAL search_path TO %s",
          read_only ? "READ ONLY" : "READ WRITE", statement,
          std::max<int64_t>(1, std::min<int64_t>(statement * 8 / 10, 5000)), left + 1000,
          read_only ? "DEFAULT" : "pg_catalog"),
      deadline);
}

absl::Status PgConnection::Commit(absl::Time deadline) { return Run("COMMIT", deadline); }

void PgConnection::Rollback(absl::Time deadline) {
  // After the deadline the connection is not worth waiting for; the server rolls back when it is closed.
  if (!broken_ && !Run("ROLLBACK", deadline).ok()) broken_ = true;
}

absl::Status PgConnection::Reset(absl::Time deadline) {
  prepared_.clear();
  return Run("DISCARD ALL", deadline);
}

absl::StatusOr<std::string> PgConnection::EncryptPassword(absl::string_view username, const Secret& password) {
  const ClearText clear_text(password);
  char* verifier =
      PQencryptPasswordConn(connection_, clear_text.c_str(), std::string(username).c_str(), "scram-sha-256");
  // libpq's own text could repeat the password: a fixed one is used instead.
  if (verifier == nullptr) return absl::InternalError("the SCRAM verifier of the password could not be computed");
  std::string out = verifier;
  PQfreemem(verifier);
  return out;
}

bool PgConnection::reusable() const {
  return !broken_ && PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

std::string PgConnection::server_version() const {
  const char* version = PQparameterStatus(connection_, "server_version");
  return version == nullptr ? "" : version;
}

}  // namespace dba::agent
