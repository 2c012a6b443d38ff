// SPDX-License-Identifier: Apache-2.0
//
// dba-controller and dba-agent on a real API server, PostgreSQL and MariaDB: the whole chain, and what people get
// wrong.
#include <set>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/mysql_env.h"
#include "integration/operator_harness.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
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

MysqlEnv* Mariadb() {
  static const absl::StatusOr<std::unique_ptr<MysqlEnv>> env = MysqlEnv::Start();
  EXPECT_OK(env);
  return env.ok() ? env->get() : nullptr;
}

std::string WriteVersion(const std::string& migration) {
  return absl::StrCat("INSERT INTO alembic_version VALUES ('", migration, "')");
}

constexpr char kMakeTable[] = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)";

// Does what a migration of Alembic does: changes the schema, and writes the version. `run` runs one statement as the
// migration's account.
PodResult Migrate(const std::string& migration, const std::function<absl::Status(const std::string&)>& run) {
  for (const std::string& sql : {std::string(kMakeTable), absl::StrCat("CREATE TABLE made_by_", migration, " (id INT)"),
                                 std::string("DELETE FROM alembic_version"), WriteVersion(migration)}) {
    const absl::Status status = run(sql);
    if (!status.ok()) return {false, std::string(status.message())};
  }
  return {};
}

PodResult MigratePostgres(const std::string& migration, const std::map<std::string, std::string>& secret) {
  return Migrate(migration, [&](const std::string& sql) {
    return Postgres()->RunAs(secret.at("username"), secret.at("password"), secret.at("dbname"), sql).status();
  });
}

PodResult MigrateMariadb(const std::string& migration, const std::map<std::string, std::string>& secret) {
  return Migrate(migration, [&](const std::string& sql) {
    return Mariadb()->RunAs(secret.at("username"), secret.at("password"), secret.at("dbname"), sql).status();
  });
}

std::string Quoted(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::map<std::string, std::string> NewMariadbDatabase(const std::string& database) {
  EXPECT_OK(Mariadb()->Run(absl::StrCat("CREATE DATABASE ", database)));
  return {{"engine", "mariadb"}, {"host", "127.0.0.1"}, {"port", absl::StrCat(Mariadb()->port())},
          {"dbname", database},  {"username", "root"},  {"password", Mariadb()->root_password()}};
}

// A new database, whose owner may make roles.
std::map<std::string, std::string> NewPostgresDatabase(const std::string& database, const std::string& password) {
  const std::string admin = absl::StrCat("adm_", std::hash<std::string>()(database) % 1000000);
  std::string literal;
  for (const char c : password) literal += c == '\'' ? std::string("''") : std::string(1, c);
  EXPECT_OK(
      Postgres()->Run("postgres", absl::StrCat("CREATE ROLE ", admin, " LOGIN CREATEROLE PASSWORD '", literal, "'")));
  EXPECT_OK(Postgres()->Run("postgres", absl::StrCat("CREATE DATABASE ", Quoted(database), " OWNER ", admin)));
  return {{"engine", "postgresql"}, {"host", "127.0.0.1"}, {"port", absl::StrCat(Postgres()->port())},
          {"dbname", database},     {"username", admin},   {"password", password}};
}

TEST(ControllerTest, TakesPostgresqlThroughTheChain) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("shop", "first-password")));
  OperatorHarness harness(Kube(), "chain-postgresql", MigratePostgres);
  harness.StartController();
  harness.CreateChain(4);
  harness.CreateDatabase("shop", agent->address(), "v4");
  EXPECT_THAT(harness.AwaitReason("shop", "UpToDate"), HasSubstr("v4"));
  EXPECT_THAT(harness.runs(), ElementsAre(Pair("v1", 1), Pair("v2", 1), Pair("v3", 1), Pair("v4", 1)));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("shop-v3", "shop-v4"));
  std::set<std::string> passwords = {"first-password"};
  for (const char* name : {"shop-v3", "shop-v4"}) {
    const auto secret = harness.SecretData(name);
    passwords.insert(secret.at("password"));
    EXPECT_THAT(
        Postgres()->RunAs(secret.at("username"), secret.at("password"), "shop", "SELECT count(*) FROM made_by_v1"),
        IsOkAndHolds(std::string("0")));
    EXPECT_THAT(Postgres()->RunAs(secret.at("username"), secret.at("password"), "shop", "DROP TABLE made_by_v1"),
                Not(IsOk()));
  }
  const std::string everything = harness.EverythingPublic();
  for (const std::string& password : passwords) EXPECT_THAT(everything, Not(HasSubstr(password)));
  EXPECT_THAT(everything, AllOf(HasSubstr("MigrationSucceeded"), HasSubstr("dba_credentials_revoked_total 2\n")));
}

TEST(ControllerTest, MetricsPassPromtool) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("metered", "pw")));
  OperatorHarness harness(Kube(), "metrics", MigratePostgres);
  harness.StartController();
  harness.CreateChain(1);
  harness.CreateDatabase("metered", agent->address(), "v1");
  EXPECT_THAT(harness.AwaitReason("metered", "UpToDate"), HasSubstr("v1"));
  const std::string metrics = harness.Metrics();
  EXPECT_THAT(metrics, AllOf(HasSubstr("dba_migration_runs_total{namespace=\"metrics\",database=\"metered\","
                                       "result=\"succeeded\"} 1\n"),
                             HasSubstr("rest_client_requests_total{"), HasSubstr("workqueue_depth{")));
  Subprocess::Options promtool;
  promtool.args = {"promtool", "check", "metrics"};
  promtool.stdin_text = metrics;
  ASSERT_OK_AND_ASSIGN(const CommandResult checked, RunCommand(promtool));
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;

  EXPECT_OK(harness.kube().Delete(kube::kManagedDatabases, {"metrics", "metered"}, {}));
  EXPECT_TRUE(harness.Await([&] { return !absl::StrContains(harness.Metrics(), "metered"); }));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("metered-v1"));  // deleting the CR cuts nobody off
}

TEST(ControllerTest, TakesMariadbThroughTheChain) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewMariadbDatabase("billing")));
  OperatorHarness harness(Kube(), "chain-mariadb", MigrateMariadb);
  harness.StartController();
  harness.CreateChain(4);
  harness.CreateDatabase("billing", agent->address(), "v4");
  EXPECT_THAT(harness.AwaitReason("billing", "UpToDate"), HasSubstr("v4"));
  EXPECT_THAT(harness.runs(), ElementsAre(Pair("v1", 1), Pair("v2", 1), Pair("v3", 1), Pair("v4", 1)));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("billing-v3", "billing-v4"));
  const auto secret = harness.SecretData("billing-v4");
  EXPECT_THAT(secret.at("uri"), HasSubstr("mysql://"));
  EXPECT_THAT(
      Mariadb()->RunAs(secret.at("username"), secret.at("password"), "billing", "SELECT COUNT(*) FROM made_by_v1"),
      IsOkAndHolds(std::string("0")));
}

TEST(ControllerTest, OddNamesAndPasswordsWork) {
  const std::string password = "'\"\\ %41@:/?#&=+$;--" + std::string(180, 'x') + "ä漢";
  const std::string database = "Shop \"quoted\" 'n' äöü 漢字 " + std::string(31, 'x');
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase(database, password)));
  OperatorHarness harness(Kube(), "odd", MigratePostgres);
  harness.StartController();
  harness.CreateMigration("v1", "");
  const std::string name(63, 'a');
  harness.CreateDatabase(name, agent->address(), "v1");
  EXPECT_THAT(harness.AwaitReason(name, "UpToDate"), HasSubstr("v1"));
  const auto secret = harness.SecretData(name + "-v1");
  EXPECT_EQ(secret.at("dbname"), database);
  EXPECT_THAT(harness.EverythingPublic(), Not(HasSubstr(std::string(180, 'x'))));
}

TEST(ControllerTest, WhatIsWrongIsSaidWhileAnotherDatabaseGoesOn) {
  ASSERT_OK_AND_ASSIGN(const auto good, AgentProcess::Start(NewPostgresDatabase("good", "pw")));
  auto credentials = NewPostgresDatabase("locked_out", "right-password");
  credentials["password"] = "wrong-password";
  ASSERT_OK_AND_ASSIGN(const auto wrong, AgentProcess::Start(credentials));
  const auto two_heads = NewPostgresDatabase("heads", "pw");
  ASSERT_OK(Postgres()->RunAs(two_heads.at("username"), "pw", "heads",
                              absl::StrCat(kMakeTable, "; ", WriteVersion("v1"), "; ", WriteVersion("v2"))));
  ASSERT_OK_AND_ASSIGN(const auto heads, AgentProcess::Start(two_heads));
  ASSERT_OK_AND_ASSIGN(const auto empty, AgentProcess::Start(NewPostgresDatabase("empty", "pw")));

  OperatorHarness harness(Kube(), "wrong", MigratePostgres);
  harness.StartController();
  harness.CreateChain(2);
  harness.CreateMigration("a", "b");
  harness.CreateMigration("b", "a");
  harness.CreateMigration("v9", "v8");
  harness.CreateDatabase("cycle", empty->address(), "a");
  harness.CreateDatabase("gap", empty->address(), "v9");
  harness.CreateDatabase("unknown", empty->address(), "v77");
  harness.CreateDatabase("wrong-password", wrong->address(), "v1");
  harness.CreateDatabase("no-agent", "127.0.0.1:1", "v1");
  harness.CreateDatabase("heads", heads->address(), "v2");
  harness.CreateDatabase("good", good->address(), "v2");

  EXPECT_THAT(harness.AwaitReason("cycle", "MigrationCycle"), AllOf(HasSubstr("a"), HasSubstr("b")));
  EXPECT_THAT(harness.AwaitReason("gap", "MissingMigration"), HasSubstr("v8"));
  EXPECT_THAT(harness.AwaitReason("unknown", "MissingMigration"), HasSubstr("v77"));
  EXPECT_THAT(harness.AwaitReason("wrong-password", "AdminCredentialsRefused"), Not(HasSubstr("wrong-password\"")));
  EXPECT_THAT(harness.AwaitReason("no-agent", "AgentUnreachable"), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(harness.AwaitReason("heads", "MultipleHeads"), AllOf(HasSubstr("v1"), HasSubstr("v2")));
  EXPECT_THAT(harness.AwaitReason("good", "UpToDate"), HasSubstr("v2"));
}

TEST(ControllerTest, AFailedMigrationShowsItsLastLineAndIsNotRepeated) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("failing", "pw")));
  OperatorHarness harness(Kube(), "failing", [](const std::string&, const std::map<std::string, std::string>& secret) {
    return PodResult{false, absl::StrCat("Traceback\ncannot add column with ", secret.at("uri"), "\n")};
  });
  harness.StartController();
  harness.CreateChain(1);
  harness.CreateDatabase("failing", agent->address(), "v1");
  EXPECT_THAT(
      harness.AwaitReason("failing", "MigrationFailed"),
      AllOf(HasSubstr("cannot add column with postgresql://"), HasSubstr(":***@"), HasSubstr("kubectl annotate")));
  EXPECT_FALSE(harness.Await([&] { return harness.runs().at("v1") > 1; }, absl::Seconds(8)));

  EXPECT_OK(harness.kube().MergePatch(kube::kManagedDatabases, {"failing", "failing"},
                                      {{"metadata", {{"annotations", {{"dbaoperator.dev/retry", "1"}}}}}}));
  EXPECT_TRUE(harness.Await([&] { return harness.runs().at("v1") == 2; }));
}

TEST(ControllerTest, AJobThatChangesNoVersionIsAFailure) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("lying", "pw")));
  OperatorHarness harness(Kube(), "lying",
                          [](const std::string&, const std::map<std::string, std::string>&) { return PodResult{}; });
  harness.StartController();
  harness.CreateChain(1);
  harness.CreateDatabase("lying", agent->address(), "v1");
  EXPECT_THAT(harness.AwaitReason("lying", "VersionUnchanged"),
              HasSubstr("succeeded, but the version table says nothing"));
}

TEST(ControllerTest, ADatabaseThatComesBackIsWaitedFor) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("down", "pw")));
  OperatorHarness harness(Kube(), "down", MigratePostgres);
  harness.StartController();
  harness.CreateChain(2);
  harness.CreateDatabase("down", agent->address(), "v1");
  EXPECT_THAT(harness.AwaitReason("down", "UpToDate"), HasSubstr("v1"));
  Postgres()->Kill();
  EXPECT_THAT(harness.AwaitReason("down", "DatabaseUnreachable"), HasSubstr("127.0.0.1"));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("down-v1"));
  ASSERT_OK(Postgres()->StartAgain());
  harness.SetDesired("down", "v2");
  EXPECT_THAT(harness.AwaitReason("down", "UpToDate"), HasSubstr("v2"));
}

TEST(ControllerTest, OfTwoReplicasOneActsAndAStopHandsOver) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("replicas", "pw")));
  OperatorHarness first(Kube(), "replicas", MigratePostgres);
  const std::vector<std::string> elect = {"--leader_elect=true"};
  first.StartController(elect);
  first.CreateChain(2);
  first.CreateDatabase("replicas", agent->address(), "v1");
  EXPECT_THAT(first.AwaitReason("replicas", "UpToDate"), HasSubstr("v1"));
  const absl::Time stopped = absl::Now();
  first.controller().Signal(SIGTERM);
  EXPECT_THAT(first.controller().Wait(), IsOkAndHolds(0));
  EXPECT_LT(absl::Now() - stopped, absl::Seconds(3));
  first.StartController(elect);
  first.SetDesired("replicas", "v2");
  EXPECT_THAT(first.AwaitReason("replicas", "UpToDate"), HasSubstr("v2"));
  EXPECT_THAT(first.runs(), ElementsAre(Pair("v1", 1), Pair("v2", 1)));
}

// Runs one statement as the superuser of the server.
void RunOnPostgres(const std::string& sql) { EXPECT_OK(Postgres()->Run("postgres", sql)); }

bool LogsIn(const std::map<std::string, std::string>& secret) {
  return Postgres()->RunAs(secret.at("username"), secret.at("password"), secret.at("dbname"), "SELECT 1").ok();
}

TEST(ControllerTest, DriftIsMadeGoodWhereThatIsSafe) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("drift", "pw")));
  OperatorHarness harness(Kube(), "drift", MigratePostgres);
  harness.StartController();
  harness.CreateChain(2);
  harness.CreateDatabase("drift", agent->address(), "v2");
  EXPECT_THAT(harness.AwaitReason("drift", "UpToDate"), HasSubstr("v2"));
  const auto v1 = harness.SecretData("drift-v1");
  const auto v2 = harness.SecretData("drift-v2");

  // The password changed: seen when the credentials are tried, which a new process does at once.
  RunOnPostgres(absl::StrCat("ALTER ROLE ", v1.at("username"), " PASSWORD 'of somebody else'"));
  EXPECT_FALSE(LogsIn(v1));
  harness.StartController();
  EXPECT_TRUE(harness.Await([&] { return LogsIn(v1); }));

  // The account dropped: made again with the password of its Secret.
  RunOnPostgres(absl::StrCat("REASSIGN OWNED BY ", v2.at("username"), " TO postgres"));
  EXPECT_OK(Postgres()->Run("drift", absl::StrCat("DROP OWNED BY ", v2.at("username"))));
  RunOnPostgres(absl::StrCat("DROP ROLE ", v2.at("username")));
  EXPECT_TRUE(harness.Await([&] { return LogsIn(v2); }));
  EXPECT_THAT(Postgres()->RunAs(v2.at("username"), v2.at("password"), "drift", "SELECT count(*) FROM made_by_v1"),
              IsOkAndHolds(std::string("0")));

  // A Secret deleted, also that of the version before: a new password.
  EXPECT_OK(harness.kube().Delete(kube::kSecrets, {"drift", "drift-v1"}, {}));
  EXPECT_TRUE(harness.Await([&] { return !harness.SecretData("drift-v1").empty(); }));
  EXPECT_TRUE(LogsIn(harness.SecretData("drift-v1")));
  EXPECT_FALSE(LogsIn(v1));

  // Locked by somebody: theirs to unlock.
  RunOnPostgres(absl::StrCat("ALTER ROLE ", v2.at("username"), " NOLOGIN"));
  EXPECT_TRUE(harness.Await([&] {
    return absl::StrContains(harness.Status("drift").dump(),
                             absl::StrCat("somebody locked account ", v2.at("username")));
  }));
  EXPECT_FALSE(harness.Await([&] { return LogsIn(v2); }, absl::Seconds(8)));
  EXPECT_THAT(harness.EverythingPublic(), AllOf(HasSubstr("PasswordChanged"), HasSubstr("AccountMissing"),
                                                HasSubstr("CredentialReplaced"), HasSubstr("AccountLocked")));
}

// The agent of MariaDB and MySQL sees only its own locks in the list of accounts; a login tells of others.
TEST(ControllerTest, ALockByHandStaysOnMariadbToo) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewMariadbDatabase("held")));
  OperatorHarness harness(Kube(), "held", MigrateMariadb);
  harness.StartController();
  harness.CreateChain(1);
  harness.CreateDatabase("held", agent->address(), "v1");
  EXPECT_THAT(harness.AwaitReason("held", "UpToDate"), HasSubstr("v1"));
  const auto secret = harness.SecretData("held-v1");
  const auto logs_in = [&] {
    return Mariadb()->RunAs(secret.at("username"), secret.at("password"), "held", "SELECT 1").ok();
  };
  const auto is_told = [&] {
    return absl::StrContains(harness.Status("held").dump(),
                             absl::StrCat("somebody locked account ", secret.at("username")));
  };
  EXPECT_TRUE(logs_in());
  EXPECT_OK(Mariadb()->Run(absl::StrCat("ALTER USER ", secret.at("username"), "@'%' ACCOUNT LOCK")));
  harness.StartController();  // a new process tries the credentials at once
  EXPECT_TRUE(harness.Await(is_told));
  EXPECT_FALSE(harness.Await(logs_in, absl::Seconds(8)));
  EXPECT_OK(Mariadb()->Run(absl::StrCat("ALTER USER ", secret.at("username"), "@'%' ACCOUNT UNLOCK")));
  EXPECT_TRUE(harness.Await([&] { return !is_told(); }));
}

TEST(ControllerTest, ADeletionOfEverythingWaitsForUsersAndThenLeavesNothing) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("removed", "pw")));
  OperatorHarness harness(Kube(), "removed", MigratePostgres);
  harness.StartController();
  harness.CreateChain(2);
  harness.CreateDatabase("removed", agent->address(), "v2", {{"credentials", {{"deletionPolicy", "Delete"}}}});
  EXPECT_THAT(harness.AwaitReason("removed", "UpToDate"), HasSubstr("v2"));
  const auto v1 = harness.SecretData("removed-v1");
  const auto v2 = harness.SecretData("removed-v2");
  EXPECT_OK(harness.kube().Create({"apps", "v1", "deployments", "Deployment"},
                                  {{"apiVersion", "apps/v1"},
                                   {"kind", "Deployment"},
                                   {"metadata", {{"name", "web"}, {"namespace", "removed"}}},
                                   {"spec",
                                    {{"replicas", 0},
                                     {"selector", {{"matchLabels", {{"app", "web"}}}}},
                                     {"template",
                                      {{"metadata", {{"labels", {{"app", "web"}}}}},
                                       {"spec",
                                        {{"containers",
                                          {{{"name", "web"},
                                            {"image", "none"},
                                            {"envFrom", {{{"secretRef", {{"name", "removed-v2"}}}}}}}}}}}}}}}}));
  EXPECT_OK(harness.kube().Delete(kube::kManagedDatabases, {"removed", "removed"}, {}));
  EXPECT_THAT(harness.AwaitReason("removed", "CredentialsInUse"), HasSubstr("Deployment web"));
  EXPECT_FALSE(harness.SecretData("removed-v2").empty());

  EXPECT_OK(harness.kube().Delete({"apps", "v1", "deployments", "Deployment"}, {"removed", "web"}, {}));
  EXPECT_TRUE(harness.Await([&] {
    return absl::IsNotFound(harness.kube().Get(kube::kManagedDatabases, {"removed", "removed"}).status());
  }));
  EXPECT_THAT(harness.SecretNames(), ElementsAre());
  for (const auto& secret : {v1, v2}) {
    EXPECT_THAT(Postgres()->Run("postgres", absl::StrCat("SELECT count(*) FROM pg_roles WHERE rolname = '",
                                                         secret.at("username"), "'")),
                IsOkAndHolds(std::string("0")));
  }
}

TEST(ControllerTest, ADeletedOneWhoseAgentIsGoneIsLetGo) {
  auto agent = AgentProcess::Start(NewPostgresDatabase("orphan", "pw"));
  ASSERT_OK(agent);
  OperatorHarness harness(Kube(), "orphan", MigratePostgres);
  harness.StartController();
  harness.CreateChain(1);
  harness.CreateDatabase("orphan", (*agent)->address(), "v1",
                         {{"credentials", {{"deletionPolicy", "Delete"}, {"deletionTimeout", "3s"}}}});
  EXPECT_THAT(harness.AwaitReason("orphan", "UpToDate"), HasSubstr("v1"));
  agent->reset();
  EXPECT_OK(harness.kube().Delete(kube::kManagedDatabases, {"orphan", "orphan"}, {}));
  EXPECT_TRUE(harness.Await([&] {
    return absl::IsNotFound(harness.kube().Get(kube::kManagedDatabases, {"orphan", "orphan"}).status());
  }));
  EXPECT_THAT(harness.SecretNames(), ElementsAre("orphan-v1"));
  EXPECT_TRUE(harness.Await([&] { return absl::StrContains(harness.EverythingPublic(), "Abandoned"); }));
}

TEST(ControllerTest, ASessionHoldsTheNextMigrationUntilItEndsOrIsTerminated) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(NewPostgresDatabase("busy", "pw")));
  OperatorHarness harness(Kube(), "busy", MigratePostgres);
  harness.StartController();
  harness.CreateChain(3);
  harness.CreateDatabase("busy", agent->address(), "v2");
  EXPECT_THAT(harness.AwaitReason("busy", "UpToDate"), HasSubstr("v2"));
  const auto v1 = harness.SecretData("busy-v1");
  std::thread session(
      [&] { (void)Postgres()->RunAs(v1.at("username"), v1.at("password"), "busy", "SELECT pg_sleep(600)"); });
  EXPECT_TRUE(harness.Await([&] {
    const auto count = Postgres()->Run(
        "postgres", absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE usename = '", v1.at("username"), "'"));
    return count.ok() && *count == "1";
  }));
  harness.SetDesired("busy", "v3");
  EXPECT_THAT(harness.AwaitReason("busy", "CredentialsInUse"), HasSubstr("v1 (1 session from"));
  EXPECT_FALSE(harness.SecretData("busy-v1").empty());
  EXPECT_OK(harness.kube().MergePatch(kube::kManagedDatabases, {"busy", "busy"},
                                      {{"spec", {{"credentials", {{"onInUse", "Terminate"}}}}}}));
  EXPECT_THAT(harness.AwaitReason("busy", "UpToDate"), HasSubstr("v3"));
  session.join();
  EXPECT_THAT(harness.SecretNames(), ElementsAre("busy-v2", "busy-v3"));
}

}  // namespace
}  // namespace dba
