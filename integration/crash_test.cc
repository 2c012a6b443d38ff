// SPDX-License-Identifier: Apache-2.0
//
// kill -9 of the controller in the middle of its work, on a real API server and PostgreSQL: the next one ends where one
// that was never killed ends. Each migration runs once, and no credential is lost.
#include <signal.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/operator_harness.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

KubeEnv* Kube() {
  static const absl::StatusOr<std::unique_ptr<KubeEnv>> env = KubeEnv::Start();
  EXPECT_OK(env);
  return env.ok() ? env->get() : nullptr;
}

PostgresEnv* Postgres() {
  static const absl::StatusOr<std::unique_ptr<PostgresEnv>> env = PostgresEnv::Start();
  EXPECT_OK(env);
  return env.ok() ? env->get() : nullptr;
}

PodResult Migrate(const std::string& migration, const std::map<std::string, std::string>& secret) {
  const std::string sql = absl::StrCat(
      "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32)); CREATE TABLE made_by_", migration,
      " (id INT); DELETE FROM alembic_version; INSERT INTO alembic_version VALUES ('", migration, "')");
  const auto ran = Postgres()->RunAs(secret.at("username"), secret.at("password"), secret.at("dbname"), sql);
  return {ran.ok(), std::string(ran.status().message())};
}

struct Moment {
  const char* name;
  const char* crash_at;
};

class CrashTest : public testing::TestWithParam<Moment> {};

TEST_P(CrashTest, TheNextControllerEndsTheWork) {
  ASSERT_NE(Kube(), nullptr);
  ASSERT_NE(Postgres(), nullptr);
  const std::string name = GetParam().name;
  ASSERT_OK(Postgres()->Run("postgres", absl::StrCat("CREATE DATABASE ", name)));
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start({{"engine", "postgresql"},
                                                              {"host", "127.0.0.1"},
                                                              {"port", absl::StrCat(Postgres()->port())},
                                                              {"dbname", name},
                                                              {"username", "postgres"},
                                                              {"password", Postgres()->superuser_password()}}));
  OperatorHarness harness(Kube(), "crash-" + name, Migrate);
  harness.CreateChain(4);
  harness.CreateDatabase("db", agent->address(), "v4");
  harness.StartController({absl::StrCat("--crash_at=", GetParam().crash_at)}, "controller/dba-controller-faults");
  ASSERT_TRUE(harness.Await([&] { return !harness.controller().Running(); })) << harness.controller().Stderr();
  EXPECT_THAT(harness.controller().Wait(), IsOkAndHolds(128 + SIGKILL)) << harness.controller().Stderr();

  harness.StartController();
  EXPECT_THAT(harness.AwaitReason("db", "UpToDate"), HasSubstr("v4"));
  EXPECT_THAT(harness.runs(), ElementsAre(Pair("v1", 1), Pair("v2", 1), Pair("v3", 1), Pair("v4", 1)));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("db-v3", "db-v4"));
  for (const char* secret_name : {"db-v3", "db-v4"}) {
    const auto secret = harness.SecretData(secret_name);
    EXPECT_OK(Postgres()->RunAs(secret.at("username"), secret.at("password"), name, "SELECT 1")) << secret_name;
  }
  const auto history = harness.Status("db")["history"];
  EXPECT_EQ(history.size(), 4u);
  for (const auto& entry : history) EXPECT_EQ(entry["outcome"], "Succeeded");
}

INSTANTIATE_TEST_SUITE_P(Moments, CrashTest,
                         testing::Values(Moment{"intent", "CreateSecret.after"},
                                         Moment{"account", "EnsureAccount.after#2"}, Moment{"job", "CreateJob.after"},
                                         Moment{"release", "ReleaseJob.after#2"},
                                         Moment{"publish", "PublishSecret.before"},
                                         Moment{"lock", "LockAccount.after#3"}, Moment{"drop", "DropAccount.after#3"},
                                         Moment{"status", "ApplyStatus.after#6"}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace dba
