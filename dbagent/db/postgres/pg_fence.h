// SPDX-License-Identifier: Apache-2.0
//
// Where PostgreSQL keeps the highest epoch of an owner: in the mark of its owner role (dba_own_…), which no restore of
// the database turns back and which is written in the transaction of the change itself.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FENCE_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FENCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

// What to do for an owner that this server does not know yet: a call that makes something keeps its epoch, one that can
// only find nothing leaves no role behind.
enum class NewOwner { kMake, kLeave };

// Compares, and keeps the epoch when it is higher; runs inside the transaction of the change, under kLockChanges.
// ABORTED (IsFenced): a higher epoch was seen. FAILED_PRECONDITION: the owner role has no mark of the owner.
absl::Status PassPgFence(PgConnection& connection, absl::string_view owner, uint64_t epoch, NewOwner new_owner,
                         absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FENCE_H_
