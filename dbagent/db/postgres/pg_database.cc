// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_database.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/credentials/migration_gate.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_accounts.h"
#include "dbagent/db/postgres/pg_ensure.h"
#include "dbagent/db/postgres/pg_fence.h"
#include "dbagent/db/postgres/pg_roles.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

constexpr char kApplicationName[] = "dba-agent";
constexpr char kProbeName[] = "dba-probe";
constexpr int kAttempts = 5;

// The rest of the SQL after a trailing semicolon was taken off; several statements are left for the server to refuse.
std::string WithoutSemicolon(absl::string_view sql) {
  sql = absl::StripAsciiWhitespace(sql);
  while (absl::ConsumeSuffix(&sql, ";")) sql = absl::StripTrailingAsciiWhitespace(sql);
  return std::string(sql);
}

std::string QuotedTable(const TableName& name) {
  const std::string table = QuotePostgresIdentifier(name.table);
  return name.schema.empty() ? table : absl::StrCat(QuotePostgresIdentifier(name.schema), ".", table);
}

absl::Status CheckSizes(const RowSet& rows, const SelectRequest& request) {
  if (rows.rows.size() > request.max_rows) {
    return absl::InvalidArgumentError(absl::StrCat("the query returned more than ", request.max_rows, " rows"));
  }
  for (const auto& row : rows.rows) {
    for (const auto& value : row) {
      if (value && value->size() > request.max_value_bytes) {
        return absl::InvalidArgumentError(
            absl::StrCat("the query returned a value of more than ", request.max_value_bytes, " bytes"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

PgDatabase::PgDatabase(Dsn dsn, ConnectOptions options)
    : dsn_(std::move(dsn)),
      options_(std::move(options)),
      pool_(
          [this](absl::Time deadline) {
            return PgConnection::Open(dsn_, dsn_.username, dsn_.password, options_, kApplicationName, deadline);
          },
          options_.max_connections, options_.max_idle_connections) {}

absl::Status PgDatabase::Attempt(Access access, absl::Time deadline, const Work& work, bool* connection_was_dead) {
  *connection_was_dead = false;
  DBA_ASSIGN_OR_RETURN(const auto lease, pool_.Acquire(deadline));
  PgConnection& connection = *lease;
  absl::Status status = connection.Begin(access == Access::kRead, deadline);
  if (status.ok() && access == Access::kChange) {
    status = connection.Query(pg_sql::kLockChanges, {}, deadline).status();
  }
  if (status.ok()) status = work(connection);
  if (status.ok()) {
    status = connection.Commit(deadline);
  } else {
    connection.Rollback(deadline);
  }
  *connection_was_dead = lease.reused() && connection.broken() && absl::IsUnavailable(status);
  return status;
}

absl::Status PgDatabase::InTransaction(Access access, absl::Time deadline, const Work& work) {
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool connection_was_dead = false;
    status = Attempt(access, deadline, work, &connection_was_dead);
    // One dead idle connection means that the server went away: the others are as dead.
    if (connection_was_dead) pool_.CloseIdle();
    if (!connection_was_dead && (!absl::IsAborted(status) || IsFenced(status))) return status;
    if (absl::Now() >= deadline) return status;
  }
  return status;
}

absl::StatusOr<ServerInfo> PgDatabase::Describe(absl::Time deadline) {
  ServerInfo info = {Engine::kPostgresql, "", "", dsn_.host, dsn_.port, dsn_.database};
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    info.version = connection.server_version();
    DBA_ASSIGN_OR_RETURN(
        const RowSet allowed,
        connection.Query("SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')", {}, deadline));
    if (allowed.rows[0][0].value_or("") != "t") return absl::OkStatus();
    DBA_ASSIGN_OR_RETURN(
        const RowSet rows,
        connection.Query("SELECT system_identifier FROM pg_catalog.pg_control_system()", {}, deadline));
    info.identity = rows.rows[0][0].value_or("");
    return absl::OkStatus();
  }));
  return info;
}

absl::Status PgDatabase::RunSelect(PgConnection& connection, const SelectRequest& request, absl::Time deadline,
                                   RowSet* rows) {
  // A cursor takes nothing but SELECT and VALUES, and refuses WITH that changes data.
  // Source: PostgreSQL 15 manual, DECLARE.
  DBA_RETURN_IF_ERROR(
      connection
          .Query(absl::StrCat("DECLARE dba_select NO SCROLL CURSOR FOR ", WithoutSemicolon(request.sql)), {}, deadline)
          .status());
  DBA_ASSIGN_OR_RETURN(
      *rows, connection.Query(absl::StrCat("FETCH FORWARD ", request.max_rows + 1, " FROM dba_select"), {}, deadline));
  return CheckSizes(*rows, request);
}

absl::StatusOr<RowSet> PgDatabase::Select(const SelectRequest& request, absl::Time deadline) {
  RowSet rows;
  absl::Status status;
  bool connection_was_dead = false;
  for (int attempt = 0; attempt < 2; ++attempt) {
    DBA_ASSIGN_OR_RETURN(const auto lease, pool_.Acquire(deadline));
    status = lease->Begin(/*read_only=*/true, deadline);
    if (status.ok()) status = RunSelect(*lease, request, deadline, &rows);
    lease->Rollback(deadline);
    // A function in the SELECT may have taken session locks or changed settings: the next user gets a clean session.
    if (!lease->broken() && !lease->Reset(deadline).ok()) lease->Rollback(deadline);
    connection_was_dead = lease.reused() && lease->broken() && absl::IsUnavailable(status);
    if (!connection_was_dead) break;
  }
  if (connection_was_dead) pool_.CloseIdle();
  if (SqlState(status) == "25006") return absl::InvalidArgumentError("the query changes data: only SELECT is allowed");
  if (!status.ok()) return status;
  return rows;
}

absl::Status PgDatabase::KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time deadline) {
  return InTransaction(Access::kChange, deadline, [&](PgConnection& connection) {
    return PassPgFence(connection, owner, epoch, NewOwner::kLeave, deadline);
  });
}

absl::StatusOr<AccountList> PgDatabase::ListAccounts(absl::string_view owner, absl::Time deadline) {
  AccountList list;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(list, ListPgAccounts(connection, owner, deadline));
    return absl::OkStatus();
  }));
  return list;
}

absl::StatusOr<bool> PgDatabase::EnsureAccount(const AccountSpec& spec, absl::Time deadline) {
  bool created = false;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kChange, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(created, EnsurePgAccount(connection, spec, deadline));
    return absl::OkStatus();
  }));
  return created;
}

absl::StatusOr<ProbeResult> PgDatabase::ProbeAccount(absl::string_view name, const Secret& password,
                                                     absl::Time deadline) {
  auto connection = PgConnection::Open(dsn_, name, password, options_, kProbeName, deadline);
  if (connection.ok()) {
    DBA_RETURN_IF_ERROR((*connection)->Query("SELECT 1", {}, deadline).status());
    return ProbeResult{ProbeResult::Outcome::kLoggedIn, ""};
  }
  if (!absl::IsUnauthenticated(connection.status())) return connection.status();
  return ExplainRefusal(name, connection.status(), deadline);
}

absl::StatusOr<ProbeResult> PgDatabase::ExplainRefusal(absl::string_view name, const absl::Status& refusal,
                                                       absl::Time deadline) {
  std::string detail(refusal.message());
  if (SqlState(refusal) == "28P01") return ProbeResult{ProbeResult::Outcome::kRefused, detail};
  // 28000 stands for a locked role, for an unknown one, and for an address that pg_hba.conf does not let in.
  std::optional<PgRole> role;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(role, FindPgRole(connection, name, deadline));
    return absl::OkStatus();
  }));
  if (!role) return ProbeResult{ProbeResult::Outcome::kRefused, detail};
  if (!role->can_login) return ProbeResult{ProbeResult::Outcome::kLocked, detail};
  return absl::FailedPreconditionError(absl::StrCat("cannot tell whether ", name, " can log in: ", detail));
}

absl::Status PgDatabase::SetAccountLocked(const AccountRef& account, bool locked, absl::Time deadline) {
  return InTransaction(Access::kChange, deadline, [&](PgConnection& connection) {
    return SetPgAccountLocked(connection, account, locked, deadline);
  });
}

absl::StatusOr<bool> PgDatabase::DropAccount(const AccountRef& account, absl::Time deadline) {
  bool dropped = false;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kChange, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(dropped, DropPgAccount(connection, account, deadline));
    return absl::OkStatus();
  }));
  return dropped;
}

absl::StatusOr<uint32_t> PgDatabase::TerminateSessions(const AccountRef& account, absl::Time deadline) {
  uint32_t ended = 0;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kChange, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(ended, TerminatePgSessions(connection, account, deadline));
    return absl::OkStatus();
  }));
  return ended;
}

absl::Status PgDatabase::BeginMigration(const MigrationStart& start, const std::function<SchemaVersion()>& read_version,
                                        absl::Time deadline) {
  return InTransaction(Access::kChange, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_RETURN_IF_ERROR(PassPgFence(connection, start.owner, start.epoch, NewOwner::kMake, deadline));
    DBA_ASSIGN_OR_RETURN(const AccountList list, ListPgAccounts(connection, start.owner, deadline));
    DBA_RETURN_IF_ERROR(CheckNoMigratorAtWork(list));
    return CheckVersionIs(read_version(), start.expected_versions);
  });
}

absl::StatusOr<double> PgDatabase::EstimateRows(absl::string_view table, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const TableName name, ParseTableName(table));
  double estimate = 0;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kEstimateRows, {QuotedTable(name)}, deadline));
    const auto& row = rows.rows[0];
    if (!row[0]) return absl::NotFoundError(absl::StrCat("there is no table ", table));
    if (!row[1] || row[2].value_or("t") == "t" || !absl::SimpleAtod(*row[1], &estimate)) {
      return absl::FailedPreconditionError(absl::StrCat("table ", table, " has no statistics yet: run ANALYZE on it"));
    }
    return absl::OkStatus();
  }));
  return estimate;
}

absl::StatusOr<double> PgDatabase::NextId(absl::string_view table, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const TableName name, ParseTableName(table));
  double next = 0;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kNextId, {QuotedTable(name)}, deadline));
    const auto& row = rows.rows[0];
    if (!row[0]) return absl::NotFoundError(absl::StrCat("there is no table ", table));
    if (!row[1] || !absl::SimpleAtod(*row[1], &next)) {
      return absl::FailedPreconditionError(absl::StrCat("table ", table, " has no serial or identity column"));
    }
    return absl::OkStatus();
  }));
  return next;
}

}  // namespace dba::agent
