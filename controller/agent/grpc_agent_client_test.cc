// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/grpc_agent_client.h"

#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "controller/agent/agent_pool.h"
#include "controller/agent/channel_credentials.h"
#include "gmock/gmock.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "proto/dbaoperator/agent/v1/agent.grpc.pb.h"

namespace dba::agent {
namespace {

namespace v1 = ::dbaoperator::agent::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct FakeEpochs : public EpochSource {
  uint64_t Current() const override { return epoch; }
  void Outrun(uint64_t higher) override { seen = higher; }
  uint64_t epoch = 7;
  uint64_t seen = 0;
};

class ScriptedAgent : public v1::DatabaseAgent::Service {
 public:
  grpc::Status GetDatabase(grpc::ServerContext*, const v1::GetDatabaseRequest* request,
                           v1::GetDatabaseResponse* response) override {
    if (!failure.ok()) return failure;
    if (hang.valid()) hang.wait();
    preset = request->version_table().preset();
    response->set_engine(v1::ENGINE_MARIADB);
    response->set_port(3306);
    response->mutable_schema_version()->set_state(v1::SchemaVersion::STATE_KNOWN);
    response->mutable_schema_version()->add_versions("b");
    response->mutable_schema_version()->add_versions("a");
    return grpc::Status::OK;
  }

  grpc::Status EnsureAccount(grpc::ServerContext* context, const v1::EnsureAccountRequest* request,
                             v1::EnsureAccountResponse* response) override {
    ensured = *request;
    has_deadline = context->deadline() < std::chrono::system_clock::now() + std::chrono::hours(1);
    response->set_created(true);
    return grpc::Status::OK;
  }

  grpc::Status ProbeAccount(grpc::ServerContext*, const v1::ProbeAccountRequest*,
                            v1::ProbeAccountResponse* response) override {
    response->set_outcome(outcome);
    response->set_detail("because");
    return grpc::Status::OK;
  }

  grpc::Status ListAccounts(grpc::ServerContext*, const v1::ListAccountsRequest*,
                            v1::ListAccountsResponse* response) override {
    v1::Account* account = response->add_accounts();
    account->set_name("dba_1");
    account->set_locked(true);
    account->add_sessions()->mutable_since()->set_seconds(17);
    response->set_logins_in_flight(3);
    response->set_epoch(epoch);
    return grpc::Status::OK;
  }

  grpc::Status failure;
  uint64_t epoch = 0;
  std::shared_future<void> hang;
  v1::VersionTable::Preset preset = v1::VersionTable::PRESET_UNSPECIFIED;
  v1::EnsureAccountRequest ensured;
  v1::ProbeAccountResponse::Outcome outcome = v1::ProbeAccountResponse::OUTCOME_LOGGED_IN;
  bool has_deadline = false;
};

class GrpcAgentClientTest : public testing::Test {
 protected:
  GrpcAgentClientTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = pool_.Get(Address());
  }

  static AgentPoolOptions Options() {
    AgentPoolOptions options;
    options.max_channels = 2;
    options.reconnect_backoff = absl::Milliseconds(200);
    options.timeouts.read = absl::Milliseconds(500);
    return options;
  }

  std::string Address() const { return absl::StrCat("127.0.0.1:", port_); }

  ScriptedAgent service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  FakeEpochs epochs_;
  AgentPool pool_{grpc::InsecureChannelCredentials(), &epochs_, Options()};
  std::shared_ptr<AgentClient> client_;
};

TEST_F(GrpcAgentClientTest, ReadsTheDatabase) {
  ASSERT_OK_AND_ASSIGN(const api::DatabaseView view, client_->GetDatabase({"Alembic", ""}));
  EXPECT_EQ(service_.preset, v1::VersionTable::PRESET_ALEMBIC);
  EXPECT_EQ(view.engine, api::Engine::kMariadb);
  EXPECT_EQ(view.port, 3306);
  EXPECT_EQ(view.schema_version.state, api::SchemaVersion::State::kKnown);
  EXPECT_THAT(view.schema_version.versions, ElementsAre("a", "b"));
}

TEST_F(GrpcAgentClientTest, AnUnknownPresetIsRefusedHere) {
  EXPECT_THAT(client_->GetDatabase({"Flyway", ""}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Flyway")));
}

TEST_F(GrpcAgentClientTest, SendsAllOfAnAccountWithADeadline) {
  AccountRequest request;
  request.owner = "uid";
  request.name = "dba_m";
  request.kind = api::AccountKind::kMigrator;
  request.version = "v1";
  request.lock_timeout = absl::Milliseconds(1500);
  EXPECT_THAT(client_->EnsureAccount(request, Secret("hunter2")), IsOkAndHolds(true));
  EXPECT_EQ(service_.ensured.ShortDebugString(),
            "owner: \"uid\" name: \"dba_m\" kind: ACCOUNT_KIND_MIGRATOR "
            "version: \"v1\" password: \"hunter2\" "
            "lock_timeout { seconds: 1 nanos: 500000000 } epoch: 7");
  EXPECT_TRUE(service_.has_deadline);
}

TEST_F(GrpcAgentClientTest, ReadsAccounts) {
  ASSERT_OK_AND_ASSIGN(const api::AccountsView view, client_->ListAccounts("uid"));
  ASSERT_EQ(view.accounts.size(), 1u);
  EXPECT_TRUE(view.accounts[0].locked);
  EXPECT_EQ(view.accounts[0].sessions.at(0).since, absl::FromUnixSeconds(17));
  EXPECT_EQ(view.logins_in_flight, 3);
}

TEST_F(GrpcAgentClientTest, AHigherEpochInTheDatabaseEndsTheRound) {
  service_.epoch = 7;
  EXPECT_OK(client_->ListAccounts("uid"));
  EXPECT_EQ(epochs_.seen, 0u) << "7 is ours";
  service_.epoch = 8;
  const absl::Status fenced = client_->ListAccounts("uid").status();
  EXPECT_THAT(fenced, StatusIs(absl::StatusCode::kAborted, HasSubstr("epoch 8")));
  EXPECT_TRUE(AgentAnswered(fenced));
  EXPECT_EQ(epochs_.seen, 8u);
}

TEST_F(GrpcAgentClientTest, ARefusedLoginIsAnErrorWithoutThePassword) {
  EXPECT_OK(client_->ProbeAccount("dba_1", Secret("hunter2")));
  service_.outcome = v1::ProbeAccountResponse::OUTCOME_REFUSED;
  const absl::Status refused = client_->ProbeAccount("dba_1", Secret("hunter2"));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("because")));
  EXPECT_THAT(refused.ToString(), Not(HasSubstr("hunter2")));
  EXPECT_FALSE(IsRefusedForLock(refused));
  service_.outcome = v1::ProbeAccountResponse::OUTCOME_LOCKED;
  const absl::Status locked = client_->ProbeAccount("dba_1", Secret("hunter2"));
  EXPECT_THAT(locked, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is locked")));
  EXPECT_TRUE(IsRefusedForLock(locked));
  service_.outcome = v1::ProbeAccountResponse::OUTCOME_UNSPECIFIED;
  EXPECT_THAT(client_->ProbeAccount("dba_1", Secret("hunter2")), StatusIs(absl::StatusCode::kUnknown));
}

TEST_F(GrpcAgentClientTest, AnErrorOfTheAgentIsAnAnswer) {
  for (const auto code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED, grpc::StatusCode::UNAUTHENTICATED}) {
    service_.failure = grpc::Status(code, "the database says no");
    const absl::Status status = client_->GetDatabase({"Alembic", ""}).status();
    EXPECT_THAT(status, StatusIs(static_cast<absl::StatusCode>(code), HasSubstr("the database says no")));
    EXPECT_TRUE(AgentAnswered(status)) << status;
  }
}

TEST_F(GrpcAgentClientTest, ASilentAgentDidNotAnswer) {
  std::promise<void> release;
  service_.hang = release.get_future().share();
  const absl::Status status = client_->GetDatabase({"Alembic", ""}).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(Address())));
  EXPECT_FALSE(AgentAnswered(status));
  release.set_value();
}

TEST_F(GrpcAgentClientTest, AnAbsentAgentDidNotAnswer) {
  server_->Shutdown();
  const absl::Status status = client_->GetDatabase({"Alembic", ""}).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(AgentAnswered(status)) << status;
}

TEST_F(GrpcAgentClientTest, ThePoolGivesUpTheLeastRecentlyUsed) {
  EXPECT_EQ(pool_.Get(Address()), client_);
  pool_.Get("127.0.0.1:1");
  EXPECT_EQ(pool_.Get(Address()), client_);
  pool_.Get("127.0.0.1:2");
  EXPECT_EQ(pool_.size(), 2u);
  EXPECT_EQ(pool_.Get(Address()), client_);
  EXPECT_OK(client_->GetDatabase({"Alembic", ""}));
}

TEST(ChannelCredentialsTest, SaysWhichFlagsAreMissing) {
  EXPECT_THAT(MakeChannelCredentials({}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--agent_ca")));
  EXPECT_THAT(MakeChannelCredentials({true, "ca", "", ""}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MakeChannelCredentials({false, "/none/ca", "/none/cert", "/none/key"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/ca")));
  EXPECT_OK(MakeChannelCredentials({true, "", "", ""}));
}

}  // namespace
}  // namespace dba::agent
