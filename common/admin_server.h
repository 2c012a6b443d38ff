// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_ADMIN_SERVER_H_
#define DBA_COMMON_ADMIN_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/http_server.h"
#include "prometheus/collectable.h"

namespace dba {

// What Kubernetes and Prometheus ask a process, as plain HTTP:
//   /metrics  every metric, in Prometheus' text format 0.0.4
//   /healthz  200 while the process works; when it does not, a restart is what
//   helps /readyz   200 while it can do its work; when not, 503 and the reason
// Thread-safe.
class AdminServer {
 public:
  struct Options {
    std::string host = "0.0.0.0";  // a numeric address
    int port = 0;                  // 0: a free one, see port()
    std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
    // Called for each request on the server's thread; must not block. Not set:
    // always OK. The message of an error is shown to whoever can reach the
    // port.
    std::function<absl::Status()> health;
    std::function<absl::Status()> readiness;
  };

  // Listens when it returns. Errors as HttpServer::Start().
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(Options options);

  int port() const { return server_->port(); }

 private:
  explicit AdminServer(std::unique_ptr<HttpServer> server) : server_(std::move(server)) {}

  const std::unique_ptr<HttpServer> server_;
};

}  // namespace dba

#endif  // DBA_COMMON_ADMIN_SERVER_H_
