// SPDX-License-Identifier: Apache-2.0
//
// Questions about rows on one PostgreSQL connection.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_DATA_PROBE_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_DATA_PROBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/hints/probe.h"

namespace dba::agent {

// Within a read-only transaction of isolation READ COMMITTED, which is of no further use afterwards: roll it back.
absl::StatusOr<hints::ProbeAnswer> ProbePgData(PgConnection& connection, const hints::DataProbe& probe,
                                               absl::Duration timeout, absl::Time deadline);

// The SELECT that answers a probe with up to a hundred rows, one for each witness. Pure.
std::string PgProbeSql(const hints::DataProbe& probe);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_DATA_PROBE_H_
