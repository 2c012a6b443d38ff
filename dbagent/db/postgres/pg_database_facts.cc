// SPDX-License-Identifier: Apache-2.0
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
  hints::ProbeAnswer answer;
  DBA_RETURN_IF_ERROR(InTransaction(Access::kRead, deadline, [&](PgConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(answer, ProbePgData(connection, probe, timeout, deadline));
    return absl::OkStatus();
  }));
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
