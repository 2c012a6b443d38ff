// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_ensure.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/credentials/password_digest.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_extra_grants.h"
#include "dbagent/db/postgres/pg_fence.h"
#include "dbagent/db/postgres/pg_grants.h"
#include "dbagent/db/postgres/pg_roles.h"

namespace dba::agent {
namespace {

// Keeps the verifier out of the server's log where the admin may; the log never holds the password in any case.
absl::Status QuietStatementLog(PgConnection& connection, absl::Time deadline) {
  constexpr int kHasParameterPrivileges = 150000;
  const char* allowed = connection.server_version_number() >= kHasParameterPrivileges
                            ? "SELECT has_parameter_privilege('log_statement', 'SET') AND "
                              "has_parameter_privilege('log_min_error_statement', 'SET') AND "
                              "has_parameter_privilege('log_min_duration_statement', 'SET')"
                            : "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(allowed, {}, deadline));
  if (rows.rows[0][0].value_or("") != "t") return absl::OkStatus();
  return connection.Run(
      "SET LOCAL log_statement = 'none'; SET LOCAL log_min_error_statement = 'panic'; "
      "SET LOCAL log_min_duration_statement = -1",
      deadline);
}

std::string Comment(absl::string_view account, const Mark& mark) {
  return absl::StrCat("COMMENT ON ROLE ", account, " IS ", QuotePostgresLiteral(FormatMark(mark)));
}

absl::Status SetPassword(PgConnection& connection, const AccountSpec& spec, bool exists, Mark mark,
                         absl::Time deadline) {
  DBA_RETURN_IF_ERROR(QuietStatementLog(connection, deadline));
  DBA_ASSIGN_OR_RETURN(const std::string verifier, connection.EncryptPassword(spec.name, spec.password));
  mark.password_digest = PasswordDigest(spec.password);
  const std::string account = QuotePostgresIdentifier(spec.name);
  // From PostgreSQL 16 on, ALTER ROLE … NOCREATEDB asks for CREATEDB, even where it changes nothing.
  return connection.Run(
      absl::StrCat(exists ? "ALTER" : "CREATE", " ROLE ", account, exists ? "" : " INHERIT NOCREATEDB NOCREATEROLE",
                   " LOGIN PASSWORD ", QuotePostgresLiteral(verifier), ";", Comment(account, mark)),
      deadline);
}

// Unlocks, and brings the mark up to date.
absl::Status Reopen(PgConnection& connection, const AccountSpec& spec, const PgRole& role, Mark mark,
                    absl::Time deadline) {
  const std::string account = QuotePostgresIdentifier(spec.name);
  mark.password_digest = role.mark->password_digest;
  std::string sql;
  if (!role.can_login) absl::StrAppend(&sql, "ALTER ROLE ", account, " LOGIN;");
  if (FormatMark(mark) != FormatMark(*role.mark)) absl::StrAppend(&sql, Comment(account, mark));
  return sql.empty() ? absl::OkStatus() : connection.Run(sql, deadline);
}

absl::Status LimitConnections(PgConnection& connection, const AccountSpec& spec, const std::optional<PgRole>& role,
                              absl::Time deadline) {
  if (spec.kind != AccountKind::kMigrator) return absl::OkStatus();
  const std::string wanted = spec.connection_limit == 0 ? "-1" : absl::StrCat(spec.connection_limit);
  if (wanted == (role ? role->connection_limit : "-1")) return absl::OkStatus();
  return connection.Run(absl::StrCat("ALTER ROLE ", QuotePostgresIdentifier(spec.name), " CONNECTION LIMIT ", wanted),
                        deadline);
}

}  // namespace

absl::StatusOr<bool> EnsurePgAccount(PgConnection& connection, const AccountSpec& spec, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(PassPgFence(connection, spec.owner, spec.epoch, NewOwner::kMake, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<PgRole> role, FindPgRole(connection, spec.name, deadline));
  if (role && !IsAccountOf(*role, spec.owner)) return NotOurs(spec.name);
  const bool same = role && IsDigestOf(role->mark->password_digest, spec.password);
  if (role && !same && !spec.replace_password) return OtherPassword(spec.name);
  DBA_RETURN_IF_ERROR(EnsurePgGroups(connection, spec.owner, deadline));
  if (spec.kind == AccountKind::kMigrator) {
    DBA_RETURN_IF_ERROR(LetOwnerRoleAlter(connection, spec.owner, deadline));
  }
  const Mark mark = {spec.owner, std::string(KindName(spec.kind)), spec.version};
  DBA_RETURN_IF_ERROR(same && !spec.replace_password ? Reopen(connection, spec, *role, mark, deadline)
                                                     : SetPassword(connection, spec, role.has_value(), mark, deadline));
  DBA_RETURN_IF_ERROR(LimitConnections(connection, spec, role, deadline));
  DBA_RETURN_IF_ERROR(JoinPgGroup(connection, spec, deadline));
  DBA_RETURN_IF_ERROR(GrantPgExtras(connection, spec, deadline));
  return !role.has_value();
}

}  // namespace dba::agent
