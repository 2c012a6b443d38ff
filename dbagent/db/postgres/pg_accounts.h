// SPDX-License-Identifier: Apache-2.0
//
// Listing, locking and retiring accounts. Every function runs inside a transaction of its caller, and those that change
// something under kLockChanges and behind the fence.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ACCOUNTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ACCOUNTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// As the methods of Database.
absl::StatusOr<AccountList> ListPgAccounts(PgConnection& connection, absl::string_view owner, absl::Time deadline);
absl::Status SetPgAccountLocked(PgConnection& connection, const AccountRef& account, bool locked, absl::Time deadline);
absl::StatusOr<uint32_t> TerminatePgSessions(PgConnection& connection, const AccountRef& account, absl::Time deadline);
absl::StatusOr<bool> DropPgAccount(PgConnection& connection, const AccountRef& account, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ACCOUNTS_H_
