// SPDX-License-Identifier: Apache-2.0
#include "integration/agent_calls.h"

#include "absl/time/time.h"
#include "common/grpc_status.h"

namespace dba {

namespace v1 = dbaoperator::agent::v1;

namespace {

constexpr absl::Duration kLimit = absl::Seconds(20);

// The reply, or the error of the call.
template <typename Request, typename Response>
absl::StatusOr<Response> Call(AgentProcess& agent,
                              grpc::Status (v1::DatabaseAgent::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                              Response*),
                              const Request& request) {
  Response response;
  const absl::Status status = FromGrpcStatus((agent.stub().*method)(Within(kLimit).get(), request, &response));
  if (!status.ok()) return status;
  return response;
}

template <typename Request>
Request About(const std::string& owner, const std::string& name) {
  Request request;
  request.set_owner(owner);
  request.set_name(name);
  return request;
}

}  // namespace

absl::StatusOr<v1::GetDatabaseResponse> AgentCalls::GetDatabase(const std::string& query) const {
  v1::GetDatabaseRequest request;
  request.mutable_version_table()->set_query(query);
  return Call(agent_, &v1::DatabaseAgent::Stub::GetDatabase, request);
}

absl::StatusOr<v1::ListAccountsResponse> AgentCalls::ListAccounts() const {
  v1::ListAccountsRequest request;
  request.set_owner(owner_);
  return Call(agent_, &v1::DatabaseAgent::Stub::ListAccounts, request);
}

absl::Status AgentCalls::Ensure(const std::string& name, const std::string& password, v1::AccountKind kind,
                                v1::Privileges privileges) const {
  auto request = About<v1::EnsureAccountRequest>(owner_, name);
  request.set_kind(kind);
  if (kind == v1::ACCOUNT_KIND_APPLICATION) request.set_privileges(privileges);
  request.set_version("v1");
  request.set_password(password);
  return Call(agent_, &v1::DatabaseAgent::Stub::EnsureAccount, request).status();
}

absl::StatusOr<bool> AgentCalls::Ensure(v1::EnsureAccountRequest request) const {
  request.set_owner(owner_);
  const auto response = Call(agent_, &v1::DatabaseAgent::Stub::EnsureAccount, request);
  if (!response.ok()) return response.status();
  return response->created();
}

absl::StatusOr<v1::ProbeAccountResponse::Outcome> AgentCalls::Probe(const std::string& name,
                                                                    const std::string& password) const {
  v1::ProbeAccountRequest request;
  request.set_name(name);
  request.set_password(password);
  const auto response = Call(agent_, &v1::DatabaseAgent::Stub::ProbeAccount, request);
  if (!response.ok()) return response.status();
  return response->outcome();
}

absl::Status AgentCalls::Lock(const std::string& name) const {
  return Call(agent_, &v1::DatabaseAgent::Stub::LockAccount, About<v1::LockAccountRequest>(owner_, name)).status();
}

absl::Status AgentCalls::Unlock(const std::string& name) const {
  return Call(agent_, &v1::DatabaseAgent::Stub::UnlockAccount, About<v1::UnlockAccountRequest>(owner_, name)).status();
}

absl::StatusOr<bool> AgentCalls::Drop(const std::string& name) const {
  const auto response =
      Call(agent_, &v1::DatabaseAgent::Stub::DropAccount, About<v1::DropAccountRequest>(owner_, name));
  if (!response.ok()) return response.status();
  return response->dropped();
}

absl::StatusOr<uint32_t> AgentCalls::Terminate(const std::string& name) const {
  const auto response =
      Call(agent_, &v1::DatabaseAgent::Stub::TerminateSessions, About<v1::TerminateSessionsRequest>(owner_, name));
  if (!response.ok()) return response.status();
  return response->terminated();
}

absl::Status AgentCalls::Begin(const std::string& query, const std::string& expected) const {
  v1::BeginMigrationRequest request;
  request.set_owner(owner_);
  request.mutable_version_table()->set_query(query);
  if (!expected.empty()) request.add_expected_versions(expected);
  return Call(agent_, &v1::DatabaseAgent::Stub::BeginMigration, request).status();
}

absl::Status AgentCalls::Configure(const v1::DataMetrics& metrics) const {
  v1::ConfigureDataMetricsRequest request;
  request.set_database("shop/main");
  request.set_digest("d1");
  *request.mutable_metrics() = metrics;
  return Call(agent_, &v1::DatabaseAgent::Stub::ConfigureDataMetrics, request).status();
}

}  // namespace dba
