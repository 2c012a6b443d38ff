// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_roles.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

// What uses roles at one moment.
struct Use {
  std::map<std::string, std::vector<Session>> sessions;  // by role oid
  std::map<std::string, uint32_t> prepared;              // by role name
  uint32_t logins_in_flight = 0;
};

Session ToSession(const std::vector<std::optional<std::string>>& row) {
  Session session = {Cell(row, 0), Cell(row, 2), Cell(row, 3), absl::InfinitePast()};
  double seconds = 0;
  if (row[4] && absl::SimpleAtod(*row[4], &seconds))
    session.since = absl::FromUnixMicros(static_cast<int64_t>(seconds * 1e6));
  return session;
}

// The order of the two reads is what makes it safe: see pg_sql.h.
absl::StatusOr<Use> ReadUse(PgConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet backends, connection.Query(pg_sql::kBackendsInTransaction, {}, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet sessions, connection.Query(pg_sql::kSessions, {}, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet prepared, connection.Query(pg_sql::kPreparedTransactions, {}, deadline));
  Use use;
  std::set<std::string> named;
  for (const auto& row : sessions.rows) {
    named.insert(Cell(row, 0));
    use.sessions[Cell(row, 1)].push_back(ToSession(row));
  }
  for (const auto& row : backends.rows) {
    if (named.count(Cell(row, 0)) == 0) ++use.logins_in_flight;
  }
  for (const auto& row : prepared.rows) {
    uint32_t count = 0;
    if (absl::SimpleAtoi(Cell(row, 1), &count)) use.prepared[Cell(row, 0)] = count;
  }
  return use;
}

std::vector<std::string> FirstColumn(const RowSet& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows.rows) out.push_back(Cell(row, 0));
  return out;
}

absl::Status InUse(absl::string_view name, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("account ", name, " ", what, "; it was not dropped"));
}

absl::Status CheckUnused(PgConnection& connection, absl::string_view name, const PgRole& role, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(Use use, ReadUse(connection, deadline));
  const std::vector<Session>& sessions = use.sessions[role.oid];
  if (!sessions.empty()) {
    return InUse(name, absl::StrCat("has ", sessions.size(), " open session(s), the first is pid ", sessions[0].id,
                                    " (", sessions[0].application, ")"));
  }
  if (use.logins_in_flight > 0) {
    return InUse(name, absl::StrCat("may be one of ", use.logins_in_flight, " login(s) in flight: try again"));
  }
  const uint32_t prepared = use.prepared[std::string(name)];
  if (prepared > 0) {
    return InUse(name, absl::StrCat("has ", prepared,
                                    " prepared transaction(s): see pg_prepared_xacts, then COMMIT PREPARED "
                                    "or ROLLBACK PREPARED"));
  }
  DBA_ASSIGN_OR_RETURN(const RowSet members, connection.Query(pg_sql::kForeignMembers, {role.oid}, deadline));
  if (!members.rows.empty()) {
    return InUse(name, absl::StrCat("has members that may act as it: ", absl::StrJoin(FirstColumn(members), ", "),
                                    ": REVOKE it from them"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<PgRole>> FindPgRole(PgConnection& connection, absl::string_view name,
                                                 absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kFindRole, {std::string(name)}, deadline));
  if (rows.rows.empty()) return std::optional<PgRole>();
  const auto& row = rows.rows[0];
  return std::optional<PgRole>(PgRole{Cell(row, 0), Cell(row, 1) == "t", ParseMark(Cell(row, 2))});
}

bool IsMarkedFor(const PgRole& role, absl::string_view owner) {
  return role.mark.has_value() && role.mark->owner == owner;
}

absl::Status NotOurs(absl::string_view name) {
  return absl::FailedPreconditionError(
      absl::StrCat("account ", name, " exists and was not made for this owner; it was not touched. Rename or drop it"));
}

absl::StatusOr<AccountList> ListPgAccounts(PgConnection& connection, absl::string_view owner, absl::Time deadline) {
  // `locked` first: who finds it true and no login afterwards knows that none can come.
  DBA_ASSIGN_OR_RETURN(const RowSet roles, connection.Query(pg_sql::kCommentedRoles, {}, deadline));
  DBA_ASSIGN_OR_RETURN(Use use, ReadUse(connection, deadline));
  AccountList list;
  list.logins_in_flight = use.logins_in_flight;
  for (const auto& row : roles.rows) {
    const std::optional<Mark> mark = ParseMark(Cell(row, 3));
    if (!mark || mark->owner != owner) continue;
    const std::optional<AccountKind> kind = KindFromName(mark->kind);
    if (!kind) continue;
    Account account;
    account.name = Cell(row, 1);
    account.kind = *kind;
    account.version = mark->version;
    account.locked = Cell(row, 2) != "t";
    account.sessions = use.sessions[Cell(row, 0)];
    account.prepared_transactions = use.prepared[account.name];
    list.accounts.push_back(std::move(account));
  }
  return list;
}

absl::Status SetPgAccountLocked(PgConnection& connection, absl::string_view owner, absl::string_view name, bool locked,
                                absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, name, deadline));
  if (!role || !IsMarkedFor(*role, owner) || !KindFromName(role->mark->kind)) {
    return absl::NotFoundError(absl::StrCat("there is no account ", name, " of this owner"));
  }
  if (role->can_login != locked) return absl::OkStatus();
  return connection.Run(absl::StrCat("ALTER ROLE ", QuotePostgresIdentifier(name), locked ? " NOLOGIN" : " LOGIN"),
                        deadline);
}

absl::StatusOr<bool> DropPgAccount(PgConnection& connection, absl::string_view owner, absl::string_view name,
                                   absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, name, deadline));
  if (!role) return false;
  if (!IsMarkedFor(*role, owner) || !KindFromName(role->mark->kind)) return NotOurs(name);
  if (role->can_login) return InUse(name, "is not locked: lock it first");
  DBA_RETURN_IF_ERROR(CheckUnused(connection, name, *role, deadline));
  const std::string account = QuotePostgresIdentifier(name);
  DBA_ASSIGN_OR_RETURN(const RowSet member,
                       connection.Query("SELECT pg_has_role($1::oid, 'USAGE')", {role->oid}, deadline));
  // REASSIGN OWNED asks for the rights of both roles. The membership goes with the role.
  if (Cell(member.rows[0], 0) != "t") {
    DBA_RETURN_IF_ERROR(connection.Run(absl::StrCat("GRANT ", account, " TO CURRENT_USER"), deadline));
  }
  const std::string heir = QuotePostgresIdentifier(GroupRolesOf(owner).owner);
  const absl::Status dropped = connection.Run(
      absl::StrCat("REASSIGN OWNED BY ", account, " TO ", heir, "; DROP OWNED BY ", account, "; DROP ROLE ", account),
      deadline);
  if (SqlState(dropped) == "2BP01") {
    return InUse(name, "owns objects or rights in another database of this server: run DROP OWNED BY there");
  }
  DBA_RETURN_IF_ERROR(dropped);
  return true;
}

}  // namespace dba::agent
