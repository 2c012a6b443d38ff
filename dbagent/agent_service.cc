// SPDX-License-Identifier: Apache-2.0
#include "dbagent/agent_service.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/grpc_status.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/db/identifier.h"
#include "dbagent/proto_convert.h"
#include "dbagent/version/version_reader.h"

namespace dba::agent {
namespace {

// No call needs longer; keeps a far deadline from holding a connection for ever.
constexpr absl::Duration kLongestCall = absl::Minutes(10);

// The account of a request that names one.
template <typename Request>
absl::StatusOr<AccountRef> AccountOf(const Request& request) {
  DBA_RETURN_IF_ERROR(CheckOwner(request.owner()));
  DBA_RETURN_IF_ERROR(CheckAccountName(request.name()));
  return AccountRef{request.owner(), request.name(), request.epoch()};
}

}  // namespace

AgentService::AgentService(Parts parts) : parts_(std::move(parts)) {}

grpc::Status AgentService::Serve(absl::string_view method, const grpc::ServerContext& context,
                                 const std::function<absl::Status(absl::Time deadline)>& work) {
  const absl::Time start = absl::Now();
  const absl::Status status = [&]() -> absl::Status {
    if (context.deadline() == std::chrono::system_clock::time_point::max()) {
      return absl::InvalidArgumentError("the call has no deadline; set one (grpcurl: -max-time 10)");
    }
    const absl::Time deadline = std::min(absl::FromChrono(context.deadline()), start + kLongestCall);
    return work(deadline);
  }();
  parts_.observe(method, status, absl::Now() - start);
  if (!status.ok()) LogWarning("call failed", {{"method", method}, {"status", status}});
  // ABORTED is the fence's alone: a transaction that the database aborted is, for a caller, not reachable now.
  if (absl::IsAborted(status) && !IsFenced(status)) return ToGrpcStatus(absl::UnavailableError(status.message()));
  return ToGrpcStatus(status);
}

grpc::Status AgentService::ServeOn(absl::string_view method, const grpc::ServerContext& context,
                                   const std::function<absl::Status(Database& database, absl::Time deadline)>& work) {
  return Serve(method, context, [&](absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const std::shared_ptr<Database> database, parts_.database());
    return work(*database, deadline);
  });
}

grpc::Status AgentService::GetDatabase(grpc::ServerContext* context, const v1::GetDatabaseRequest* request,
                                       v1::GetDatabaseResponse* response) {
  return ServeOn("GetDatabase", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const VersionSource source, FromProto(request->version_table()));
    DBA_ASSIGN_OR_RETURN(const ServerInfo info, database.Describe(deadline));
    response->set_engine(ToProto(info.engine));
    response->set_server_version(info.version);
    response->set_identity(info.identity);
    response->set_host(info.host);
    response->set_port(info.port);
    response->set_database(info.database);
    *response->mutable_schema_version() = ToProto(ReadSchemaVersion(database, info.engine, source, deadline));
    response->set_data_metrics_digest(parts_.data_metrics_digest());
    return absl::OkStatus();
  });
}

grpc::Status AgentService::ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                                        v1::ListAccountsResponse* response) {
  return ServeOn("ListAccounts", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_RETURN_IF_ERROR(CheckOwner(request->owner()));
    DBA_ASSIGN_OR_RETURN(AccountList list, database.ListAccounts(request->owner(), deadline));
    const bool known = list.epoch > 0 || !list.accounts.empty();
    if (known && request->epoch() > list.epoch) {
      const absl::Status kept = database.KeepEpoch(request->owner(), request->epoch(), deadline);
      if (!kept.ok() && !IsFenced(kept)) return kept;
      DBA_ASSIGN_OR_RETURN(list, database.ListAccounts(request->owner(), deadline));
    }
    for (const Account& account : list.accounts) *response->add_accounts() = ToProto(account);
    response->set_logins_in_flight(list.logins_in_flight);
    response->set_epoch(list.epoch);
    return absl::OkStatus();
  });
}

grpc::Status AgentService::EnsureAccount(grpc::ServerContext* context, const v1::EnsureAccountRequest* request,
                                         v1::EnsureAccountResponse* response) {
  return ServeOn("EnsureAccount", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const AccountSpec spec, FromProto(*request));
    DBA_ASSIGN_OR_RETURN(const bool created, database.EnsureAccount(spec, deadline));
    response->set_created(created);
    LogInfo("account ensured", {{"account", spec.name}, {"version", spec.version}, {"created", created}});
    return absl::OkStatus();
  });
}

grpc::Status AgentService::ProbeAccount(grpc::ServerContext* context, const v1::ProbeAccountRequest* request,
                                        v1::ProbeAccountResponse* response) {
  return ServeOn("ProbeAccount", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_RETURN_IF_ERROR(CheckAccountName(request->name()));
    DBA_ASSIGN_OR_RETURN(const ProbeResult result,
                         database.ProbeAccount(request->name(), Secret(request->password()), deadline));
    *response = ToProto(result);
    return absl::OkStatus();
  });
}

grpc::Status AgentService::LockAccount(grpc::ServerContext* context, const v1::LockAccountRequest* request,
                                       v1::LockAccountResponse*) {
  return ServeOn("LockAccount", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const AccountRef account, AccountOf(*request));
    return database.SetAccountLocked(account, true, deadline);
  });
}

grpc::Status AgentService::UnlockAccount(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                                         v1::UnlockAccountResponse*) {
  return ServeOn("UnlockAccount", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const AccountRef account, AccountOf(*request));
    return database.SetAccountLocked(account, false, deadline);
  });
}

grpc::Status AgentService::DropAccount(grpc::ServerContext* context, const v1::DropAccountRequest* request,
                                       v1::DropAccountResponse* response) {
  return ServeOn("DropAccount", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const AccountRef account, AccountOf(*request));
    DBA_ASSIGN_OR_RETURN(const bool dropped, database.DropAccount(account, deadline));
    response->set_dropped(dropped);
    if (dropped) LogInfo("account dropped", {{"account", request->name()}});
    return absl::OkStatus();
  });
}

grpc::Status AgentService::TerminateSessions(grpc::ServerContext* context, const v1::TerminateSessionsRequest* request,
                                             v1::TerminateSessionsResponse* response) {
  return ServeOn("TerminateSessions", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const AccountRef account, AccountOf(*request));
    DBA_ASSIGN_OR_RETURN(const uint32_t terminated, database.TerminateSessions(account, deadline));
    response->set_terminated(terminated);
    LogInfo("sessions terminated", {{"account", account.name}, {"sessions", terminated}});
    return absl::OkStatus();
  });
}

grpc::Status AgentService::BeginMigration(grpc::ServerContext* context, const v1::BeginMigrationRequest* request,
                                          v1::BeginMigrationResponse*) {
  return ServeOn("BeginMigration", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(const MigrationStart start, FromProto(*request));
    DBA_ASSIGN_OR_RETURN(const VersionSource source, FromProto(request->version_table()));
    DBA_ASSIGN_OR_RETURN(const ServerInfo info, database.Describe(deadline));
    return database.BeginMigration(
        start, [&] { return ReadSchemaVersion(database, info.engine, source, deadline); }, deadline);
  });
}

grpc::Status AgentService::ConfigureDataMetrics(grpc::ServerContext* context,
                                                const v1::ConfigureDataMetricsRequest* request,
                                                v1::ConfigureDataMetricsResponse*) {
  return Serve("ConfigureDataMetrics", *context,
               [&](absl::Time) { return parts_.configure_data_metrics(FromProto(*request)); });
}

}  // namespace dba::agent
