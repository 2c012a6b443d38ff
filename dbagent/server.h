// SPDX-License-Identifier: Apache-2.0
//
// The gRPC server of the agent: TLS, limits, health and reflection around one service.
#ifndef DBA_DBAGENT_SERVER_H_
#define DBA_DBAGENT_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/config.h"
#include "grpcpp/grpcpp.h"

namespace dba::agent {

class Server {
 public:
  // Listens when it returns; grpc.health.v1 then says SERVING, whether or not the database answers. Certificates are
  // read again when their files change. UNAVAILABLE: the address cannot be had.
  //   service  outlives the server
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config, grpc::Service* service);

  ~Server();

  // The real port.
  int port() const { return port_; }

  // Takes no new calls, gives running ones `grace`, then cancels them.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, int port) : server_(std::move(server)), port_(port) {}

  const std::unique_ptr<grpc::Server> server_;
  const int port_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_SERVER_H_
