// SPDX-License-Identifier: Apache-2.0
//
// Two controllers, one Lease: the first hangs in the middle of an effect until the second leads, and then goes on. Its
// late call is refused by the database, on a real API server and PostgreSQL.
#include <signal.h>

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "controller/agent/agent_pool.h"
#include "gmock/gmock.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "integration/operator_harness.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

PodResult Migrate(PostgresEnv& postgres, const std::string& migration,
                  const std::map<std::string, std::string>& secret) {
  const std::string sql = absl::StrCat(
      "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32)); CREATE TABLE made_by_", migration,
      " (id INT); DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('", migration, "')");
  const auto ran = postgres.RunAs(secret.at("username"), secret.at("password"), secret.at("dbname"), sql);
  return {ran.ok(), std::string(ran.status().message())};
}

// proc(5): the state stands after the name of the program, which is in parentheses.
bool IsStopped(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  return absl::StrContains(line, ") T ");
}

uint64_t EpochOfLease(kube::KubeClient& kube, const std::string& name_space) {
  const absl::StatusOr<json> lease = kube.Get(kube::kLeases, {name_space, "dba-controller"});
  uint64_t epoch = 0;
  if (!lease.ok()) return epoch;
  const json annotations = lease->at("metadata").value("annotations", json::object());
  EXPECT_TRUE(absl::SimpleAtoi(annotations.value("dbaoperator.dev/epoch", ""), &epoch)) << lease->dump();
  return epoch;
}

struct OldEpoch : public agent::EpochSource {
  explicit OldEpoch(uint64_t current) : epoch(current) {}
  uint64_t Current() const override { return epoch; }
  void Outrun(uint64_t seen) override { outrun = seen; }
  const uint64_t epoch;
  uint64_t outrun = 0;
};

TEST(FenceTest, ALateCallOfAnEarlierLeaderIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto kube, KubeEnv::Start());
  ASSERT_OK_AND_ASSIGN(const auto postgres, PostgresEnv::Start());
  ASSERT_OK(postgres->Run("postgres", "CREATE DATABASE fence"));
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start({{"engine", "postgresql"},
                                                              {"host", "127.0.0.1"},
                                                              {"port", absl::StrCat(postgres->port())},
                                                              {"dbname", "fence"},
                                                              {"username", "postgres"},
                                                              {"password", postgres->superuser_password()}}));
  OperatorHarness harness(kube.get(), "fence", [&](const std::string& migration, const auto& secret) {
    return Migrate(*postgres, migration, secret);
  });
  harness.CreateChain(3);
  harness.StartController({"--leader_elect=true", "--lease_namespace=fence", "--pause_at=LockAccount.before#3"},
                          "controller/dba-controller-faults");
  harness.CreateDatabase("shop", agent->address(), "v2");
  harness.AwaitReason("shop", "UpToDate");
  const std::string account = harness.SecretData("shop-v1").at("username");
  const uint64_t first_epoch = EpochOfLease(harness.kube(), "fence");

  // The migrators of v1 and v2 were locked before; the third lock is that of v1's credential, which v3 does not fit.
  harness.SetDesired("shop", "v3");
  const pid_t first = harness.controller().pid();
  ASSERT_TRUE(harness.Await([&] { return IsStopped(first); })) << harness.controller().Stderr();
  harness.SetDesired("shop", "v2");
  const std::unique_ptr<Subprocess> late = harness.TakeController();
  harness.StartController({"--leader_elect=true", "--lease_namespace=fence"});
  ASSERT_TRUE(harness.Await([&] { return EpochOfLease(harness.kube(), "fence") > first_epoch; }));
  harness.AwaitReason("shop", "UpToDate");
  ASSERT_TRUE(harness.Await([&] { return absl::StrContains(harness.controller().Stderr(), "\"leading\""); }));
  ASSERT_TRUE(harness.Await([&] {
    const auto epoch =
        postgres->Run("fence", "SELECT max(description) FROM pg_shdescription WHERE description LIKE '%epoch%'");
    return epoch.ok() && absl::StrContains(*epoch, absl::StrCat(EpochOfLease(harness.kube(), "fence")));
  })) << "the new leader makes itself known to the database";

  late->Signal(SIGCONT);
  ASSERT_OK_AND_ASSIGN(const int exit_code, late->Wait());
  EXPECT_EQ(exit_code, 1) << "it ends, because it no longer leads";
  // Whether its own call still left before the end of the process is a race; the same call in its name is none.
  OldEpoch old(first_epoch);
  agent::AgentPool agents(grpc::InsecureChannelCredentials(), &old, {});
  const std::string uid = harness.Uid("shop");
  EXPECT_THAT(agents.Get(agent->address())->LockAccount(uid, account),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("fenced")));
  EXPECT_EQ(old.outrun, 0u);
  EXPECT_THAT(agents.Get(agent->address())->ListAccounts(uid), StatusIs(absl::StatusCode::kAborted));
  EXPECT_GT(old.outrun, first_epoch);
  const auto secret = harness.SecretData("shop-v1");
  EXPECT_EQ(secret.at("username"), account);
  EXPECT_OK(postgres->RunAs(account, secret.at("password"), "fence", "SELECT 1")) << "nobody locked it";
  EXPECT_EQ(harness.AwaitReason("shop", "UpToDate"), "the schema is at v2");
}

}  // namespace
}  // namespace dba
