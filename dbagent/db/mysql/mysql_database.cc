// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_database.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_accounts.h"
#include "dbagent/db/mysql/mysql_ensure.h"
#include "dbagent/db/mysql/select_text.h"

namespace dba::agent {
namespace {

constexpr int kAttempts = 3;
constexpr unsigned kUnknownVariable = 1193;  // ER_UNKNOWN_SYSTEM_VARIABLE
constexpr unsigned kLockedMysql = 3118;
constexpr unsigned kLockedMariadb = 4151;

}  // namespace

MysqlDatabase::MysqlDatabase(Dsn dsn, ConnectOptions options)
    : dsn_(std::move(dsn)),
      options_(std::move(options)),
      pool_(
          [this](absl::Time deadline) {
            return MysqlConnection::Open(dsn_, dsn_.username, dsn_.password, options_, deadline);
          },
          options_.max_connections, options_.max_idle_connections) {}

absl::Status MysqlDatabase::OnConnection(absl::Time deadline, const Work& work) {
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool connection_was_dead = false;
    {
      DBA_ASSIGN_OR_RETURN(const auto lease, pool_.Acquire(deadline));
      status = lease->LimitTime(deadline);
      if (status.ok()) status = work(*lease);
      connection_was_dead = lease.reused() && lease->broken() && absl::IsUnavailable(status);
    }
    if (connection_was_dead) pool_.CloseIdle();
    if (!connection_was_dead && (!absl::IsAborted(status) || IsFenced(status))) return status;
    if (absl::Now() >= deadline) return status;
  }
  return status;
}

absl::StatusOr<ServerInfo> MysqlDatabase::Describe(absl::Time deadline) {
  ServerInfo info = {Engine::kMysql, "", "", dsn_.host, dsn_.port, dsn_.database};
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    info.engine = connection.is_mariadb() ? Engine::kMariadb : Engine::kMysql;
    info.version = connection.server_version();
    const absl::StatusOr<RowSet> rows =
        connection.Run(connection.is_mariadb() ? "SELECT @@server_uid" : "SELECT @@server_uuid", deadline);
    if (rows.ok()) {
      info.identity = rows->rows[0][0].value_or("");
      return absl::OkStatus();
    }
    // MariaDB before 10.10 has no server_uid.
    return MysqlErrorNumber(rows.status()) == kUnknownVariable ? absl::OkStatus() : rows.status();
  }));
  return info;
}

absl::StatusOr<RowSet> MysqlDatabase::Select(const SelectRequest& request, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(CheckIsSelect(request.sql));
  RowSet rows;
  const absl::Status status = OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    // In a read-only transaction alone, CREATE and DROP would commit it and succeed; the session setting refuses them.
    DBA_RETURN_IF_ERROR(connection.Run("SET SESSION TRANSACTION READ ONLY", deadline).status());
    DBA_RETURN_IF_ERROR(connection.Run("START TRANSACTION READ ONLY", deadline).status());
    absl::StatusOr<RowSet> selected =
        connection.RunPrepared(request.sql, request.max_rows, request.max_value_bytes, deadline);
    if (!connection.broken()) {
      const absl::Status reset = connection.Reset(deadline);  // rolls back, too
      if (!reset.ok()) connection.Discard();
    }
    DBA_RETURN_IF_ERROR(selected.status());
    rows = *std::move(selected);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return rows;
}

absl::Status MysqlDatabase::KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time deadline) {
  return OnConnection(deadline,
                      [&](MysqlConnection& connection) { return KeepMysqlEpoch(connection, owner, epoch, deadline); });
}

absl::StatusOr<AccountList> MysqlDatabase::ListAccounts(absl::string_view owner, absl::Time deadline) {
  AccountList list;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(list, ListMysqlAccounts(connection, owner, deadline));
    return absl::OkStatus();
  }));
  return list;
}

absl::StatusOr<bool> MysqlDatabase::EnsureAccount(const AccountSpec& spec, absl::Time deadline) {
  const ProbeLogin probe = [&](absl::string_view name, const Secret& password) {
    return ProbeAccount(name, password, deadline);
  };
  bool created = false;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(created, EnsureMysqlAccount(connection, spec, dsn_.database, probe, deadline));
    return absl::OkStatus();
  }));
  return created;
}

absl::StatusOr<ProbeResult> MysqlDatabase::ProbeAccount(absl::string_view name, const Secret& password,
                                                        absl::Time deadline) {
  const auto connection = MysqlConnection::Open(dsn_, std::string(name), password, options_, deadline);
  if (connection.ok()) {
    DBA_RETURN_IF_ERROR((*connection)->Run("SELECT 1", deadline).status());
    return ProbeResult{ProbeResult::Outcome::kLoggedIn, ""};
  }
  const absl::Status& refusal = connection.status();
  const std::string detail(refusal.message());
  const unsigned number = MysqlErrorNumber(refusal);
  if (number == kLockedMysql || number == kLockedMariadb) return ProbeResult{ProbeResult::Outcome::kLocked, detail};
  if (absl::IsUnauthenticated(refusal)) return ProbeResult{ProbeResult::Outcome::kRefused, detail};
  return refusal;
}

absl::Status MysqlDatabase::SetAccountLocked(const AccountRef& account, bool locked, absl::Time deadline) {
  return OnConnection(deadline, [&](MysqlConnection& connection) {
    return SetMysqlAccountLocked(connection, account, locked, deadline);
  });
}

absl::StatusOr<bool> MysqlDatabase::DropAccount(const AccountRef& account, absl::Time deadline) {
  bool dropped = false;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(dropped, DropMysqlAccount(connection, account, deadline));
    return absl::OkStatus();
  }));
  return dropped;
}

absl::StatusOr<uint32_t> MysqlDatabase::TerminateSessions(const AccountRef& account, absl::Time deadline) {
  uint32_t ended = 0;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(ended, TerminateMysqlSessions(connection, account, deadline));
    return absl::OkStatus();
  }));
  return ended;
}

absl::Status MysqlDatabase::BeginMigration(const MigrationStart& start,
                                           const std::function<SchemaVersion()>& read_version, absl::Time deadline) {
  return OnConnection(deadline, [&](MysqlConnection& connection) {
    return BeginMysqlMigration(connection, start, read_version, deadline);
  });
}

absl::StatusOr<double> MysqlDatabase::TableNumber(absl::string_view table, absl::string_view column,
                                                  absl::string_view missing, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const TableName name, ParseTableName(table));
  double number = 0;
  const absl::Status status = OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    // MySQL 8 keeps these figures for a day. Source: MySQL 8.0 manual, information_schema_stats_expiry.
    if (!connection.is_mariadb()) {
      DBA_RETURN_IF_ERROR(connection.Run("SET SESSION information_schema_stats_expiry = 0", deadline).status());
    }
    const std::string schema = name.schema.empty() ? dsn_.database : name.schema;
    DBA_ASSIGN_OR_RETURN(const RowSet rows,
                         connection.Run(absl::StrCat("SELECT ", column, " FROM information_schema.TABLES WHERE ",
                                                     "TABLE_SCHEMA = ", QuoteMysqlLiteral(schema),
                                                     " AND TABLE_NAME = ", QuoteMysqlLiteral(name.table)),
                                        deadline));
    if (rows.rows.empty()) return absl::NotFoundError(absl::StrCat("there is no table ", table));
    if (!rows.rows[0][0] || !absl::SimpleAtod(*rows.rows[0][0], &number)) {
      return absl::FailedPreconditionError(absl::StrCat("table ", table, " ", missing));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return number;
}

absl::StatusOr<double> MysqlDatabase::EstimateRows(absl::string_view table, absl::Time deadline) {
  return TableNumber(table, "TABLE_ROWS", "has no estimate: it is a view", deadline);
}

absl::StatusOr<double> MysqlDatabase::NextId(absl::string_view table, absl::Time deadline) {
  return TableNumber(table, "AUTO_INCREMENT", "has no AUTO_INCREMENT column", deadline);
}

}  // namespace dba::agent
