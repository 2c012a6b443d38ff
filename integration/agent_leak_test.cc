// SPDX-License-Identifier: Apache-2.0
//
// Planted passwords, on servers that write down as much as they can: after a whole life of accounts no file of the
// server and no view of what it ran holds one of them.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/status_matchers.h"
#include "integration/account_life.h"
#include "integration/agent_calls.h"
#include "integration/agent_process.h"
#include "integration/mysql_env.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

std::string Planted(const char* which) { return absl::StrCat("planted-", which, "-", getpid(), "-password"); }

AccountLife Life() {
  return {{Planted("first"), Planted("second"), Planted("refused")},
          "foreign",
          "SELECT x FROM (SELECT 1 AS x) t WHERE x = 0",
          "absent"};
}

// The planted passwords in `text`.
std::string Found(const std::string& text) {
  std::string found;
  for (const std::string& password : Life().passwords) {
    if (absl::StrContains(text, password)) absl::StrAppend(&found, password, " ");
  }
  return found;
}

// Reads every file below the folder; how many held `word`.
int ExpectNoPasswordInFiles(const std::string& folder, const std::string& word) {
  int files_with_word = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(Found(text), "") << entry.path();
    if (absl::StrContains(text, word)) ++files_with_word;
  }
  return files_with_word;
}

// Reads a view again and again, until it goes.
class Sampler {
 public:
  explicit Sampler(std::function<std::string()> read)
      : thread_([this, read] {
          while (!end_) {
            const std::string text = read();
            EXPECT_EQ(Found(text), "") << "in a view of running statements";
            ++samples_;
          }
        }) {}
  ~Sampler() {
    end_ = true;
    thread_.join();
    EXPECT_GT(samples_, 5);
  }

 private:
  std::atomic<bool> end_{false};
  std::atomic<int> samples_{0};
  std::thread thread_;
};

void ExpectAgentIsSilent(AgentProcess& agent) {
  EXPECT_EQ(Found(agent.process().Stderr()), "");
  EXPECT_EQ(Found(agent.Scrape().value_or("")), "");
}

class PostgresLeakTest : public testing::TestWithParam<bool> {};

TEST_P(PostgresLeakTest, NoPasswordIsWrittenDown) {
  const bool superuser = GetParam();
  ASSERT_OK_AND_ASSIGN(
      const auto env,
      PostgresEnv::Start({"log_statement=all", "log_min_duration_statement=0", "log_min_error_statement=debug5",
                          "log_min_messages=debug2", "log_connections=on", "log_disconnections=on", "log_duration=on",
                          "log_error_verbosity=verbose", "log_parameter_max_length=-1",
                          "log_parameter_max_length_on_error=-1", "debug_print_parse=on",
                          "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all",
                          "track_activity_query_size=65536"}));
  const auto run = [&](const std::string& sql) {
    const auto value = env->Run("shop", sql);
    EXPECT_OK(value) << sql;
    return value.value_or("");
  };
  ASSERT_OK(env->Run("postgres", "CREATE ROLE shop_admin LOGIN CREATEROLE PASSWORD 'admin-password'"));
  ASSERT_OK(env->Run("postgres", "CREATE DATABASE shop OWNER shop_admin"));
  run("CREATE EXTENSION pg_stat_statements; CREATE ROLE \"foreign\"");
  const std::string admin =
      superuser ? absl::StrCat("postgres:", env->superuser_password()) : "shop_admin:admin-password";
  ASSERT_OK_AND_ASSIGN(
      const auto agent,
      AgentProcess::Start({{"uri", absl::StrCat("postgres://", admin, "@127.0.0.1:", env->port(), "/shop")}}));
  {
    const Sampler sampler([&] { return run("SELECT string_agg(query, ' ') FROM pg_stat_activity"); });
    Live(AgentCalls(*agent), Life());
  }
  const std::string log = env->Log();
  EXPECT_EQ(Found(log), "") << "in the server's log";
  EXPECT_TRUE(absl::StrContains(log, "DROP ROLE \"dba_a\"")) << "the server logs statements";
  // A superuser keeps even the verifier out of the log.
  EXPECT_EQ(absl::StrContains(log, "PASSWORD 'SCRAM-SHA-256"), !superuser);
  const std::string statements = run("SELECT string_agg(query, ' ') FROM pg_stat_statements");
  EXPECT_EQ(Found(statements), "") << "in pg_stat_statements";
  EXPECT_TRUE(absl::StrContains(statements, "dba_a"));
  run("CHECKPOINT");
  EXPECT_GT(ExpectNoPasswordInFiles(env->folder(), "dba_a"), 0);
  ExpectAgentIsSilent(*agent);
}

INSTANTIATE_TEST_SUITE_P(Superuser, PostgresLeakTest, testing::Values(false, true));

class MysqlLeakTest : public testing::TestWithParam<MysqlEnv::Kind> {};

TEST_P(MysqlLeakTest, NoPasswordIsWrittenDown) {
  const bool mariadb = GetParam() == MysqlEnv::Kind::kMariadb;
  std::vector<std::string> settings = {
      "--log-output=FILE,TABLE", "--slow-query-log=1", "--long-query-time=0", "--log-slow-admin-statements=1",
      "--log-error=error.log",   "--server-id=1",      "--log-bin=binlog",    "--performance-schema=ON"};
  // Rows, and the statements that made them.
  settings.push_back("--binlog-format=ROW");
  settings.push_back(mariadb ? "--binlog-annotate-row-events=1" : "--binlog-rows-query-log-events=1");
  settings.push_back(mariadb ? "--log-warnings=9" : "--log-error-verbosity=3");
  ASSERT_OK_AND_ASSIGN(const auto env, MysqlEnv::Start(GetParam(), settings));
  const auto run = [&](const std::string& sql) {
    const auto value = env->Run(sql);
    EXPECT_OK(value) << sql;
    return value.value_or("");
  };
  run("UPDATE performance_schema.setup_consumers SET enabled = 'YES'");
  run("UPDATE performance_schema.setup_instruments SET enabled = 'YES', timed = 'YES' WHERE name LIKE 'statement/%'");
  run("CREATE DATABASE shop");
  run("CREATE USER `foreign`@'%'");
  ASSERT_OK_AND_ASSIGN(const auto agent,
                       AgentProcess::Start({{"uri", absl::StrCat("mysql://root:", env->root_password(),
                                                                 "@127.0.0.1:", env->port(), "/shop")}}));
  {
    const Sampler sampler([&] { return run("SELECT JSON_ARRAYAGG(info) FROM information_schema.processlist"); });
    Live(AgentCalls(*agent), Life());
  }
  const char* const views[][2] = {{"sql_text", "performance_schema.events_statements_history_long"},
                                  {"sql_text", "performance_schema.events_statements_history"},
                                  {"digest_text", "performance_schema.events_statements_summary_by_digest"},
                                  {"argument", "mysql.general_log"},
                                  {"sql_text", "mysql.slow_log"}};
  for (const auto& [column, table] : views) {
    EXPECT_NE(run(absl::StrCat("SELECT COUNT(*) FROM ", table, " WHERE ", column, " LIKE '%USER%'")), "0") << table;
    for (const std::string& password : Life().passwords) {
      // In two halves, so that this statement itself does not hold it.
      const std::string halves = absl::StrCat("'", password.substr(0, 5), "', '", password.substr(5), "'");
      EXPECT_EQ(run(absl::StrCat("SELECT COUNT(*) FROM ", table, " WHERE LOCATE(CONCAT(", halves, "), ", column, ")")),
                "0")
          << table;
    }
  }
  run("FLUSH LOGS");
  EXPECT_TRUE(absl::StrContains(env->GeneralLog(), "DROP USER IF EXISTS 'dba_a'"));
  EXPECT_GT(ExpectNoPasswordInFiles(env->folder(), "'dba_a'"), 1) << "general log, slow log, binlog";
  ExpectAgentIsSilent(*agent);
}

INSTANTIATE_TEST_SUITE_P(Servers, MysqlLeakTest, testing::Values(MysqlEnv::Kind::kMariadb, MysqlEnv::Kind::kMysql));

}  // namespace
}  // namespace dba
