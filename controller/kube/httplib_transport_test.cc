// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/httplib_transport.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"

namespace dba::kube {
namespace {

using testing::HasSubstr;

// A flag that a handler waits for, with an end to its patience.
class Gate {
 public:
  void Open() {
    MutexLock lock(&mu_);
    open_ = true;
    changed_.SignalAll();
  }
  bool Wait() {
    MutexLock lock(&mu_);
    while (!open_) {
      if (!changed_.WaitFor(&mu_, absl::Seconds(10))) return false;
    }
    return true;
  }

 private:
  Mutex mu_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mu_) = false;
};

class Server {
 public:
  explicit Server(int port = 0) {
    server_.set_keep_alive_timeout(1);
    const auto echo = [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(
          absl::StrCat(request.method, " ", request.target, " auth=", request.get_header_value("Authorization"),
                       " agent=", request.get_header_value("User-Agent"), " body=", request.body),
          "application/json");
    };
    server_.Get("/echo", echo);
    server_.Post("/echo", echo);
    server_.Patch("/echo", echo);
    server_.Get("/refused", [](const httplib::Request&, httplib::Response& response) {
      response.status = 410;
      response.set_content("gone", "application/json");
    });
    server_.Get("/moved", [](const httplib::Request&, httplib::Response& response) { response.set_redirect("/echo"); });
    server_.Get("/hang", [this](const httplib::Request&, httplib::Response&) { release_.Wait(); });
    server_.Get("/huge", [](const httplib::Request&, httplib::Response& response) {
      response.set_content_provider(size_t{65} << 20, "application/json",
                                    [](size_t, size_t left, httplib::DataSink& sink) {
                                      static const auto& block = *new std::string(1 << 20, 'x');
                                      return sink.write(block.data(), std::min(left, block.size()));
                                    });
    });
    server_.Get("/stream", [this](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("application/json", [this](size_t offset, httplib::DataSink& sink) {
        if (offset == 0) return sink.write("one\n", 4);
        release_.Wait();
        sink.done();
        return true;
      });
    });
    port_ = port == 0 ? server_.bind_to_any_port("127.0.0.1") : (server_.bind_to_port("127.0.0.1", port) ? port : -1);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Server() {
    release_.Open();
    server_.stop();
    thread_.join();
  }
  int port() const { return port_; }
  void Release() { release_.Open(); }

 private:
  httplib::Server server_;
  Gate release_;
  int port_ = 0;
  std::thread thread_;
};

class HttplibTransportTest : public testing::Test {
 protected:
  HttplibTransportTest() : server_(std::make_unique<Server>()) {
    ApiServerConfig config;
    config.tls = false;
    config.host = "127.0.0.1";
    config.port = server_->port();
    credentials_.emplace(std::move(config), &clock_);
    transport_.emplace(&*credentials_, &clock_, "dba/1");
  }
  static HttpRequest Request(const std::string& method, const std::string& target) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    return request;
  }

  RealClock clock_;
  std::unique_ptr<Server> server_;
  std::optional<CredentialSource> credentials_;
  std::optional<HttplibTransport> transport_;
};

TEST_F(HttplibTransportTest, SendsWhatItIsGivenAndNothingElse) {
  HttpRequest request = Request("PATCH", "/echo?a=%2B%20b&force=true");
  request.content_type = "application/apply-patch+yaml";
  request.body = "{}";
  request.bearer_token = Secret("t0k");
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, transport_->Do(request));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "PATCH /echo?a=%2B%20b&force=true auth=Bearer t0k agent=dba/1 body={}");
}

TEST_F(HttplibTransportTest, ReturnsARefusalWithItsBody) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, transport_->Do(Request("GET", "/refused")));
  EXPECT_EQ(response.status, 410);
  EXPECT_EQ(response.body, "gone");
  const auto never = [](absl::string_view) { return true; };
  ASSERT_OK_AND_ASSIGN(const HttpResponse streamed, transport_->Stream(Request("GET", "/refused"), never, StopToken()));
  EXPECT_EQ(streamed.status, 410);
  EXPECT_EQ(streamed.body, "gone");
}

TEST_F(HttplibTransportTest, DoesNotFollowRedirects) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, transport_->Do(Request("GET", "/moved")));
  EXPECT_EQ(response.status, 302);
}

TEST_F(HttplibTransportTest, BoundsTheWholeCall) {
  HttpRequest request = Request("GET", "/hang");
  request.timeout = absl::Milliseconds(50);
  EXPECT_THAT(transport_->Do(request), StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no answer in 50ms")));
}

TEST_F(HttplibTransportTest, BoundsTheBody) {
  EXPECT_THAT(transport_->Do(Request("GET", "/huge")), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(HttplibTransportTest, RefusesControlCharacters) {
  EXPECT_THAT(transport_->Do(Request("GET", "/echo\r\nX: 1")), StatusIs(absl::StatusCode::kInvalidArgument));
  HttpRequest request = Request("GET", "/echo");
  request.bearer_token = Secret("a\r\nX: 1");
  EXPECT_THAT(transport_->Do(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(HttplibTransportTest, SurvivesARestartOfTheServer) {
  ASSERT_OK(transport_->Do(Request("GET", "/echo")));
  const int port = server_->port();
  server_.reset();
  EXPECT_THAT(transport_->Do(Request("GET", "/echo")), StatusIs(absl::StatusCode::kUnavailable));
  server_ = std::make_unique<Server>(port);
  EXPECT_OK(transport_->Do(Request("GET", "/echo")));
}

TEST_F(HttplibTransportTest, StreamsUntilTheServerEnds) {
  std::string bytes;
  const auto collect = [&](absl::string_view part) {
    absl::StrAppend(&bytes, part);
    server_->Release();
    return true;
  };
  ASSERT_OK_AND_ASSIGN(const HttpResponse end, transport_->Stream(Request("GET", "/stream"), collect, StopToken()));
  EXPECT_EQ(end.status, 200);
  EXPECT_EQ(bytes, "one\n");
}

TEST_F(HttplibTransportTest, StreamsUntilTheCallerEnds) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse end,
                       transport_->Stream(
                           Request("GET", "/stream"), [](absl::string_view) { return false; }, StopToken()));
  EXPECT_EQ(end.status, 200);
}

TEST_F(HttplibTransportTest, AStopEndsAQuietStream) {
  StopSource stop;
  Gate heard;
  std::thread stopper([&] {
    heard.Wait();
    stop.RequestStop();
  });
  const auto note = [&](absl::string_view) {
    heard.Open();
    return true;
  };
  EXPECT_THAT(transport_->Stream(Request("GET", "/stream"), note, stop.Token()),
              StatusIs(absl::StatusCode::kCancelled));
  stopper.join();
}

TEST_F(HttplibTransportTest, AStopBeforeTheStreamPreventsIt) {
  StopSource stop;
  stop.RequestStop();
  const auto never = [](absl::string_view) { return true; };
  EXPECT_THAT(transport_->Stream(Request("GET", "/stream"), never, stop.Token()),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace dba::kube
