// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_accounts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_error.h"
#include "dbagent/db/postgres/pg_fence.h"
#include "dbagent/db/postgres/pg_roles.h"
#include "dbagent/db/postgres/pg_sessions.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

constexpr absl::Duration kPatienceOfDrop = absl::Seconds(2);
constexpr absl::Duration kPatienceOfList = absl::Milliseconds(300);

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

// What keeps roles from being dropped besides their use, by role oid.
struct Obstacles {
  std::map<std::string, std::vector<std::string>> members;
  std::map<std::string, std::vector<std::string>> databases;
};

absl::StatusOr<Obstacles> ReadObstacles(PgConnection& connection, absl::Time deadline) {
  Obstacles obstacles;
  DBA_ASSIGN_OR_RETURN(const RowSet members, connection.Query(pg_sql::kForeignMembers, {}, deadline));
  for (const auto& row : members.rows) obstacles.members[Cell(row, 0)].push_back(Cell(row, 1));
  DBA_ASSIGN_OR_RETURN(const RowSet databases, connection.Query(pg_sql::kObjectsElsewhere, {}, deadline));
  for (const auto& row : databases.rows) obstacles.databases[Cell(row, 0)].push_back(Cell(row, 1));
  return obstacles;
}

absl::Status CheckUnused(PgConnection& connection, absl::string_view name, const PgRole& role, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(PgUse use, ReadPgUse(connection, kPatienceOfDrop, deadline));
  const std::vector<Session>& sessions = use.sessions[role.oid];
  if (!sessions.empty()) {
    return NotDropped(name, absl::StrCat("has ", sessions.size(), " open session(s), the first is pid ", sessions[0].id,
                                         " (", sessions[0].application, ")"));
  }
  if (use.logins_in_flight > 0) {
    return NotDropped(name, absl::StrCat("may be one of ", use.logins_in_flight, " login(s) in flight: try again"));
  }
  const uint32_t prepared = use.prepared[std::string(name)];
  if (prepared > 0) {
    return NotDropped(name, absl::StrCat("has ", prepared,
                                         " prepared transaction(s): see pg_prepared_xacts, then COMMIT PREPARED "
                                         "or ROLLBACK PREPARED"));
  }
  DBA_ASSIGN_OR_RETURN(Obstacles obstacles, ReadObstacles(connection, deadline));
  if (const auto& members = obstacles.members[role.oid]; !members.empty()) {
    return NotDropped(
        name, absl::StrCat("has members that may act as it: ", absl::StrJoin(members, ", "), ": REVOKE it from them"));
  }
  if (const auto& databases = obstacles.databases[role.oid]; !databases.empty()) {
    return NotDropped(name, absl::StrCat("owns objects or rights in database ", absl::StrJoin(databases, ", "),
                                         ": run DROP OWNED BY ", name, " there"));
  }
  return absl::OkStatus();
}

// Lets the admin act as the account, as REASSIGN OWNED and pg_terminate_backend ask for.
absl::Status ActAs(PgConnection& connection, absl::string_view name, const PgRole& role, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet member,
                       connection.Query("SELECT pg_has_role($1::oid, 'USAGE')", {role.oid}, deadline));
  if (Cell(member.rows[0], 0) == "t") return absl::OkStatus();
  return connection.Run(absl::StrCat("GRANT ", QuotePostgresIdentifier(name), " TO CURRENT_USER"), deadline);
}

// Behind the fence. NOT_FOUND: no account of the owner.
absl::StatusOr<PgRole> FindAccount(PgConnection& connection, const AccountRef& account, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(PassPgFence(connection, account.owner, account.epoch, NewOwner::kLeave, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, account.name, deadline));
  if (!role || !IsAccountOf(*role, account.owner)) return NoSuchAccount(account.name);
  return *role;
}

}  // namespace

absl::StatusOr<AccountList> ListPgAccounts(PgConnection& connection, absl::string_view owner, absl::Time deadline) {
  // `locked` first: who finds it true and no login afterwards knows that none can come.
  DBA_ASSIGN_OR_RETURN(const RowSet roles, connection.Query(pg_sql::kCommentedRoles, {}, deadline));
  // Logins in flight hinder the retirement of a locked account, and a migration; only these are worth a wait.
  const bool patient = std::any_of(roles.rows.begin(), roles.rows.end(), [&](const auto& row) {
    const std::optional<Mark> mark = ParseMark(Cell(row, 3));
    return mark && mark->owner == owner && KindFromName(mark->kind) &&
           (Cell(row, 2) != "t" || mark->kind == kMigratorKind);
  });
  DBA_ASSIGN_OR_RETURN(PgUse use, ReadPgUse(connection, patient ? kPatienceOfList : absl::ZeroDuration(), deadline));
  DBA_ASSIGN_OR_RETURN(Obstacles obstacles, ReadObstacles(connection, deadline));
  const std::string owner_role = GroupRolesOf(owner).owner;
  AccountList list;
  list.logins_in_flight = use.logins_in_flight;
  for (const auto& row : roles.rows) {
    const std::optional<Mark> mark = ParseMark(Cell(row, 3));
    if (!mark || mark->owner != owner) continue;
    if (Cell(row, 1) == owner_role) list.epoch = mark->epoch;
    const std::optional<AccountKind> kind = KindFromName(mark->kind);
    if (!kind) continue;
    Account account;
    account.name = Cell(row, 1);
    account.kind = *kind;
    account.version = mark->version;
    account.locked = Cell(row, 2) != "t";
    account.sessions = use.sessions[Cell(row, 0)];
    account.prepared_transactions = use.prepared[account.name];
    if (account.locked) {
      for (const std::string& member : obstacles.members[Cell(row, 0)]) {
        account.obstacles.push_back(absl::StrCat("member ", member));
      }
      for (const std::string& database : obstacles.databases[Cell(row, 0)]) {
        account.obstacles.push_back(absl::StrCat("objects or rights in database ", database));
      }
    }
    list.accounts.push_back(std::move(account));
  }
  return list;
}

absl::Status SetPgAccountLocked(PgConnection& connection, const AccountRef& account, bool locked, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const PgRole role, FindAccount(connection, account, deadline));
  if (role.can_login != locked) return absl::OkStatus();
  return connection.Run(
      absl::StrCat("ALTER ROLE ", QuotePostgresIdentifier(account.name), locked ? " NOLOGIN" : " LOGIN"), deadline);
}

absl::StatusOr<uint32_t> TerminatePgSessions(PgConnection& connection, const AccountRef& account, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const PgRole role, FindAccount(connection, account, deadline));
  if (role.can_login) return NotLocked(account.name);
  // A signal is sent at once and for good; the right to send it is rolled back.
  DBA_RETURN_IF_ERROR(connection.Run("SAVEPOINT dba_terminate", deadline));
  DBA_RETURN_IF_ERROR(ActAs(connection, account.name, role, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet ended, connection.Query(pg_sql::kTerminate, {role.oid}, deadline));
  DBA_RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT dba_terminate", deadline));
  uint32_t count = 0;
  if (!absl::SimpleAtoi(Cell(ended.rows[0], 0), &count)) return absl::InternalError("PostgreSQL counted no sessions");
  return count;
}

absl::StatusOr<bool> DropPgAccount(PgConnection& connection, const AccountRef& account, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(PassPgFence(connection, account.owner, account.epoch, NewOwner::kLeave, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, account.name, deadline));
  if (!role) return false;
  if (!IsAccountOf(*role, account.owner)) return NotOurs(account.name);
  if (role->can_login) return NotDropped(account.name, "is not locked: lock it first");
  DBA_RETURN_IF_ERROR(CheckUnused(connection, account.name, *role, deadline));
  DBA_RETURN_IF_ERROR(ActAs(connection, account.name, *role, deadline));  // a membership that goes with the role
  const std::string name = QuotePostgresIdentifier(account.name);
  const std::string heir = QuotePostgresIdentifier(GroupRolesOf(account.owner).owner);
  const absl::Status dropped = connection.Run(
      absl::StrCat("REASSIGN OWNED BY ", name, " TO ", heir, "; DROP OWNED BY ", name, "; DROP ROLE ", name), deadline);
  if (SqlState(dropped) == "2BP01") {
    return NotDropped(account.name,
                      "owns objects or rights in another database of this server: run DROP OWNED BY there");
  }
  DBA_RETURN_IF_ERROR(dropped);
  return true;
}

}  // namespace dba::agent
