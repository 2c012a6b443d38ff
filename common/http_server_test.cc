// SPDX-License-Identifier: Apache-2.0
#include "common/http_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  int Connect() const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }

  static void Send(int fd, const std::string& text) {
    EXPECT_EQ(send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }

  static std::string ReadToEnd(int fd) {
    std::string text;
    char buffer[65536];
    for (ssize_t count; (count = recv(fd, buffer, sizeof(buffer), 0)) > 0;)
      text.append(buffer, static_cast<size_t>(count));
    close(fd);
    return text;
  }

  std::string Exchange(const std::string& request) const {
    const int fd = Connect();
    Send(fd, request);
    return ReadToEnd(fd);
  }

  const std::string large_ = std::string(8 << 20, 'x');
  const std::unique_ptr<HttpServer> server_ = *HttpServer::Start("127.0.0.1", 0, [this](absl::string_view path) {
    if (path == "/large") return HttpResponse{200, "text/plain", large_};
    if (path == "/down") return HttpResponse{503, "text/plain", "down\n"};
    return HttpResponse{200, "text/plain", absl::StrCat("path ", path, "\n")};
  });
};

TEST_F(HttpServerTest, AnswersGetWithoutTheQuery) {
  const std::string response = Exchange("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\npath /a\n"));
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  EXPECT_THAT(Exchange("HEAD /a HTTP/1.0\r\n\r\n"), EndsWith("Connection: close\r\n\r\n"));
}

TEST_F(HttpServerTest, PassesTheHandlersCodeOn) {
  EXPECT_THAT(Exchange("GET /down HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(HttpServerTest, SendsAResponseLargerThanTheSocketsBuffer) {
  const std::string response = Exchange("GET /large HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(absl::EndsWith(response, large_));
}

TEST_F(HttpServerTest, JoinsARequestThatComesInPieces) {
  const int fd = Connect();
  for (const char c : std::string("GET /p HTTP/1.1\r\n\r\n")) Send(fd, std::string(1, c));
  EXPECT_THAT(ReadToEnd(fd), EndsWith("path /p\n"));
}

TEST_F(HttpServerTest, RefusesOtherMethodsAndNonsense) {
  EXPECT_THAT(Exchange("POST /a HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Exchange("hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Exchange("GET a HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Exchange("GET /a SPDY/3\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, RefusesALongHead) {
  // One byte over the limit, so that nothing unread is left to turn the close
  // into a reset.
  const std::string start = "GET /a HTTP/1.1\r\nX: ";
  EXPECT_THAT(Exchange(start + std::string(HttpServer::kMaxRequestBytes + 1 - start.size(), 'x')),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, IdleConnectionsDoNotKeepOthersOut) {
  std::vector<int> idle;
  for (int i = 0; i < 2 * HttpServer::kMaxConnections; ++i) idle.push_back(Connect());
  EXPECT_THAT(Exchange("GET /a HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(ReadToEnd(idle.front()), "") << "the oldest idle connection should have been ended";
  for (size_t i = 1; i < idle.size(); ++i) close(idle[i]);
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  EXPECT_THAT(HttpServer::Start("127.0.0.1", server_->port(), nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Address already in use")));
  EXPECT_THAT(HttpServer::Start("localhost", 0, nullptr), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HttpServerStopTest, EndsWithAnIdleConnectionOpen) {
  auto server = *HttpServer::Start("::1", 0, [](absl::string_view) { return HttpResponse(); });
  EXPECT_GT(server->port(), 0);
  server.reset();
}

}  // namespace
}  // namespace dba
