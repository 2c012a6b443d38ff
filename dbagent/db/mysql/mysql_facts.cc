// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_database.h"

namespace dba::agent {

absl::StatusOr<hints::HintFacts> MysqlDatabase::GatherFacts(const hints::FactsRequest&, absl::Time) {
  return absl::UnimplementedError("hints are not checked on this engine yet");
}

absl::StatusOr<hints::ProbeAnswer> MysqlDatabase::Probe(const hints::DataProbe&, absl::Duration, absl::Time) {
  return absl::UnimplementedError("hints are not checked on this engine yet");
}

absl::StatusOr<WriteSamples> MysqlDatabase::SampleWrites(const std::vector<TableName>&, absl::Time) {
  return absl::UnimplementedError("hints are not checked on this engine yet");
}

}  // namespace dba::agent
