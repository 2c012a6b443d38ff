// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP/1.1 server for probes and scrapes. It exists because the Server
// of Debian 12's cpp-httplib 0.11.4 puts no bound on header lines or chunked
// bodies (CVE-2025-46728, CVE-2025-53629, not fixed there), and this port is
// open to the whole cluster. Here each connection has a bounded size and life,
// and one thread serves them all.
#ifndef DBA_COMMON_HTTP_SERVER_H_
#define DBA_COMMON_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dba {

struct HttpResponse {
  int code = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Answers GET and HEAD; other methods get 405. Every response ends its
// connection. Thread-safe.
class HttpServer {
 public:
  static constexpr int kMaxConnections = 64;     // a further one ends the oldest
  static constexpr int kMaxRequestBytes = 8192;  // request line and headers; longer: 431
  static constexpr int kConnectionSeconds = 10;  // from accept to the last byte of the response

  // Called on the server's thread, one call at a time, so it should be quick.
  // `path` comes without a query.
  using Handler = std::function<HttpResponse(absl::string_view path)>;

  // Listens when it returns.
  //   host  a numeric address; "0.0.0.0" or "::" for all
  //   port  0: a free one, see port()
  // INVALID_ARGUMENT: not a numeric address. UNAVAILABLE: the address or port
  // cannot be had; the message says why.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& host, int port, Handler handler);

  // Ends open connections and joins the thread, after the call to the handler
  // that is running.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }

 private:
  HttpServer(int listener, int wake, int port, Handler handler);

  const int listener_;
  const int wake_;  // an eventfd; readable once the server shall stop
  const int port_;
  const Handler handler_;
  std::thread thread_;
};

}  // namespace dba

#endif  // DBA_COMMON_HTTP_SERVER_H_
