// SPDX-License-Identifier: Apache-2.0
//
// What PostgreSQL tells of a table only under a lock of it: its size on disk, and the conditions of its CHECKs.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_LOCKED_FACTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_LOCKED_FACTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/postgres/pg_table_json.h"

namespace dba::agent {

// Corrects bytes, rows and conditions of the tables. Leaves those as they are that somebody else's strong lock is on,
// or gets in the way of within 50 ms.
//   tables  with their lock_holders
absl::Status ReadLockedPgFacts(PgConnection& connection, absl::Time deadline, std::vector<PgTableRow>* tables);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_LOCKED_FACTS_H_
