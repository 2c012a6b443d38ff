// SPDX-License-Identifier: Apache-2.0
//
// Messages of the agent's API to and from the controller's values. Thread-safe.
#ifndef DBA_CONTROLLER_AGENT_AGENT_CONVERT_H_
#define DBA_CONTROLLER_AGENT_AGENT_CONVERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/agent/agent_client.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba::agent {

namespace v1 = ::dbaoperator::agent::v1;

google::protobuf::Duration DurationToProto(absl::Duration duration);
absl::Duration DurationFromProto(const google::protobuf::Duration& duration);
absl::Time TimeFromProto(const google::protobuf::Timestamp& time);

// INVALID_ARGUMENT for a preset that the agent's API does not know.
absl::StatusOr<v1::VersionTable> ToProto(const VersionTable& table);

v1::EnsureAccountRequest ToProto(const AccountRequest& request, const Secret& password);

v1::DataMetrics ToProto(const api::DataMetrics& metrics);

api::DatabaseView FromProto(const v1::GetDatabaseResponse& response);

api::AccountsView FromProto(const v1::ListAccountsResponse& response);

v1::CheckHintsRequest ToProto(const HintRequest& request);

api::HintReport FromProto(const v1::CheckHintsResponse& response);

// OK for a login, FAILED_PRECONDITION for a refusal; `name` is that of the
// account.
absl::Status FromProto(const v1::ProbeAccountResponse& response, absl::string_view name);

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_AGENT_CONVERT_H_
