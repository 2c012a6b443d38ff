// SPDX-License-Identifier: Apache-2.0
//
// The API over the database seam: checks the request, calls, answers. No decision is made here.
#ifndef DBA_DBAGENT_AGENT_SERVICE_H_
#define DBA_DBAGENT_AGENT_SERVICE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/database.h"
#include "dbagent/hint_checker.h"
#include "dbagent/metrics/data_metrics.h"
#include "proto/dbaoperator/agent/v1/agent.grpc.pb.h"

namespace dba::agent {

namespace v1 = dbaoperator::agent::v1;

// Thread-safe when what it is given is.
class AgentService final : public v1::DatabaseAgent::Service {
 public:
  struct Parts {
    // The database as the credentials say now.
    std::function<absl::StatusOr<std::shared_ptr<Database>>()> database;
    // Judges hints; outlives the service.
    HintChecker* hints = nullptr;
    // Replaces the data metrics, and names the configuration that holds.
    std::function<absl::Status(DataMetricsConfig config)> configure_data_metrics;
    std::function<std::string()> data_metrics_digest;
    // Told of every call when it has ended.
    std::function<void(absl::string_view method, const absl::Status& status, absl::Duration duration)> observe;
  };
  explicit AgentService(Parts parts);

  grpc::Status GetDatabase(grpc::ServerContext* context, const v1::GetDatabaseRequest* request,
                           v1::GetDatabaseResponse* response) override;
  grpc::Status ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                            v1::ListAccountsResponse* response) override;
  grpc::Status EnsureAccount(grpc::ServerContext* context, const v1::EnsureAccountRequest* request,
                             v1::EnsureAccountResponse* response) override;
  grpc::Status ProbeAccount(grpc::ServerContext* context, const v1::ProbeAccountRequest* request,
                            v1::ProbeAccountResponse* response) override;
  grpc::Status LockAccount(grpc::ServerContext* context, const v1::LockAccountRequest* request,
                           v1::LockAccountResponse* response) override;
  grpc::Status UnlockAccount(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                             v1::UnlockAccountResponse* response) override;
  grpc::Status DropAccount(grpc::ServerContext* context, const v1::DropAccountRequest* request,
                           v1::DropAccountResponse* response) override;
  grpc::Status CheckHints(grpc::ServerContext* context, const v1::CheckHintsRequest* request,
                          v1::CheckHintsResponse* response) override;
  grpc::Status DescribeTables(grpc::ServerContext* context, const v1::DescribeTablesRequest* request,
                              v1::DescribeTablesResponse* response) override;
  grpc::Status TerminateSessions(grpc::ServerContext* context, const v1::TerminateSessionsRequest* request,
                                 v1::TerminateSessionsResponse* response) override;
  grpc::Status BeginMigration(grpc::ServerContext* context, const v1::BeginMigrationRequest* request,
                              v1::BeginMigrationResponse* response) override;
  grpc::Status ConfigureDataMetrics(grpc::ServerContext* context, const v1::ConfigureDataMetricsRequest* request,
                                    v1::ConfigureDataMetricsResponse* response) override;

 private:
  // Runs `work` with the call's deadline and tells `observe`. INVALID_ARGUMENT: the call has none.
  grpc::Status Serve(absl::string_view method, const grpc::ServerContext& context,
                     const std::function<absl::Status(absl::Time deadline)>& work);
  // The same with the database.
  grpc::Status ServeOn(absl::string_view method, const grpc::ServerContext& context,
                       const std::function<absl::Status(Database& database, absl::Time deadline)>& work);

  const Parts parts_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_AGENT_SERVICE_H_
