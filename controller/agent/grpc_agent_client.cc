// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/grpc_agent_client.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/grpc_status.h"
#include "common/status_macros.h"
#include "common/status_util.h"
#include "controller/agent/agent_convert.h"
#include "grpcpp/client_context.h"
#include "proto/dbaoperator/agent/v1/agent.grpc.pb.h"

namespace dba::agent {
namespace {

using Stub = v1::DatabaseAgent::StubInterface;

// gRPC core 1.51 names the transport's peer ("ipv4:10.0.0.7:8443") once metadata of an answer came from it, and the
// channel's target until then (ClientContext::peer). The unit test holds it true.
bool CameOverTheWire(const grpc::ClientContext& context, absl::string_view target) {
  const std::string peer = context.peer();
  return peer != target && (absl::StartsWith(peer, "ipv4:") || absl::StartsWith(peer, "ipv6:"));
}

class GrpcAgentClient : public AgentClient {
 public:
  GrpcAgentClient(std::shared_ptr<grpc::Channel> channel, std::string address, EpochSource* epochs,
                  CallTimeouts timeouts)
      : address_(std::move(address)),
        epochs_(*epochs),
        timeouts_(timeouts),
        stub_(v1::DatabaseAgent::NewStub(std::move(channel))) {}

  absl::StatusOr<api::DatabaseView> GetDatabase(const VersionTable& version_table) override {
    v1::GetDatabaseRequest request;
    DBA_ASSIGN_OR_RETURN(*request.mutable_version_table(), ToProto(version_table));
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::GetDatabase, request, timeouts_.read));
    return FromProto(response);
  }

  absl::StatusOr<api::AccountsView> ListAccounts(absl::string_view owner) override {
    v1::ListAccountsRequest request;
    request.set_owner(std::string(owner));
    const uint64_t ours = epochs_.Current();
    request.set_epoch(ours);
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::ListAccounts, request, timeouts_.read));
    if (response.epoch() > ours) {
      epochs_.Outrun(response.epoch());
      return absl::AbortedError(
          absl::StrCat("agent ", address_, ": another controller changed this database under epoch ", response.epoch(),
                       ", which is higher than ", ours, "; this one goes on when it has proven that it leads"));
    }
    return FromProto(response);
  }

  absl::StatusOr<bool> EnsureAccount(const AccountRequest& account, const Secret& password) override {
    v1::EnsureAccountRequest request = ToProto(account, password);
    request.set_epoch(epochs_.Current());
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::EnsureAccount, request, timeouts_.change));
    return response.created();
  }

  absl::Status ProbeAccount(absl::string_view name, const Secret& password) override {
    v1::ProbeAccountRequest request;
    request.set_name(std::string(name));
    request.set_password(std::string(password.Reveal()));
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::ProbeAccount, request, timeouts_.read));
    return FromProto(response, name);
  }

  absl::Status LockAccount(absl::string_view owner, absl::string_view name) override {
    return Call(&Stub::LockAccount, Named<v1::LockAccountRequest>(owner, name), timeouts_.change).status();
  }

  absl::Status UnlockAccount(absl::string_view owner, absl::string_view name) override {
    return Call(&Stub::UnlockAccount, Named<v1::UnlockAccountRequest>(owner, name), timeouts_.change).status();
  }

  absl::StatusOr<bool> DropAccount(absl::string_view owner, absl::string_view name) override {
    DBA_ASSIGN_OR_RETURN(auto response,
                         Call(&Stub::DropAccount, Named<v1::DropAccountRequest>(owner, name), timeouts_.change));
    return response.dropped();
  }

  absl::StatusOr<int> TerminateSessions(absl::string_view owner, absl::string_view name) override {
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::TerminateSessions, Named<v1::TerminateSessionsRequest>(owner, name),
                                             timeouts_.change));
    return static_cast<int>(response.terminated());
  }

  absl::Status BeginMigration(absl::string_view owner, const VersionTable& version_table,
                              const std::vector<std::string>& expected) override {
    v1::BeginMigrationRequest request;
    request.set_owner(std::string(owner));
    request.set_epoch(epochs_.Current());
    DBA_ASSIGN_OR_RETURN(*request.mutable_version_table(), ToProto(version_table));
    for (const std::string& version : expected) request.add_expected_versions(version);
    return Call(&Stub::BeginMigration, request, timeouts_.change).status();
  }

  absl::StatusOr<api::HintReport> CheckHints(const HintRequest& hints) override {
    DBA_ASSIGN_OR_RETURN(auto response, Call(&Stub::CheckHints, ToProto(hints), timeouts_.change));
    return FromProto(response);
  }

  absl::Status ConfigureDataMetrics(absl::string_view database, const api::DataMetrics& metrics,
                                    absl::string_view digest) override {
    v1::ConfigureDataMetricsRequest request;
    request.set_database(std::string(database));
    *request.mutable_metrics() = ToProto(metrics);
    request.set_digest(std::string(digest));
    return Call(&Stub::ConfigureDataMetrics, request, timeouts_.change).status();
  }

 private:
  template <typename Request>
  Request Named(absl::string_view owner, absl::string_view name) const {
    Request request;
    request.set_epoch(epochs_.Current());
    request.set_owner(std::string(owner));
    request.set_name(std::string(name));
    return request;
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, absl::Duration timeout) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (status.ok()) return response;
    const absl::Status error = Annotate(FromGrpcStatus(status), absl::StrCat("agent ", address_));
    return CameOverTheWire(context, address_) ? error : NotAnswered(error);
  }

  const std::string address_;
  EpochSource& epochs_;
  const CallTimeouts timeouts_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<AgentClient> NewGrpcAgentClient(std::shared_ptr<grpc::Channel> channel, std::string address,
                                                EpochSource* epochs, CallTimeouts timeouts) {
  return std::make_unique<GrpcAgentClient>(std::move(channel), std::move(address), epochs, timeouts);
}

}  // namespace dba::agent
