// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/httplib_transport.h"

#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace dba::kube {
namespace {

constexpr size_t kMaxIdle = 16;
// Below the 90 s after which kube-apiserver 1.34 closes an idle connection, so that a POST seldom meets a dead one.
constexpr absl::Duration kMaxIdleTime = absl::Seconds(60);

}  // namespace

HttplibTransport::HttplibTransport(CredentialSource* credentials, Clock* clock, std::string user_agent)
    : credentials_(credentials), clock_(clock), user_agent_(std::move(user_agent)) {}

absl::StatusOr<HttpResponse> HttplibTransport::Do(const HttpRequest& request) {
  DBA_ASSIGN_OR_RETURN(const auto credentials, credentials_->Current());
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<HttpConnection> connection, Take(credentials->ca_pem));
  const bool may_be_dead = connection->used();
  absl::StatusOr<HttpResponse> response = SendOn(connection.get(), request);
  if (absl::IsUnavailable(response.status()) && may_be_dead && request.method != "POST") {
    DBA_ASSIGN_OR_RETURN(connection, HttpConnection::Make(credentials_->config(), credentials->ca_pem, user_agent_));
    response = SendOn(connection.get(), request);
  }
  if (response.ok()) Keep(std::move(connection), credentials->ca_pem);
  return response;
}

absl::StatusOr<HttpResponse> HttplibTransport::SendOn(HttpConnection* connection, const HttpRequest& request) {
  std::atomic<bool> expired{false};
  const DeadlineTimer::Alarm alarm(&timer_, request.timeout, [&] {
    expired = true;
    connection->Abort();
  });
  absl::StatusOr<HttpResponse> response = connection->Send(request, nullptr);
  if (expired && absl::IsCancelled(response.status())) {
    return absl::DeadlineExceededError(absl::StrCat("API server ", credentials_->config().host, ": no answer in ",
                                                    absl::FormatDuration(request.timeout)));
  }
  return response;
}

absl::StatusOr<HttpResponse> HttplibTransport::Stream(const HttpRequest& request,
                                                      const std::function<bool(absl::string_view)>& on_bytes,
                                                      const StopToken& stop) {
  DBA_ASSIGN_OR_RETURN(const auto credentials, credentials_->Current());
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<HttpConnection> connection,
                       HttpConnection::Make(credentials_->config(), credentials->ca_pem, user_agent_));
  const StopCallback end(stop, [&] { connection->Abort(); });
  return connection->Send(request, on_bytes);
}

absl::StatusOr<std::unique_ptr<HttpConnection>> HttplibTransport::Take(const std::string& ca_pem) {
  std::vector<Idle> stale;  // closed after the lock is released
  {
    MutexLock lock(&mu_);
    while (!idle_.empty()) {
      Idle idle = std::move(idle_.back());
      idle_.pop_back();
      if (idle.ca_pem == ca_pem && clock_->Monotonic() - idle.since < kMaxIdleTime) return std::move(idle.connection);
      stale.push_back(std::move(idle));
    }
  }
  return HttpConnection::Make(credentials_->config(), ca_pem, user_agent_);
}

void HttplibTransport::Keep(std::unique_ptr<HttpConnection> connection, const std::string& ca_pem) {
  MutexLock lock(&mu_);
  if (idle_.size() < kMaxIdle) idle_.push_back({std::move(connection), ca_pem, clock_->Monotonic()});
}

}  // namespace dba::kube
