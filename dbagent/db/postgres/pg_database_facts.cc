// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_data_probe.h"
#include "dbagent/db/postgres/pg_database.h"
#include "dbagent/db/postgres/pg_facts.h"
#include "dbagent/db/postgres/pg_write_samples.h"

namespace dba::agent {

absl::StatusOr<GatheredFacts> PgDatabase::GatherFacts(const hints::FactsRequest& request, absl::Time deadline) {
  GatheredFacts facts;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(facts, GatherPgFacts(connection, request, deadline));
    return absl::OkStatus();
  }));
  return facts;
}

absl::StatusOr<hints::ProbeAnswer> PgDatabase::Probe(const hints::DataProbe& probe, absl::Duration timeout,
                                                     absl::Time deadline) {
  // For all of it. The server is told to stop a little before (PgConnection::Begin); should it not answer by then, the
  // connection is closed.
  deadline = std::min(deadline, absl::Now() + timeout);
  absl::StatusOr<hints::ProbeAnswer> answer = absl::UnavailableError("not asked");
  for (int attempt = 0; attempt < 2; ++attempt) {
    DBA_ASSIGN_OR_RETURN(const auto lease, pool_.Acquire(deadline));
    answer = ProbePgData(*lease, probe, timeout, deadline);
    lease->Rollback(deadline);
    if (!lease.reused() || !lease->broken() || !absl::IsUnavailable(answer.status())) break;
    pool_.CloseIdle();
  }
  return answer;
}

absl::StatusOr<WriteSamples> PgDatabase::SampleWrites(const std::vector<TableName>& tables, absl::Time deadline) {
  WriteSamples samples;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(samples, SamplePgWrites(connection, tables, deadline));
    return absl::OkStatus();
  }));
  return samples;
}

}  // namespace dba::agent
