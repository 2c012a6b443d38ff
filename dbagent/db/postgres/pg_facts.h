// SPDX-License-Identifier: Apache-2.0
//
// The facts that hints on PostgreSQL are judged on.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/facts_source.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

// The caller has begun a read-only transaction of isolation READ COMMITTED.
absl::StatusOr<GatheredFacts> GatherPgFacts(PgConnection& connection, const hints::FactsRequest& request,
                                            absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_
