// SPDX-License-Identifier: Apache-2.0
//
// Marked roles: finding, listing, locking and dropping them. Every function runs inside a transaction of its caller.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct PgRole {
  std::string oid;
  bool can_login = false;
  std::optional<Mark> mark;
};

// The role of that name, or nullopt.
absl::StatusOr<std::optional<PgRole>> FindPgRole(PgConnection& connection, absl::string_view name, absl::Time deadline);

// Whether the role carries the mark of `owner`, as an account or as a group.
bool IsMarkedFor(const PgRole& role, absl::string_view owner);

// The error for a role that is in the way.
absl::Status NotOurs(absl::string_view name);

absl::StatusOr<AccountList> ListPgAccounts(PgConnection& connection, absl::string_view owner, absl::Time deadline);

absl::Status SetPgAccountLocked(PgConnection& connection, absl::string_view owner, absl::string_view name, bool locked,
                                absl::Time deadline);

// Checks and drops in the caller's transaction; as Database::DropAccount.
absl::StatusOr<bool> DropPgAccount(PgConnection& connection, absl::string_view owner, absl::string_view name,
                                   absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ROLES_H_
