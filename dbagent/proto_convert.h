// SPDX-License-Identifier: Apache-2.0
//
// Between the messages of the API and the agent's own values. Pure; requests are checked here.
#ifndef DBA_DBAGENT_PROTO_CONVERT_H_
#define DBA_DBAGENT_PROTO_CONVERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dbagent/db/types.h"
#include "dbagent/metrics/data_metrics.h"
#include "dbagent/version/version_reader.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba::agent {

namespace v1 = dbaoperator::agent::v1;

v1::Engine ToProto(Engine engine);
v1::SchemaVersion ToProto(const SchemaVersion& version);
v1::Account ToProto(const Account& account);
v1::ProbeAccountResponse ToProto(const ProbeResult& result);

// INVALID_ARGUMENT: no source, or an unknown preset.
absl::StatusOr<VersionSource> FromProto(const v1::VersionTable& table);

// INVALID_ARGUMENT names the field that is missing or wrong.
absl::StatusOr<AccountSpec> FromProto(const v1::EnsureAccountRequest& request);

// INVALID_ARGUMENT: no owner, or a wrong one. The expected versions are sorted.
absl::StatusOr<MigrationStart> FromProto(const v1::BeginMigrationRequest& request);

// Not checked yet: see CheckDataMetrics.
DataMetricsConfig FromProto(const v1::ConfigureDataMetricsRequest& request);

// OK for an owner as EnsureAccount takes it.
absl::Status CheckOwner(const std::string& owner);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_PROTO_CONVERT_H_
