// SPDX-License-Identifier: Apache-2.0
//
// The seam to HTTP: one request and its answer, whole or as a stream of bytes.
#ifndef DBA_CONTROLLER_KUBE_HTTP_TRANSPORT_H_
#define DBA_CONTROLLER_KUBE_HTTP_TRANSPORT_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "common/stop_token.h"

namespace dba::kube {

// These are all the headers that can be sent, so that no caller's text becomes a header.
struct HttpRequest {
  std::string method;        // "GET", "POST", "PATCH", "DELETE"
  std::string target;        // path and query, percent-encoded
  std::string content_type;  // empty: no body
  Secret bearer_token;       // empty: none is sent
  std::string body;
  absl::Duration timeout = absl::Seconds(30);  // for Do the whole call; for Stream the longest silence
};

struct HttpResponse {
  int status = 0;
  std::string body;  // at most 64 MiB
};

// Errors of both methods; an answer of any HTTP status is not an error:
//   INVALID_ARGUMENT    a control character in target, content type or token
//   UNAVAILABLE         no connection, it broke (a write may have had its effect), or the server's certificate is not
//                       trusted
//   DEADLINE_EXCEEDED   the timeout passed; a write may have had its effect
//   CANCELLED           `stop` was requested
//   RESOURCE_EXHAUSTED  the body is longer than 64 MiB
// Thread-safe. Both block.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  // GET, PATCH and DELETE are tried once more on a new connection when a kept one proves dead; POST never is.
  virtual absl::StatusOr<HttpResponse> Do(const HttpRequest& request) = 0;

  // Hands the body of a 2xx answer to `on_bytes` as it comes, on the calling thread, and returns when the server ends
  // it or when `on_bytes` returns false. Another answer's body is returned.
  virtual absl::StatusOr<HttpResponse> Stream(const HttpRequest& request,
                                              const std::function<bool(absl::string_view)>& on_bytes,
                                              const StopToken& stop) = 0;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_HTTP_TRANSPORT_H_
