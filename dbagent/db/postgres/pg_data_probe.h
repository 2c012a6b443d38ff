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

// In a read-only transaction that the caller rolls back; its statements end before `deadline`.
//   timeout  what the caller allowed, for the words of the answer
absl::StatusOr<hints::ProbeAnswer> ProbePgData(PgConnection& connection, const hints::DataProbe& probe,
                                               absl::Duration timeout, absl::Time deadline);

// The SELECT that answers a probe with up to a hundred rows, one for each witness. Pure.
std::string PgProbeSql(const hints::DataProbe& probe);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_DATA_PROBE_H_
