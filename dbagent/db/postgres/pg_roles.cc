// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_roles.h"

#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {

absl::StatusOr<std::optional<PgRole>> FindPgRole(PgConnection& connection, absl::string_view name,
                                                 absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kFindRole, {std::string(name)}, deadline));
  if (rows.rows.empty()) return std::optional<PgRole>();
  const auto& row = rows.rows[0];
  return std::optional<PgRole>(
      PgRole{row[0].value_or(""), row[1] == "t", ParseMark(row[2].value_or("")), row[3].value_or("")});
}

bool IsMarkedFor(const PgRole& role, absl::string_view owner) {
  return role.mark.has_value() && role.mark->owner == owner;
}

bool IsAccountOf(const PgRole& role, absl::string_view owner) {
  return IsMarkedFor(role, owner) && KindFromName(role.mark->kind).has_value();
}

}  // namespace dba::agent
