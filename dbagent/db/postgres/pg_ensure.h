// SPDX-License-Identifier: Apache-2.0
//
// Making an account what its specification says. Runs inside a transaction of its caller, under kLockChanges: role,
// verifier and mark come together or not at all, so an account that exists was finished.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ENSURE_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ENSURE_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// As Database::EnsureAccount. The mark holds a digest of the password that was set last; PostgreSQL's own verifier can
// be read by superusers only, and a login proves nothing where pg_hba.conf asks for no password.
absl::StatusOr<bool> EnsurePgAccount(PgConnection& connection, const AccountSpec& spec, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ENSURE_H_
