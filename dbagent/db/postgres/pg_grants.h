// SPDX-License-Identifier: Apache-2.0
//
// Who may do what in a PostgreSQL database. Applications are members of a read-write or read-only group role, migrators
// of an owner role, so that no right is ever granted to an account itself and dropping one revokes nothing.
//
// Which tables a migrator may alter, and how, since PostgreSQL lets only a table's owner alter it:
//   made by a migrator            the owner role owns them (the account logs in with `role` set to it)
//   owned by the admin itself     are transferred to the owner role; the admin is a member of it and keeps its rights
//   owned by a superuser          the same when the admin is a superuser; else they stay out of a migrator's reach
//   owned by another role         stay; the owner role becomes a member of that role
// Membership in the admin's role would hand its CREATEROLE to migrations, which is why its tables move instead.
// Transfer takes a short ACCESS EXCLUSIVE lock for which it waits 1 s at most, and happens only for migrators: where
// migrations use the admin credentials, nothing changes hands. SECURITY DEFINER routines never do.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_GRANTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_GRANTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// Makes the owner role of `owner` alone, without any right. Errors as of EnsurePgGroups.
absl::Status EnsurePgOwnerRole(PgConnection& connection, absl::string_view owner, absl::Time deadline);

// Makes the group roles of `owner` with the rights on everything that is in the database now, and default rights for
// what comes later. Runs inside a transaction of its caller; a second call that finds nothing missing writes nothing.
// Tables of a superuser are out of reach of another admin: a warning in the log names them and the remedy.
// FAILED_PRECONDITION: a role of such a name has no mark of the owner. PERMISSION_DENIED names what the admin lacks.
absl::Status EnsurePgGroups(PgConnection& connection, absl::string_view owner, absl::Time deadline);

// Lets the owner role alter what is in the database now, by the rules above.
absl::Status LetOwnerRoleAlter(PgConnection& connection, absl::string_view owner, absl::Time deadline);

// Makes `name` a member of the one group of its kind, and of no other of the owner's.
absl::Status JoinPgGroup(PgConnection& connection, const AccountSpec& spec, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_GRANTS_H_
