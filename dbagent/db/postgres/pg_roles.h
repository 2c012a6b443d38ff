// SPDX-License-Identifier: Apache-2.0
//
// Roles and the marks on them. Every function runs inside a transaction of its caller.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

struct PgRole {
  std::string oid;
  bool can_login = false;
  std::optional<Mark> mark;
  std::string connection_limit;  // "-1": none
};

// The role of that name, or nullopt.
absl::StatusOr<std::optional<PgRole>> FindPgRole(PgConnection& connection, absl::string_view name, absl::Time deadline);

// Whether the role carries the mark of `owner`, as an account or as a group.
bool IsMarkedFor(const PgRole& role, absl::string_view owner);

// Whether the role is an account of `owner`.
bool IsAccountOf(const PgRole& role, absl::string_view owner);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_
