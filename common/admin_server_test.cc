// SPDX-License-Identifier: Apache-2.0
#include "common/admin_server.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace dba {
namespace {

using ::testing::HasSubstr;

class AdminServerTest : public testing::Test {
 protected:
  void SetUp() override {
    prometheus::BuildCounter().Name("dba_tries_total").Help("Tries.").Register(*registry_).Add({}).Increment(3);
    AdminServer::Options options;
    options.host = "127.0.0.1";
    options.metrics = {registry_};
    options.readiness = [this] { return ready_ ? absl::OkStatus() : absl::UnavailableError("not leading"); };
    ASSERT_OK_AND_ASSIGN(server_, AdminServer::Start(std::move(options)));
  }

  httplib::Result Get(const char* path) { return httplib::Client("127.0.0.1", server_->port()).Get(path); }

  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::atomic<bool> ready_ = true;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ServesMetricsAsText) {
  const httplib::Result response = Get("/metrics");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response->body, HasSubstr("# TYPE dba_tries_total counter\ndba_tries_total 3\n"));
}

TEST_F(AdminServerTest, ReadinessFollowsTheCheckAndGivesItsReason) {
  EXPECT_EQ(Get("/readyz")->status, 200);
  ready_ = false;
  const httplib::Result response = Get("/readyz");
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->body, "not leading\n");
  EXPECT_EQ(Get("/healthz")->status, 200);
}

TEST_F(AdminServerTest, AnUnknownPathIsNotFound) { EXPECT_EQ(Get("/secrets")->status, 404); }

}  // namespace
}  // namespace dba
