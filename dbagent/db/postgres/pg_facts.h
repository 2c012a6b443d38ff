// SPDX-License-Identifier: Apache-2.0
//
// FactsSource on one PostgreSQL connection. The caller has begun a read-only transaction of isolation READ COMMITTED.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/facts_source.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

absl::StatusOr<hints::HintFacts> GatherPgFacts(PgConnection& connection, const hints::FactsRequest& request,
                                               absl::Time deadline);
absl::StatusOr<WriteSamples> SamplePgWrites(PgConnection& connection, const std::vector<TableName>& tables,
                                            absl::Time deadline);
// The transaction is of no further use afterwards: roll it back.
absl::StatusOr<hints::ProbeAnswer> ProbePgData(PgConnection& connection, const hints::DataProbe& probe,
                                               absl::Duration timeout, absl::Time deadline);

// The SELECT that answers a probe with up to a hundred rows, one for each witness. Pure.
std::string PgProbeSql(const hints::DataProbe& probe);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_H_
