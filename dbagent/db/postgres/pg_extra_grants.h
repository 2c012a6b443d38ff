// SPDX-License-Identifier: Apache-2.0
//
// Rights of one application account beyond those of its group. They are granted to the account itself and go with it.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_EXTRA_GRANTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_EXTRA_GRANTS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// Grants what is missing of spec.extra_grants; names are looked up on the admin's search path, never in PostgreSQL's
// own schemas. Runs inside a transaction of its caller.
// INVALID_ARGUMENT: PostgreSQL has no such right. FAILED_PRECONDITION: there is no such table, function or schema.
// PERMISSION_DENIED: the admin may not grant it.
absl::Status GrantPgExtras(PgConnection& connection, const AccountSpec& spec, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_EXTRA_GRANTS_H_
