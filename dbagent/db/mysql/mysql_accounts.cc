// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_accounts.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_hash.h"

namespace dba::agent {
namespace {

constexpr unsigned kNoSuchDatabase = 1049;  // of a statement: MySQL says so of a table in a schema that is not there
constexpr unsigned kNoSuchTable = 1146;
constexpr unsigned kNoSuchGrant = 1141;  // ER_NONEXISTING_GRANT
constexpr unsigned kCannotUser = 1396;   // ER_CANNOT_USER: of CREATE USER, the account exists

// Reads and writes data; runs what is defined; no schema changes.
constexpr char kReadWriteRights[] = "SELECT, INSERT, UPDATE, DELETE, EXECUTE, SHOW VIEW, CREATE TEMPORARY TABLES";
constexpr char kReadOnlyRights[] = "SELECT, SHOW VIEW";

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

bool IsNoTable(const absl::Status& status) {
  const unsigned number = MysqlErrorNumber(status);
  return number == kNoSuchTable || number == kNoSuchDatabase;
}

// name@'%'
std::string User(absl::string_view name) { return absl::StrCat(QuoteMysqlLiteral(name), "@'%'"); }

std::string Where(absl::string_view name) { return absl::StrCat(" WHERE name = ", QuoteMysqlLiteral(name)); }

absl::Status InUse(absl::string_view name, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("account ", name, " ", what, "; it was not dropped"));
}

absl::Status NotOurs(absl::string_view name) {
  return absl::FailedPreconditionError(
      absl::StrCat("account ", name, " exists and was not made for this owner; it was not touched. Rename or drop it"));
}

absl::Status HalfMade(absl::string_view name) {
  return absl::FailedPreconditionError(absl::StrCat(
      "account ", name, " was being made when the agent stopped, so it may be somebody else's; it was not touched. ",
      "Ensure it with its password, or, if it is not in use, as root run: DROP USER ", name, "@'%'"));
}

absl::Status Explain(const absl::Status& status, absl::string_view remedy) {
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(absl::StrCat(status.message(), "; as root run: ", remedy));
}

absl::Status MakeMarkTable(MysqlConnection& connection, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(Explain(
      connection.Run("CREATE SCHEMA IF NOT EXISTS dba_operator CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", deadline)
          .status(),
      "GRANT ALL ON dba_operator.* TO the admin account of the credentials"));
  return connection
      .Run(
          "CREATE TABLE IF NOT EXISTS dba_operator.account (name VARCHAR(32) PRIMARY KEY, owner VARCHAR(128) NOT NULL, "
          "kind VARCHAR(16) NOT NULL, version VARCHAR(253) NOT NULL, locked BOOLEAN NOT NULL, "
          "creating BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE = InnoDB",
          deadline)
      .status();
}

absl::Status SetMark(MysqlConnection& connection, absl::string_view name, absl::string_view assignments,
                     absl::Time deadline) {
  return connection.Run(absl::StrCat("UPDATE dba_operator.account SET ", assignments, Where(name)), deadline).status();
}

absl::StatusOr<bool> MaySeeSessions(MysqlConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet grants, connection.Run("SHOW GRANTS", deadline));
  for (const auto& row : grants.rows) {
    const std::string line = Cell(row, 0);
    const size_t on = line.find(" ON *.* ");
    if (on == std::string::npos) continue;
    const std::string rights = line.substr(0, on);
    if (absl::StrContains(rights, "PROCESS") || absl::StrContains(rights, "ALL PRIVILEGES")) return true;
  }
  return false;
}

struct Use {
  std::map<std::string, std::vector<Session>> sessions;  // by account
  uint32_t logins_in_flight = 0;
};

// "10.0.0.7:56368" without its port, so that the sessions of one client are seen as such; "" for a local socket.
std::string ClientOf(absl::string_view host) {
  if (host == "localhost") return "";
  return std::string(host.substr(0, host.rfind(':')));
}

// One statement for both: a login turns from unnamed to named while it holds the lock that the list takes.
absl::StatusOr<Use> ReadUse(MysqlConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const bool may_see, MaySeeSessions(connection, deadline));
  if (!may_see) {
    return absl::FailedPreconditionError(
        "the admin account cannot see the sessions of others; as root run: GRANT PROCESS ON *.* TO it");
  }
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       connection.Run("SELECT id, user, host, time FROM information_schema.processlist", deadline));
  Use use;
  for (const auto& row : rows.rows) {
    if (Cell(row, 1) == "unauthenticated user") {
      ++use.logins_in_flight;
    } else {
      use.sessions[Cell(row, 1)].push_back({Cell(row, 0), ClientOf(Cell(row, 2)), "", absl::InfinitePast()});
    }
  }
  return use;
}

// GET_LOCK is per server and per session; the pool's connection gives it back here.
class OwnerLock {
 public:
  static absl::StatusOr<std::unique_ptr<OwnerLock>> Take(MysqlConnection& connection, absl::string_view owner,
                                                         absl::Time deadline) {
    const std::string name = GroupRolesOf(owner).owner;
    const double seconds = absl::ToDoubleSeconds(deadline - absl::Now()) * 0.8;
    DBA_ASSIGN_OR_RETURN(
        const RowSet rows,
        connection.Run(absl::StrCat("SELECT GET_LOCK(", QuoteMysqlLiteral(name), ", ", seconds, ")"), deadline));
    if (Cell(rows.rows[0], 0) != "1") {
      return absl::DeadlineExceededError("another agent is changing the accounts of this owner; try again");
    }
    return std::unique_ptr<OwnerLock>(new OwnerLock(connection, name, deadline));
  }
  ~OwnerLock() {
    if (!connection_.Run(absl::StrCat("DO RELEASE_LOCK(", QuoteMysqlLiteral(name_), ")"), deadline_).ok()) {
      connection_.Discard();  // the lock ends with the connection
    }
  }

 private:
  OwnerLock(MysqlConnection& connection, std::string name, absl::Time deadline)
      : connection_(connection), name_(std::move(name)), deadline_(deadline) {}
  MysqlConnection& connection_;
  const std::string name_;
  const absl::Time deadline_;
};

std::string IdentifiedClause(MysqlConnection& connection, const Secret& password) {
  if (connection.is_mariadb()) {
    return absl::StrCat("IDENTIFIED VIA mysql_native_password USING '", NativePasswordHash(password), "'");
  }
  std::string random(20, '\0');
  KernelRandom().Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(random.data()), random.size()));
  const std::string hash = CachingSha2Hash(password, SaltFromRandom(random));
  return absl::StrCat("IDENTIFIED WITH caching_sha2_password AS 0x", absl::BytesToHexString(hash));
}

// An admin without SELECT on the schema mysql cannot list accounts: ALTER USER without any clause changes nothing and
// fails for an account that does not exist.
absl::StatusOr<bool> UserExists(MysqlConnection& connection, absl::string_view name, absl::Time deadline) {
  const absl::StatusOr<RowSet> rows = connection.Run(
      absl::StrCat("SELECT 1 FROM mysql.user WHERE host = '%' AND user = ", QuoteMysqlLiteral(name)), deadline);
  if (rows.ok()) return !rows->rows.empty();
  if (!absl::IsPermissionDenied(rows.status())) return rows.status();
  const absl::Status altered = connection.Run(absl::StrCat("ALTER USER ", User(name)), deadline).status();
  if (MysqlErrorNumber(altered) == kCannotUser) return false;
  DBA_RETURN_IF_ERROR(altered);
  return true;
}

// Makes the account, locked, under a mark of ours. True when it was made now.
absl::StatusOr<bool> CreateLocked(MysqlConnection& connection, const AccountSpec& spec, absl::string_view identified,
                                  const std::optional<MysqlMark>& mark, const ProbeLogin& probe, absl::Time deadline) {
  if (mark && mark->owner != spec.owner) return NotOurs(spec.name);
  if (!mark) {
    DBA_RETURN_IF_ERROR(
        connection
            .Run(
                absl::StrCat("INSERT INTO dba_operator.account (name, owner, kind, version, locked, creating) VALUES (",
                             QuoteMysqlLiteral(spec.name), ", ", QuoteMysqlLiteral(spec.owner), ", ",
                             QuoteMysqlLiteral(KindName(spec.kind)), ", ", QuoteMysqlLiteral(spec.version), ", 0, 1)"),
                deadline)
            .status());
  }
  const absl::Status created =
      connection.Run(absl::StrCat("CREATE USER ", User(spec.name), " ", identified, " ACCOUNT LOCK"), deadline)
          .status();
  if (created.ok()) return true;
  if (MysqlErrorNumber(created) != kCannotUser)
    return Explain(created, "GRANT CREATE USER ON *.* TO the admin account");
  if (mark && !mark->creating) return false;  // an earlier call made it
  if (mark) {
    DBA_ASSIGN_OR_RETURN(const ProbeResult login, probe(spec.name, spec.password));
    if (login.outcome == ProbeResult::Outcome::kRefused) return NotOurs(spec.name);
    return false;
  }
  // The mark was written by this very call: the account was there before, so somebody else made it.
  DBA_RETURN_IF_ERROR(
      connection.Run(absl::StrCat("DELETE FROM dba_operator.account", Where(spec.name)), deadline).status());
  return NotOurs(spec.name);
}

absl::StatusOr<std::string> GrantTarget(MysqlConnection& connection, absl::string_view database, absl::Time deadline) {
  if (!connection.is_mariadb()) {
    // With partial_revokes a database name in GRANT has no wildcards. Source: MySQL 8.0 manual, 6.2.12.
    DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Run("SELECT @@partial_revokes", deadline));
    if (Cell(rows.rows[0], 0) == "1") return QuoteMysqlIdentifier(database);
  }
  return QuoteMysqlGrantDatabase(database);
}

absl::Status GrantRights(MysqlConnection& connection, const AccountSpec& spec, absl::string_view database,
                         absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::string target, GrantTarget(connection, database, deadline));
  const bool read_only = spec.privileges == Privileges::kReadOnly;
  const bool migrator = spec.kind == AccountKind::kMigrator;
  const std::string rights = migrator ? "ALL PRIVILEGES" : read_only ? kReadOnlyRights : kReadWriteRights;
  const absl::Status granted =
      connection.Run(absl::StrCat("GRANT ", rights, " ON ", target, ".* TO ", User(spec.name)), deadline).status();
  DBA_RETURN_IF_ERROR(
      Explain(granted, absl::StrCat("GRANT ALL ON ", target, ".* TO the admin account WITH GRANT OPTION")));
  if (!read_only || migrator) return absl::OkStatus();
  // An account that once could write loses it. MySQL refuses to revoke what is not there, so each right has its own.
  for (absl::string_view right : {"INSERT", "UPDATE", "DELETE", "EXECUTE", "CREATE TEMPORARY TABLES"}) {
    const absl::Status revoked =
        connection.Run(absl::StrCat("REVOKE ", right, " ON ", target, ".* FROM ", User(spec.name)), deadline).status();
    if (!revoked.ok() && MysqlErrorNumber(revoked) != kNoSuchGrant) return revoked;
  }
  return absl::OkStatus();
}

absl::Status CheckNoDefiners(MysqlConnection& connection, absl::string_view name, absl::Time deadline) {
  const std::string definer = QuoteMysqlLiteral(absl::StrCat(name, "@%"));
  std::vector<std::string> parts;
  for (const auto& [kind, column, table] :
       {std::tuple("view", "table_name", "views"), std::tuple("routine", "routine_name", "routines"),
        std::tuple("event", "event_name", "events"), std::tuple("trigger", "trigger_name", "triggers")}) {
    parts.push_back(absl::StrCat("SELECT CONCAT('", kind, " ', ", column, ") FROM information_schema.", table,
                                 " WHERE definer = ", definer));
  }
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Run(absl::StrJoin(parts, " UNION ALL "), deadline));
  if (rows.rows.empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const auto& row : rows.rows) names.push_back(Cell(row, 0));
  return InUse(name, absl::StrCat("is the DEFINER of ", absl::StrJoin(names, ", "), ": give them another definer"));
}

}  // namespace

absl::StatusOr<std::optional<MysqlMark>> FindMysqlMark(MysqlConnection& connection, absl::string_view name,
                                                       absl::Time deadline) {
  const absl::StatusOr<RowSet> rows = connection.Run(
      absl::StrCat("SELECT owner, kind, version, locked, creating FROM dba_operator.account", Where(name)), deadline);
  if (!rows.ok()) {
    if (IsNoTable(rows.status())) return std::optional<MysqlMark>();
    return Explain(rows.status(), "GRANT ALL ON dba_operator.* TO the admin account");
  }
  if (rows->rows.empty()) return std::optional<MysqlMark>();
  const auto& row = rows->rows[0];
  return std::optional<MysqlMark>(
      MysqlMark{Cell(row, 0), Cell(row, 1), Cell(row, 2), Cell(row, 3) == "1", Cell(row, 4) == "1"});
}

absl::StatusOr<AccountList> ListMysqlAccounts(MysqlConnection& connection, absl::string_view owner,
                                              absl::Time deadline) {
  // The marks, with `locked`, before the sessions: see Database::ListAccounts of PostgreSQL.
  const absl::StatusOr<RowSet> rows =
      connection.Run(absl::StrCat("SELECT name, kind, version, locked FROM dba_operator.account WHERE owner = ",
                                  QuoteMysqlLiteral(owner), " ORDER BY name"),
                     deadline);
  const bool no_table = IsNoTable(rows.status());
  if (!rows.ok() && !no_table) return Explain(rows.status(), "GRANT ALL ON dba_operator.* TO the admin account");
  DBA_ASSIGN_OR_RETURN(Use use, ReadUse(connection, deadline));
  AccountList list;
  list.logins_in_flight = use.logins_in_flight;
  if (no_table) return list;
  for (const auto& row : rows->rows) {
    Account account;
    account.name = Cell(row, 0);
    account.kind = KindFromName(Cell(row, 1)).value_or(AccountKind::kApplication);
    account.version = Cell(row, 2);
    account.locked = Cell(row, 3) == "1";
    account.sessions = use.sessions[account.name];
    list.accounts.push_back(std::move(account));
  }
  return list;
}

absl::StatusOr<bool> EnsureMysqlAccount(MysqlConnection& connection, const AccountSpec& spec,
                                        absl::string_view database, const ProbeLogin& probe, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(MakeMarkTable(connection, deadline));
  DBA_ASSIGN_OR_RETURN(const auto lock, OwnerLock::Take(connection, spec.owner, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, spec.name, deadline));
  const std::string identified = IdentifiedClause(connection, spec.password);
  DBA_ASSIGN_OR_RETURN(const bool created, CreateLocked(connection, spec, identified, mark, probe, deadline));
  DBA_RETURN_IF_ERROR(SetMark(connection, spec.name, "creating = 0", deadline));
  DBA_RETURN_IF_ERROR(GrantRights(connection, spec, database, deadline));
  DBA_RETURN_IF_ERROR(SetMark(connection, spec.name,
                              absl::StrCat("kind = ", QuoteMysqlLiteral(KindName(spec.kind)),
                                           ", version = ", QuoteMysqlLiteral(spec.version), ", locked = 0"),
                              deadline));
  // lock_wait_timeout cannot be set for an account on MySQL or MariaDB: a migrator's lock_timeout is the business of
  // whoever opens its sessions.
  DBA_RETURN_IF_ERROR(
      connection.Run(absl::StrCat("ALTER USER ", User(spec.name), " ", identified, " ACCOUNT UNLOCK"), deadline)
          .status());
  return created;
}

absl::Status SetMysqlAccountLocked(MysqlConnection& connection, absl::string_view owner, absl::string_view name,
                                   bool locked, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const auto lock, OwnerLock::Take(connection, owner, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, name, deadline));
  if (!mark || mark->owner != owner) {
    return absl::NotFoundError(absl::StrCat("there is no account ", name, " of this owner"));
  }
  if (mark->creating) {
    DBA_ASSIGN_OR_RETURN(const bool exists, UserExists(connection, name, deadline));
    if (exists) return HalfMade(name);
  }
  if (!locked) DBA_RETURN_IF_ERROR(SetMark(connection, name, "locked = 0", deadline));
  const absl::Status altered =
      connection.Run(absl::StrCat("ALTER USER ", User(name), locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK"), deadline)
          .status();
  if (MysqlErrorNumber(altered) == kCannotUser) {
    return absl::NotFoundError(absl::StrCat("account ", name, " has a mark but does not exist: ensure or drop it"));
  }
  DBA_RETURN_IF_ERROR(altered);
  return locked ? SetMark(connection, name, "locked = 1", deadline) : absl::OkStatus();
}

absl::StatusOr<bool> DropMysqlAccount(MysqlConnection& connection, absl::string_view owner, absl::string_view name,
                                      absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const auto lock, OwnerLock::Take(connection, owner, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, name, deadline));
  if (mark && mark->owner != owner) return NotOurs(name);
  if (!mark) {
    DBA_ASSIGN_OR_RETURN(const bool exists, UserExists(connection, name, deadline));
    if (exists) return NotOurs(name);
    return false;
  }
  if (!mark->locked) return InUse(name, "is not locked: lock it first");
  // Whoever unlocked it by hand is shut out again before the sessions are counted.
  const absl::Status relocked =
      connection.Run(absl::StrCat("ALTER USER ", User(name), " ACCOUNT LOCK"), deadline).status();
  const bool gone = MysqlErrorNumber(relocked) == kCannotUser;
  if (!gone) DBA_RETURN_IF_ERROR(relocked);
  DBA_ASSIGN_OR_RETURN(Use use, ReadUse(connection, deadline));
  const std::vector<Session>& sessions = use.sessions[std::string(name)];
  if (!sessions.empty()) {
    return InUse(name, absl::StrCat("has ", sessions.size(), " open session(s), the first is connection ",
                                    sessions[0].id, " from ", sessions[0].client));
  }
  if (use.logins_in_flight > 0) {
    return InUse(name, absl::StrCat("may be one of ", use.logins_in_flight, " login(s) in flight: try again"));
  }
  DBA_RETURN_IF_ERROR(CheckNoDefiners(connection, name, deadline));
  DBA_RETURN_IF_ERROR(connection.Run(absl::StrCat("DROP USER IF EXISTS ", User(name)), deadline).status());
  DBA_RETURN_IF_ERROR(connection.Run(absl::StrCat("DELETE FROM dba_operator.account", Where(name)), deadline).status());
  return !gone;
}

}  // namespace dba::agent
