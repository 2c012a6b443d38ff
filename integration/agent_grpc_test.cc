// SPDX-License-Identifier: Apache-2.0
//
// The real dba-agent over gRPC in front of a real PostgreSQL: what a controller sees, in good and in bad times.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/grpc_status.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "common/testing/wait_for.h"
#include "integration/agent_process.h"
#include "integration/postgres_under_test.h"
#include "proto/grpc/health/v1/health.grpc.pb.h"

namespace dba::agent {
namespace {

namespace v1 = dbaoperator::agent::v1;

constexpr char kPassword[] = "canary-3f9a-application";
constexpr absl::Duration kEnough = absl::Seconds(20);

class AgentGrpcTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(SharedPostgres(), nullptr);
    test_ = std::make_unique<PostgresUnderTest>(SharedPostgres(), PgAdmin::kCreateRoleAndDatabaseOwner);
    ASSERT_OK_AND_ASSIGN(agent_, AgentProcess::Start(Keys("admin-password"), {"--max_connections=3"}));
  }
  AgentProcess::Keys Keys(const std::string& password) const {
    return {{"host", "127.0.0.1"},      {"port", absl::StrCat(SharedPostgres()->port())},
            {"engine", "postgresql"},   {"dbname", "shop"},
            {"username", "shop_admin"}, {"password", password}};
  }
  absl::StatusOr<v1::GetDatabaseResponse> Get(absl::Duration limit = kEnough) {
    v1::GetDatabaseRequest request;
    request.mutable_version_table()->set_preset(v1::VersionTable::PRESET_ALEMBIC);
    v1::GetDatabaseResponse response;
    const absl::Status status = FromGrpcStatus(agent_->stub().GetDatabase(Within(limit).get(), request, &response));
    if (!status.ok()) return status;
    return response;
  }
  v1::SchemaVersion Version() {
    const absl::StatusOr<v1::GetDatabaseResponse> response = Get();
    EXPECT_OK(response);
    return response.ok() ? response->schema_version() : v1::SchemaVersion();
  }
  absl::Status Ensure(const std::string& name) {
    v1::EnsureAccountRequest request;
    request.set_owner("owner-1");
    request.set_name(name);
    request.set_kind(v1::ACCOUNT_KIND_APPLICATION);
    request.set_privileges(v1::PRIVILEGES_READ_WRITE);
    request.set_version("v1");
    request.set_password(kPassword);
    v1::EnsureAccountResponse response;
    return FromGrpcStatus(agent_->stub().EnsureAccount(Within(kEnough).get(), request, &response));
  }
  absl::Status Lock(const std::string& name) {
    v1::LockAccountRequest request;
    request.set_owner("owner-1");
    request.set_name(name);
    v1::LockAccountResponse response;
    return FromGrpcStatus(agent_->stub().LockAccount(Within(kEnough).get(), request, &response));
  }
  absl::Status Drop(const std::string& name) {
    v1::DropAccountRequest request;
    request.set_owner("owner-1");
    request.set_name(name);
    v1::DropAccountResponse response;
    return FromGrpcStatus(agent_->stub().DropAccount(Within(kEnough).get(), request, &response));
  }
  std::unique_ptr<PostgresUnderTest> test_;
  std::unique_ptr<AgentProcess> agent_;
};

TEST_F(AgentGrpcTest, ReadsTheSchemaVersion) {
  const size_t before = SharedPostgres()->Log().size();
  EXPECT_EQ(Version().state(), v1::SchemaVersion::STATE_NONE);
  EXPECT_FALSE(absl::StrContains(SharedPostgres()->Log().substr(before), "ERROR")) << "nothing is wrong before v1";
  test_->Run("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
  EXPECT_EQ(Version().state(), v1::SchemaVersion::STATE_UNKNOWN) << "the admin may not read it";
  test_->Run("GRANT SELECT ON alembic_version TO shop_admin");
  EXPECT_EQ(Version().state(), v1::SchemaVersion::STATE_NONE);
  test_->Run("INSERT INTO alembic_version VALUES ('b2'), ('a1')");
  const v1::SchemaVersion version = Version();
  EXPECT_EQ(version.state(), v1::SchemaVersion::STATE_KNOWN);
  ASSERT_EQ(version.versions_size(), 2);
  EXPECT_EQ(version.versions(0), "a1");
  test_->Run("CREATE SCHEMA hidden; ALTER TABLE alembic_version SET SCHEMA hidden");
  EXPECT_EQ(Version().state(), v1::SchemaVersion::STATE_UNKNOWN) << "out of reach is not absent";
}

TEST_F(AgentGrpcTest, RequiresADeadline) {
  grpc::ClientContext context;
  v1::ListAccountsRequest request;
  request.set_owner("owner-1");
  v1::ListAccountsResponse response;
  EXPECT_THAT(FromGrpcStatus(agent_->stub().ListAccounts(&context, request, &response)),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("deadline")));
}

TEST_F(AgentGrpcTest, ServesHealth) {
  grpc::health::v1::HealthCheckRequest request;
  grpc::health::v1::HealthCheckResponse response;
  const auto stub = grpc::health::v1::Health::NewStub(agent_->channel());
  EXPECT_OK(FromGrpcStatus(stub->Check(Within(kEnough).get(), request, &response)));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST_F(AgentGrpcTest, NewCredentialsAreUsedWithoutARestart) {
  ASSERT_OK(Get());
  agent_->Swap(Keys("wrong"));
  EXPECT_THAT(Get(), StatusIs(absl::StatusCode::kUnauthenticated, testing::HasSubstr("admin credentials")));
  test_->Run("ALTER ROLE shop_admin PASSWORD 'second''s \"@:/% \xc3\xa9'");
  agent_->Swap(Keys("second's \"@:/% \xc3\xa9\n"));
  EXPECT_OK(Get());
  agent_->Swap({{"host", "db"}});
  EXPECT_THAT(Get(), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("engine")));
}

TEST_F(AgentGrpcTest, AFrozenServerHoldsNoCallPastItsDeadline) {
  ASSERT_OK(Get());
  SharedPostgres()->Freeze();
  for (const int callers : {3, 6}) {  // as many as there are connections, and more
    std::vector<absl::StatusCode> codes(callers);
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([this, &code = codes[i]] {
        const absl::Time start = absl::Now();
        code = Get(absl::Seconds(1)).status().code();
        EXPECT_LT(absl::Now() - start, absl::Seconds(2));
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const absl::StatusCode code : codes) {
      const bool waited_for_others = callers > 3 && code == absl::StatusCode::kResourceExhausted;
      EXPECT_TRUE(code == absl::StatusCode::kDeadlineExceeded || code == absl::StatusCode::kUnavailable ||
                  waited_for_others)
          << code;
    }
  }
  SharedPostgres()->Thaw();
  EXPECT_TRUE(WaitFor([this] { return Get().ok(); }));
}

TEST_F(AgentGrpcTest, HealsWhenTheServerComesBack) {
  ASSERT_OK(Get());
  SharedPostgres()->Kill();
  EXPECT_THAT(Get(absl::Seconds(2)), StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_OK(SharedPostgres()->StartAgain());
  EXPECT_OK(Get());
}

TEST_F(AgentGrpcTest, KeepsItsConnectionsBounded) {
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back([this] { EXPECT_OK(Get()); });
  for (std::thread& caller : callers) caller.join();
  const std::string count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dba-agent'";
  EXPECT_TRUE(WaitFor([&] { return std::stoi(test_->Run(count)) <= 2; }));
}

TEST_F(AgentGrpcTest, DropIsRefusedWhileALoginIsInFlight) {
  ASSERT_OK(Ensure("dba_a"));  // the agent has its connection before logins become slow
  test_->Run("ALTER SYSTEM SET post_auth_delay = 6");
  test_->Run("SELECT pg_reload_conf()");
  ASSERT_TRUE(WaitFor([&] { return test_->Run("SHOW post_auth_delay") == "6s"; }));
  // A login that has passed the check of rolcanlogin shows nothing but a lock for 6 s. One that the lock overtook
  // before that check proves nothing: the next one is tried.
  bool passed = false;
  for (int attempt = 0; attempt < 20 && !passed; ++attempt) {
    ASSERT_OK(Ensure("dba_a"));
    std::thread login([&] { passed = test_->RunAs("dba_a", kPassword, "SELECT 1").ok(); });
    EXPECT_TRUE(WaitFor([&] {
      v1::ListAccountsRequest request;
      request.set_owner("owner-1");
      v1::ListAccountsResponse response;
      EXPECT_OK(FromGrpcStatus(agent_->stub().ListAccounts(Within(kEnough).get(), request, &response)));
      return response.logins_in_flight() > 0;
    }));
    EXPECT_OK(Lock("dba_a"));
    const absl::Status drop = Drop("dba_a");
    login.join();
    if (!passed) continue;
    EXPECT_THAT(drop, StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("in flight")));
  }
  EXPECT_TRUE(passed);
  EXPECT_TRUE(WaitFor([&] { return Drop("dba_a").ok(); }));
  EXPECT_OK(SharedPostgres()->Run("postgres", "ALTER SYSTEM RESET post_auth_delay"));
  EXPECT_OK(SharedPostgres()->Run("postgres", "SELECT pg_reload_conf()"));
}

TEST_F(AgentGrpcTest, MetricsPassPromtool) {
  test_->Run(
      "CREATE TABLE image (id serial, x int); INSERT INTO image (x) VALUES (1); ANALYZE image; "
      "GRANT SELECT ON image, image_id_seq TO shop_admin");
  v1::ConfigureDataMetricsRequest request;
  request.set_database("shop/main");
  request.set_digest("d1");
  request.mutable_metrics()->add_table_rows("image");
  request.mutable_metrics()->add_next_ids("image");
  v1::DataMetrics::Query* query = request.mutable_metrics()->add_queries();
  query->set_name("database_images");
  query->set_help("Images.");
  query->set_query("SELECT count(*) FROM image;");
  v1::ConfigureDataMetricsResponse response;
  ASSERT_OK(FromGrpcStatus(agent_->stub().ConfigureDataMetrics(Within(kEnough).get(), request, &response)));
  std::string text;
  EXPECT_TRUE(WaitFor([&] {
    text = agent_->Scrape().value_or("");
    return absl::StrContains(text, "database_images{database=\"shop/main\"} 1") &&
           absl::StrContains(text, "database_table_rows_estimate{database=\"shop/main\",table=\"image\"} 1") &&
           absl::StrContains(text, "database_table_next_id{database=\"shop/main\",table=\"image\"} 2");
  })) << text;
  ASSERT_OK_AND_ASSIGN(const v1::GetDatabaseResponse database, Get());
  EXPECT_EQ(database.data_metrics_digest(), "d1");
  Subprocess::Options options;
  options.args = {"promtool", "check", "metrics"};
  options.stdin_text = text;
  ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST_F(AgentGrpcTest, NoPasswordLeavesTheAgent) {
  ASSERT_OK(Ensure("dba_a"));
  ASSERT_OK(Ensure("dba_a"));
  v1::ProbeAccountRequest request;
  request.set_name("dba_a");
  request.set_password(absl::StrCat(kPassword, "x"));
  v1::ProbeAccountResponse response;
  ASSERT_OK(FromGrpcStatus(agent_->stub().ProbeAccount(Within(kEnough).get(), request, &response)));
  EXPECT_EQ(response.outcome(), v1::ProbeAccountResponse::OUTCOME_REFUSED);
  EXPECT_FALSE(absl::StrContains(response.detail(), kPassword));
  EXPECT_TRUE(absl::StrContains(SharedPostgres()->Log(), "ALTER ROLE \"dba_a\"")) << "the server logs every statement";
  EXPECT_FALSE(absl::StrContains(SharedPostgres()->Log(), kPassword));
  EXPECT_FALSE(absl::StrContains(agent_->process().Stderr(), kPassword));
  EXPECT_FALSE(absl::StrContains(agent_->process().Stderr(), "admin-password"));
  EXPECT_FALSE(absl::StrContains(agent_->Scrape().value_or(""), kPassword));
}

TEST(AgentFlagsTest, RefusesToServeWithoutTls) {
  Subprocess::Options options;
  options.args = {"dbagent/dba-agent", "--credentials_dir=/tmp"};
  ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
  EXPECT_NE(result.exit_code, 0);
  EXPECT_TRUE(absl::StrContains(result.err, "--tls_client_ca")) << result.err;
}

}  // namespace
}  // namespace dba::agent
