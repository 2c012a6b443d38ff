// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_grants.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "common/status_util.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_roles.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

constexpr size_t kMostTablesInALine = 10;

struct Admin {
  std::string name;
  bool superuser = false;
  std::string database;
};

// A role other than the admin that owns objects here.
struct ObjectOwner {
  std::string name;
  bool superuser = false;
  std::optional<Mark> mark;
  bool admin_has_rights = false;
  bool owner_role_has_rights = false;
  bool is_member_of_owner_role = false;
};

std::string Cell(const RowSet& rows, size_t row, size_t column) { return rows.rows[row][column].value_or(""); }
bool Flag(const RowSet& rows, size_t row, size_t column) { return Cell(rows, row, column) == "t"; }

absl::StatusOr<Admin> ReadAdmin(PgConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kAdmin, {}, deadline));
  if (rows.rows.empty()) return absl::InternalError("PostgreSQL does not list the admin's own role");
  return Admin{Cell(rows, 0, 0), Flag(rows, 0, 1), Cell(rows, 0, 2)};
}

absl::StatusOr<std::vector<ObjectOwner>> ReadObjectOwners(PgConnection& connection, const GroupRoles& groups,
                                                          absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kObjectOwners, {groups.owner}, deadline));
  std::vector<ObjectOwner> owners;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    owners.push_back({Cell(rows, i, 0), Flag(rows, i, 1), ParseMark(Cell(rows, i, 2)), Flag(rows, i, 3),
                      Flag(rows, i, 4), Flag(rows, i, 5)});
  }
  return owners;
}

// Adds the remedy to a refusal.
absl::Status Explain(const absl::Status& status, absl::string_view remedy) {
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(absl::StrCat(status.message(), "; as a superuser run: ", remedy));
}

absl::Status GrantRole(PgConnection& connection, absl::string_view role, absl::string_view member, const Admin& admin,
                       absl::Time deadline) {
  const std::string grant =
      absl::StrCat("GRANT ", QuotePostgresIdentifier(role), " TO ", QuotePostgresIdentifier(member));
  return Explain(connection.Run(grant, deadline),
                 absl::StrCat("GRANT ", QuotePostgresIdentifier(role), " TO ", QuotePostgresIdentifier(admin.name),
                              " WITH ADMIN OPTION"));
}

absl::StatusOr<bool> HasRightsOf(PgConnection& connection, absl::string_view member, absl::string_view role,
                                 absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query("SELECT pg_has_role($1::name, $2::name, 'USAGE')",
                                                           {std::string(member), std::string(role)}, deadline));
  return Flag(rows, 0, 0);
}

absl::Status EnsureMember(PgConnection& connection, absl::string_view role, absl::string_view member,
                          const Admin& admin, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const bool has, HasRightsOf(connection, member, role, deadline));
  return has ? absl::OkStatus() : GrantRole(connection, role, member, admin, deadline);
}

absl::Status EnsureGroupRole(PgConnection& connection, absl::string_view name, absl::string_view owner,
                             const Admin& admin, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, name, deadline));
  if (role) {
    return IsMarkedFor(*role, owner) && role->mark->kind == kGroupKind ? absl::OkStatus() : NotOurs(name);
  }
  const std::string quoted = QuotePostgresIdentifier(name);
  const Mark mark = {std::string(owner), kGroupKind, ""};
  return Explain(
      connection.Run(absl::StrCat("CREATE ROLE ", quoted, " NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT;",
                                  "COMMENT ON ROLE ", quoted, " IS ", QuotePostgresLiteral(FormatMark(mark))),
                     deadline),
      absl::StrCat("ALTER ROLE ", QuotePostgresIdentifier(admin.name), " CREATEROLE"));
}

absl::Status EnsureDefaultGrants(PgConnection& connection, absl::string_view maker, const GroupRoles& groups,
                                 absl::Time deadline) {
  const std::string quoted = QuotePostgresIdentifier(maker);
  DBA_ASSIGN_OR_RETURN(const RowSet present,
                       connection.Query(pg_sql::kHasDefaultGrants, {quoted, groups.read_write}, deadline));
  if (Cell(present, 0, 0) != "0") return absl::OkStatus();
  const std::string alter = absl::StrCat("ALTER DEFAULT PRIVILEGES FOR ROLE ", quoted, " GRANT ");
  const std::string read_write = QuotePostgresIdentifier(groups.read_write);
  const std::string read_only = QuotePostgresIdentifier(groups.read_only);
  return connection.Run(absl::StrCat(alter, "SELECT, INSERT, UPDATE, DELETE ON TABLES TO ", read_write, ";",  //
                                     alter, "SELECT ON TABLES TO ", read_only, ";",                           //
                                     alter, "USAGE, SELECT, UPDATE ON SEQUENCES TO ", read_write, ";",        //
                                     alter, "SELECT ON SEQUENCES TO ", read_only, ";",                        //
                                     alter, "USAGE ON SCHEMAS TO ", read_write, ", ", read_only, ";",         //
                                     alter, "USAGE, CREATE ON SCHEMAS TO ", QuotePostgresIdentifier(groups.owner)),
                        deadline);
}

absl::Status RunAll(PgConnection& connection, const RowSet& statements, absl::Time deadline) {
  std::vector<std::string> batch;
  for (size_t i = 0; i < statements.rows.size(); ++i) batch.push_back(Cell(statements, i, 0));
  return batch.empty() ? absl::OkStatus() : connection.Run(absl::StrJoin(batch, ";"), deadline);
}

// Nobody but a superuser can grant rights on such tables; that accounts lack them must not go unsaid.
absl::Status WarnOfTablesOutOfReach(PgConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kOutOfReach, {}, deadline));
  if (rows.rows.empty()) return absl::OkStatus();
  std::vector<std::string> tables;
  std::vector<std::string> remedies;
  for (size_t i = 0; i < std::min(rows.rows.size(), kMostTablesInALine); ++i) {
    tables.push_back(Cell(rows, i, 0));
    remedies.push_back(Cell(rows, i, 1));
  }
  LogWarning("accounts get no rights on tables that a superuser owns",
             {{"tables", absl::StrJoin(tables, ", ")},
              {"count", rows.rows.size()},
              {"remedy", absl::StrCat("as a superuser run: ", absl::StrJoin(remedies, "; "))}});
  return absl::OkStatus();
}

bool IsForeignMark(const ObjectOwner& role, absl::string_view owner) {
  return role.mark.has_value() && role.mark->owner != owner;
}

std::string TextArray(const std::vector<std::string>& items) {
  std::vector<std::string> quoted;
  for (const std::string& item : items) {
    quoted.push_back(absl::StrCat("\"", absl::StrReplaceAll(item, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\""));
  }
  return absl::StrCat("{", absl::StrJoin(quoted, ","), "}");
}

}  // namespace

absl::Status EnsurePgOwnerRole(PgConnection& connection, absl::string_view owner, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const Admin admin, ReadAdmin(connection, deadline));
  return EnsureGroupRole(connection, GroupRolesOf(owner).owner, owner, admin, deadline);
}

absl::Status EnsurePgGroups(PgConnection& connection, absl::string_view owner, absl::Time deadline) {
  const GroupRoles groups = GroupRolesOf(owner);
  DBA_ASSIGN_OR_RETURN(const Admin admin, ReadAdmin(connection, deadline));
  for (const std::string& name : {groups.owner, groups.read_write, groups.read_only}) {
    DBA_RETURN_IF_ERROR(EnsureGroupRole(connection, name, owner, admin, deadline));
  }
  DBA_RETURN_IF_ERROR(EnsureMember(connection, groups.owner, admin.name, admin, deadline));
  DBA_RETURN_IF_ERROR(EnsureMember(connection, groups.read_write, groups.owner, admin, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<ObjectOwner> owners, ReadObjectOwners(connection, groups, deadline));
  std::vector<std::string> makers = {groups.owner, admin.name};
  for (const ObjectOwner& role : owners) {
    if (role.superuser || IsForeignMark(role, owner)) continue;
    if (!role.admin_has_rights) DBA_RETURN_IF_ERROR(GrantRole(connection, role.name, admin.name, admin, deadline));
    makers.push_back(role.name);
  }
  DBA_ASSIGN_OR_RETURN(
      const RowSet grants,
      connection.Query(pg_sql::kMissingGrants, {groups.read_write, groups.read_only, groups.owner}, deadline));
  DBA_RETURN_IF_ERROR(Explain(RunAll(connection, grants, deadline),
                              absl::StrCat("ALTER DATABASE ", QuotePostgresIdentifier(admin.database), " OWNER TO ",
                                           QuotePostgresIdentifier(admin.name))));
  for (const std::string& maker : makers) {
    DBA_RETURN_IF_ERROR(EnsureDefaultGrants(connection, maker, groups, deadline));
  }
  return WarnOfTablesOutOfReach(connection, deadline);
}

absl::Status LetOwnerRoleAlter(PgConnection& connection, absl::string_view owner, absl::Time deadline) {
  const GroupRoles groups = GroupRolesOf(owner);
  DBA_ASSIGN_OR_RETURN(const Admin admin, ReadAdmin(connection, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<ObjectOwner> owners, ReadObjectOwners(connection, groups, deadline));
  std::vector<std::string> losers = {admin.name};
  for (const ObjectOwner& role : owners) {
    if (IsForeignMark(role, owner)) continue;
    if (role.superuser) {
      if (admin.superuser) losers.push_back(role.name);
    } else if (role.mark || role.is_member_of_owner_role) {
      losers.push_back(role.name);  // it keeps its rights as a member; the reverse membership would be a circle
    } else if (!role.owner_role_has_rights) {
      DBA_RETURN_IF_ERROR(GrantRole(connection, role.name, groups.owner, admin, deadline));
    }
  }
  DBA_ASSIGN_OR_RETURN(const RowSet transfers,
                       connection.Query(pg_sql::kTransfers, {groups.owner, TextArray(losers)}, deadline));
  if (transfers.rows.empty()) return absl::OkStatus();
  DBA_RETURN_IF_ERROR(connection.Run("SET LOCAL lock_timeout = '1s'", deadline));
  return Annotate(RunAll(connection, transfers, deadline), "give the admin's tables to the migrators' owner role");
}

absl::Status JoinPgGroup(PgConnection& connection, const AccountSpec& spec, absl::Time deadline) {
  const GroupRoles groups = GroupRolesOf(spec.owner);
  DBA_ASSIGN_OR_RETURN(const Admin admin, ReadAdmin(connection, deadline));
  const std::string account = QuotePostgresIdentifier(spec.name);
  const std::string settings =
      absl::StrCat("ALTER ROLE ", account, " IN DATABASE ", QuotePostgresIdentifier(admin.database));
  const bool migrator = spec.kind == AccountKind::kMigrator;
  const std::string wanted = migrator                                   ? groups.owner
                             : spec.privileges == Privileges::kReadOnly ? groups.read_only
                                                                        : groups.read_write;
  for (const std::string& group : {groups.owner, groups.read_write, groups.read_only}) {
    // REVOKE of a membership that is not there is only a warning, kept from the log by asking first.
    DBA_ASSIGN_OR_RETURN(const RowSet direct,
                         connection.Query("SELECT count(*) FROM pg_auth_members WHERE roleid = $1::text::regrole "
                                          "AND member = $2::text::regrole",
                                          {group, spec.name}, deadline));
    const bool member = Cell(direct, 0, 0) != "0";
    if (member && group != wanted) {
      DBA_RETURN_IF_ERROR(
          connection.Run(absl::StrCat("REVOKE ", QuotePostgresIdentifier(group), " FROM ", account), deadline));
    } else if (!member && group == wanted) {
      DBA_RETURN_IF_ERROR(GrantRole(connection, group, spec.name, admin, deadline));
    }
  }
  std::string sql = absl::StrCat(settings, " RESET ALL");
  if (migrator) {
    absl::StrAppend(&sql, ";", settings, " SET role = ", QuotePostgresLiteral(groups.owner));
    if (spec.lock_timeout) {
      absl::StrAppend(&sql, ";", settings, " SET lock_timeout = ", absl::ToInt64Milliseconds(*spec.lock_timeout));
    }
  }
  return connection.Run(sql, deadline);
}

}  // namespace dba::agent
