// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_grants.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/credentials/extra_grants.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

constexpr unsigned kNoSuchGrant = 1141;    // ER_NONEXISTING_GRANT
constexpr unsigned kNoSuchTable = 1146;    // ER_NO_SUCH_TABLE
constexpr unsigned kNoSuchRoutine = 1305;  // ER_SP_DOES_NOT_EXIST

// Reads and writes data; runs what is defined; no schema changes.
constexpr char kReadWriteRights[] = "SELECT, INSERT, UPDATE, DELETE, EXECUTE, SHOW VIEW, CREATE TEMPORARY TABLES";
constexpr char kReadOnlyRights[] = "SELECT, SHOW VIEW";
// What a reader lacks of the first.
constexpr const char* kWriting[] = {"INSERT", "UPDATE", "DELETE", "EXECUTE", "CREATE TEMPORARY TABLES"};

absl::StatusOr<std::string> GrantTarget(MysqlConnection& connection, absl::string_view database, absl::Time deadline) {
  if (!connection.is_mariadb()) {
    // With partial_revokes a database name in GRANT has no wildcards. Source: MySQL 8.0 manual, 6.2.12.
    DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Run("SELECT @@partial_revokes", deadline));
    if (rows.rows[0][0].value_or("") == "1") return QuoteMysqlIdentifier(database);
  }
  return QuoteMysqlGrantDatabase(database);
}

bool IsExtraOfDatabase(const AccountSpec& spec, absl::string_view right) {
  return std::any_of(spec.extra_grants.begin(), spec.extra_grants.end(), [&](const ExtraGrant& grant) {
    return grant.kind == "Database" &&
           std::any_of(grant.privileges.begin(), grant.privileges.end(),
                       [&](const std::string& privilege) { return absl::AsciiStrToUpper(privilege) == right; });
  });
}

// An account that once could write loses it. MySQL refuses to revoke what is not there, so each right has its own.
absl::Status RevokeWriting(MysqlConnection& connection, const AccountSpec& spec, absl::string_view target,
                           absl::Time deadline) {
  for (const absl::string_view right : kWriting) {
    if (IsExtraOfDatabase(spec, right)) continue;
    const absl::Status revoked =
        connection.Run(absl::StrCat("REVOKE ", right, " ON ", target, ".* FROM ", MysqlUser(spec.name)), deadline)
            .status();
    if (!revoked.ok() && MysqlErrorNumber(revoked) != kNoSuchGrant) return revoked;
  }
  return absl::OkStatus();
}

absl::Status GrantExtra(MysqlConnection& connection, const AccountSpec& spec, const ExtraGrant& grant,
                        absl::string_view database, absl::string_view target, absl::Time deadline) {
  std::string named;
  if (grant.kind != "Database") {
    DBA_ASSIGN_OR_RETURN(const TableName name, ParseTableName(grant.name));
    named = absl::StrCat(QuoteMysqlIdentifier(database), ".", QuoteMysqlIdentifier(name.table));
  }
  const auto run = [&](absl::string_view on) {
    return connection
        .Run(absl::StrCat("GRANT ", PrivilegesSql(grant), " ON ", on, " TO ", MysqlUser(spec.name)), deadline)
        .status();
  };
  absl::Status granted;
  if (grant.kind == "Function") {
    granted = run(absl::StrCat("FUNCTION ", named));
    if (MysqlErrorNumber(granted) == kNoSuchRoutine) granted = run(absl::StrCat("PROCEDURE ", named));
  } else {
    granted = run(grant.kind == "Table" ? absl::StrCat("TABLE ", named) : absl::StrCat(target, ".*"));
  }
  const unsigned number = MysqlErrorNumber(granted);
  if (number == kNoSuchRoutine || number == kNoSuchTable) {
    return absl::FailedPreconditionError(absl::StrCat("extra grant ", Describe(grant), ": there is no such ",
                                                      absl::AsciiStrToLower(grant.kind),
                                                      ": make it in a migration, or correct the name"));
  }
  return ExplainMysqlDenial(granted,
                            absl::StrCat("GRANT ALL ON ", target, ".* TO the admin account WITH GRANT OPTION"));
}

}  // namespace

absl::Status CheckMysqlExtras(MysqlConnection& connection, const AccountSpec& spec, absl::string_view database) {
  for (const ExtraGrant& grant : spec.extra_grants) {
    DBA_RETURN_IF_ERROR(CheckExtraGrant(connection.is_mariadb() ? Engine::kMariadb : Engine::kMysql, grant));
    if (grant.kind == "Database") continue;
    const absl::StatusOr<TableName> name = ParseTableName(grant.name);
    if (!name.ok()) return BadGrant(grant, name.status().message());
    if (!name->schema.empty() && name->schema != std::string(database)) {
      return BadGrant(grant, absl::StrCat("it is not of database ", database));
    }
  }
  return absl::OkStatus();
}

absl::Status GrantMysqlRights(MysqlConnection& connection, const AccountSpec& spec, absl::string_view database,
                              absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::string target, GrantTarget(connection, database, deadline));
  const bool read_only = spec.privileges == Privileges::kReadOnly;
  const bool migrator = spec.kind == AccountKind::kMigrator;
  const std::string rights = migrator ? "ALL PRIVILEGES" : read_only ? kReadOnlyRights : kReadWriteRights;
  const absl::Status granted =
      connection.Run(absl::StrCat("GRANT ", rights, " ON ", target, ".* TO ", MysqlUser(spec.name)), deadline).status();
  DBA_RETURN_IF_ERROR(
      ExplainMysqlDenial(granted, absl::StrCat("GRANT ALL ON ", target, ".* TO the admin account WITH GRANT OPTION")));
  if (read_only && !migrator) DBA_RETURN_IF_ERROR(RevokeWriting(connection, spec, target, deadline));
  for (const ExtraGrant& grant : spec.extra_grants) {
    DBA_RETURN_IF_ERROR(GrantExtra(connection, spec, grant, database, target, deadline));
  }
  return absl::OkStatus();
}

}  // namespace dba::agent
