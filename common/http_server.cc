// SPDX-License-Identifier: Apache-2.0
#include "common/http_server.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <list>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace dba {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Connection {
  int fd;
  SteadyTime deadline;
  std::string in;
  std::string out;  // the whole response, once the request is complete
  size_t written = 0;
};

absl::string_view Reason(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string Serialize(const HttpResponse& response, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", response.code, " ", Reason(response.code),
                      "\r\nContent-Type: ", response.content_type, "\r\nContent-Length: ", response.body.size(),
                      response.code == 405 ? "\r\nAllow: GET, HEAD" : "", "\r\nConnection: close\r\n\r\n",
                      with_body ? response.body : "");
}

std::string Respond(absl::string_view head, const HttpServer::Handler& handler) {
  const absl::string_view line = head.substr(0, head.find("\r\n"));
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || !absl::StartsWith(words[1], "/") || !absl::StartsWith(words[2], "HTTP/1.")) {
    return Serialize({400, "text/plain", "not an HTTP/1 request\n"}, true);
  }
  const bool get = words[0] == "GET";
  if (!get && words[0] != "HEAD") return Serialize({405, "text/plain", "only GET and HEAD\n"}, true);
  return Serialize(handler(words[1].substr(0, words[1].find('?'))), get);
}

// The connections of one server; used by its thread alone.
class Loop {
 public:
  Loop(int listener, int wake, const HttpServer::Handler& handler)
      : listener_(listener), wake_(wake), handler_(handler) {}
  ~Loop() {
    for (const Connection& connection : connections_) close(connection.fd);
  }

  void Run() {
    while (true) {
      std::vector<pollfd> fds = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const Connection& connection : connections_) {
        fds.push_back({connection.fd, static_cast<short>(connection.out.empty() ? POLLIN : POLLOUT), 0});
      }
      poll(fds.data(), fds.size(), Timeout());
      if (fds[0].revents != 0) return;
      Serve(fds);
      if (fds[1].revents != 0) Accept();
    }
  }

 private:
  // Milliseconds until the oldest connection must end; -1: there is none.
  int Timeout() const {
    if (connections_.empty()) return -1;
    const auto left = connections_.front().deadline - std::chrono::steady_clock::now();
    return std::max<int>(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  // `fds` holds the connections from index 2 on, in their order.
  void Serve(const std::vector<pollfd>& fds) {
    const SteadyTime now = std::chrono::steady_clock::now();
    size_t index = 2;
    for (auto it = connections_.begin(); it != connections_.end(); ++index) {
      const bool keep = it->deadline > now && (fds[index].revents == 0 || Step(*it));
      if (!keep) close(it->fd);
      it = keep ? std::next(it) : connections_.erase(it);
    }
  }

  // Reads or writes what is possible now. False when the connection has ended.
  bool Step(Connection& connection) {
    if (connection.out.empty() && !Read(connection)) return false;
    if (connection.out.empty()) return true;
    const ssize_t count = send(connection.fd, connection.out.data() + connection.written,
                               connection.out.size() - connection.written, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    connection.written += static_cast<size_t>(count);
    if (connection.written < connection.out.size()) return true;
    shutdown(connection.fd, SHUT_WR);
    return false;
  }

  bool Read(Connection& connection) {
    char buffer[HttpServer::kMaxRequestBytes];
    const ssize_t count = recv(connection.fd, buffer, sizeof(buffer), 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    connection.in.append(buffer, static_cast<size_t>(count));
    const size_t end = connection.in.find("\r\n\r\n");
    if (end <= HttpServer::kMaxRequestBytes) {  // npos is larger
      connection.out = Respond(absl::string_view(connection.in).substr(0, end + 2), handler_);
    } else if (connection.in.size() > HttpServer::kMaxRequestBytes) {
      connection.out = Serialize({431, "text/plain", "request too long\n"}, true);
    }
    return true;
  }

  void Accept() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      // Without a free descriptor the listener stays readable: pause, so that
      // the loop does not spin until one is closed.
      pollfd wake = {wake_, POLLIN, 0};
      if (errno == EMFILE || errno == ENFILE) poll(&wake, 1, 100);
      return;
    }
    if (connections_.size() == HttpServer::kMaxConnections) {
      close(connections_.front().fd);
      connections_.pop_front();
    }
    connections_.push_back(
        {fd, std::chrono::steady_clock::now() + std::chrono::seconds(HttpServer::kConnectionSeconds), "", ""});
  }

  const int listener_;
  const int wake_;
  const HttpServer::Handler& handler_;
  std::list<Connection> connections_;  // oldest first
};

absl::StatusOr<int> Listen(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* address = nullptr;
  if (getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &address) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", host, "\" port ", port, " is no numeric address; use for example 0.0.0.0 or ::"));
  }
  const absl::Cleanup free_address = [address] { freeaddrinfo(address); };
  const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, "");
    if (fd >= 0) close(fd);
    return absl::UnavailableError(absl::StrCat("listen on ", host, " port ", port, status.message()));
  }
  return fd;
}

int PortOf(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  char port[NI_MAXSERV] = "0";
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port, sizeof(port), NI_NUMERICSERV);
  return atoi(port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& host, int port, Handler handler) {
  absl::StatusOr<int> listener = Listen(host, port);
  if (!listener.ok()) return listener.status();
  const int wake = eventfd(0, EFD_CLOEXEC);
  if (wake < 0) {
    close(*listener);
    return absl::UnavailableError("no file descriptor is free; raise the limit of open files");
  }
  return std::unique_ptr<HttpServer>(new HttpServer(*listener, wake, PortOf(*listener), std::move(handler)));
}

HttpServer::HttpServer(int listener, int wake, int port, Handler handler)
    : listener_(listener), wake_(wake), port_(port), handler_(std::move(handler)), thread_([this] {
        Loop(listener_, wake_, handler_).Run();
      }) {}

HttpServer::~HttpServer() {
  eventfd_write(wake_, 1);
  thread_.join();
  close(listener_);
  close(wake_);
}

}  // namespace dba
