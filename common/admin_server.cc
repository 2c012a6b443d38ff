// SPDX-License-Identifier: Apache-2.0
#include "common/admin_server.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "prometheus/text_serializer.h"

namespace dba {
namespace {

HttpResponse Metrics(const AdminServer::Options& options) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& collectable : options.metrics) {
    std::vector<prometheus::MetricFamily> more = collectable->Collect();
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus::TextSerializer().Serialize(families)};
}

HttpResponse Check(const std::function<absl::Status()>& check) {
  const absl::Status status = check ? check() : absl::OkStatus();
  if (status.ok()) return {200, "text/plain; charset=utf-8", "ok\n"};
  return {503, "text/plain; charset=utf-8", absl::StrCat(status.message(), "\n")};
}

HttpResponse Route(const AdminServer::Options& options, absl::string_view path) {
  if (path == "/metrics") return Metrics(options);
  if (path == "/healthz") return Check(options.health);
  if (path == "/readyz") return Check(options.readiness);
  return {404, "text/plain; charset=utf-8", "try /metrics, /healthz or /readyz\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(Options options) {
  const std::string host = options.host;
  const int port = options.port;
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<HttpServer> server,
                       HttpServer::Start(host, port, [options = std::move(options)](absl::string_view path) {
                         return Route(options, path);
                       }));
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(server)));
}

}  // namespace dba
