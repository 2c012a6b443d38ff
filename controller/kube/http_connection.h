// SPDX-License-Identifier: Apache-2.0
//
// One connection to the API server over cpp-httplib 0.11.4, with what that library leaves out: an end from another
// thread that works at any stage, a limit for the body, and trust in the given certificates alone.
#ifndef DBA_CONTROLLER_KUBE_HTTP_CONNECTION_H_
#define DBA_CONTROLLER_KUBE_HTTP_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mutex.h"
#include "controller/kube/auth.h"
#include "controller/kube/http_transport.h"

namespace httplib {
class ClientImpl;
}

namespace dba::kube {

// The process must ignore SIGPIPE, which cpp-httplib does only in its server. Send() from one thread at a time; Abort()
// from any.
class HttpConnection {
 public:
  // INVALID_ARGUMENT: a certificate or key is not PEM. Connects only in Send().
  static absl::StatusOr<std::unique_ptr<HttpConnection>> Make(const ApiServerConfig& config, const std::string& ca_pem,
                                                              const std::string& user_agent);
  ~HttpConnection();

  // As HttpTransport's methods; `on_bytes` may be null. CANCELLED once Abort() was called.
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request, const std::function<bool(absl::string_view)>& on_bytes);

  // Ends the running and every later Send(). Does not block.
  void Abort();

  // Whether an answer has come over it already: it may have died since.
  bool used() const { return used_; }

 private:
  explicit HttpConnection(std::string user_agent);
  // Called with each new socket before it connects.
  void OnSocket(int socket);

  const std::string user_agent_;
  std::string peer_;
  std::unique_ptr<httplib::ClientImpl> client_;
  bool used_ = false;
  Mutex mu_;
  bool aborted_ ABSL_GUARDED_BY(mu_) = false;
  int socket_copy_ ABSL_GUARDED_BY(mu_) = -1;  // our own descriptor of the client's socket
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_HTTP_CONNECTION_H_
