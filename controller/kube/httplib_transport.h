// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_KUBE_HTTPLIB_TRANSPORT_H_
#define DBA_CONTROLLER_KUBE_HTTPLIB_TRANSPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "controller/kube/auth.h"
#include "controller/kube/deadline_timer.h"
#include "controller/kube/http_connection.h"
#include "controller/kube/http_transport.h"

namespace dba::kube {

// As many connections as there are calls at the same time; a few idle ones are kept. Each stream has its own. New
// authorities are trusted from the next connection on.
class HttplibTransport : public HttpTransport {
 public:
  // The pointers must outlive this object.
  HttplibTransport(CredentialSource* credentials, Clock* clock, std::string user_agent);

  absl::StatusOr<HttpResponse> Do(const HttpRequest& request) override;
  absl::StatusOr<HttpResponse> Stream(const HttpRequest& request,
                                      const std::function<bool(absl::string_view)>& on_bytes,
                                      const StopToken& stop) override;

 private:
  struct Idle {
    std::unique_ptr<HttpConnection> connection;
    std::string ca_pem;
    absl::Duration since;
  };
  absl::StatusOr<std::unique_ptr<HttpConnection>> Take(const std::string& ca_pem);
  void Keep(std::unique_ptr<HttpConnection> connection, const std::string& ca_pem);
  absl::StatusOr<HttpResponse> SendOn(HttpConnection* connection, const HttpRequest& request);

  CredentialSource* const credentials_;
  Clock* const clock_;
  const std::string user_agent_;
  DeadlineTimer timer_;
  Mutex mu_;
  std::vector<Idle> idle_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_HTTPLIB_TRANSPORT_H_
