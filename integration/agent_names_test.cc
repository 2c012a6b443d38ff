// SPDX-License-Identifier: Apache-2.0
//
// Names and passwords that are hard to quote: databases and tables with quotes, wildcards and other scripts, as long
// as the server allows, and admin passwords of 200 such characters, in the uri and as keys of their own.
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "common/testing/wait_for.h"
#include "dbagent/db/identifier.h"
#include "integration/agent_calls.h"
#include "integration/agent_process.h"
#include "integration/mysql_under_test.h"
#include "integration/postgres_under_test.h"

namespace dba::agent {
namespace {

namespace v1 = dbaoperator::agent::v1;

constexpr char kPassword[] = "account-password";

// 21 characters in 25 bytes.
constexpr char kOdd[] = "sh\"o'p `x` \xc3\xa9\xe6\x97\xa5 %_X.a ";

std::string PaddedTo(size_t bytes) { return kOdd + std::string(bytes - std::string(kOdd).size(), 'z'); }

// 200 characters that mean something in SQL, in a uri, in a connection string or in a shell.
std::string OddPassword() {
  std::string password =
      " '\"`\\%_@:/?#&=+;,$A$005$ {}[]()<>|!~^*- --/**/ \xc3\xa9\xe6\x97\xa5\xf0\x9f\x94\x91\t%41%00 ";
  while (password.size() < 200) absl::StrAppend(&password, "\\'x\"");
  return password + " ";
}

std::string PercentEncoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    if (absl::ascii_isalnum(c)) {
      out += static_cast<char>(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", c);
    }
  }
  return out;
}

AgentProcess::Keys KeysOf(const Dsn& dsn) {
  return {{"host", dsn.host},
          {"port", absl::StrCat(dsn.port)},
          {"engine", dsn.dialect == Dialect::kPostgres ? "postgresql" : "mysql"},
          {"dbname", dsn.database},
          {"username", dsn.username},
          {"password", std::string(dsn.password.Reveal())}};
}

AgentProcess::Keys UriOf(const Dsn& dsn) {
  return {{"uri", absl::StrCat(dsn.dialect == Dialect::kPostgres ? "postgresql" : "mysql", "://", dsn.username, ":",
                               PercentEncoded(std::string(dsn.password.Reveal())), "@", dsn.host, ":", dsn.port, "/",
                               PercentEncoded(dsn.database))}};
}

// How a server is made to have a table with one row, 'v1', and the next ID 2.
struct Table {
  std::string name;
  std::string quoted;  // for SQL
};

// The table as data metrics name it.
std::string AsMetric(const Table& table) { return QuotePostgresIdentifier(table.name); }

template <typename UnderTest>
void ExpectAccountsWork(UnderTest& test, const AgentCalls& calls, const Table& table) {
  ASSERT_OK(calls.Ensure("dba_m", kPassword, v1::ACCOUNT_KIND_MIGRATOR));
  ASSERT_OK(calls.Ensure("dba_rw", kPassword));
  ASSERT_OK(calls.Ensure("dba_ro", kPassword, v1::ACCOUNT_KIND_APPLICATION, v1::PRIVILEGES_READ_ONLY));
  const auto as = [&](const std::string& user, const std::string& sql) {
    return test.RunAs(user, kPassword, sql).status();
  };
  EXPECT_OK(as("dba_m", absl::StrCat("ALTER TABLE ", table.quoted, " ADD COLUMN x int")));
  EXPECT_OK(as("dba_rw", absl::StrCat("UPDATE ", table.quoted, " SET x = 1")));
  EXPECT_OK(as("dba_ro", absl::StrCat("SELECT * FROM ", table.quoted)));
  EXPECT_FALSE(as("dba_ro", absl::StrCat("UPDATE ", table.quoted, " SET x = 2")).ok());
  EXPECT_FALSE(as("dba_rw", absl::StrCat("ALTER TABLE ", table.quoted, " ADD COLUMN y int")).ok());
  EXPECT_THAT(calls.Probe("dba_rw", kPassword), IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_LOGGED_IN));
  ASSERT_OK_AND_ASSIGN(const v1::ListAccountsResponse list, calls.ListAccounts());
  EXPECT_EQ(list.accounts_size(), 3);
  for (const char* name : {"dba_ro", "dba_rw"}) {
    ASSERT_OK(calls.Lock(name));
    EXPECT_TRUE(WaitFor([&] { return calls.Drop(name).ok(); }));
  }
}

void ExpectMetricsWork(AgentProcess& agent, const AgentCalls& calls, const Table& table) {
  v1::DataMetrics metrics;
  metrics.add_table_rows(AsMetric(table));
  metrics.add_next_ids(AsMetric(table));
  v1::DataMetrics::Query* query = metrics.add_queries();
  query->set_name("database_rows");
  query->set_help("Rows.");
  query->set_query(absl::StrCat("SELECT count(*) FROM ", table.quoted));
  ASSERT_OK(calls.Configure(metrics));
  const auto value_of = [&agent](const std::string& name) -> std::string {
    for (const absl::string_view line : absl::StrSplit(agent.Scrape().value_or(""), '\n')) {
      if (absl::StartsWith(line, name + "{")) return std::string(line.substr(line.rfind(' ') + 1));
    }
    return "";
  };
  EXPECT_TRUE(WaitFor([&] { return value_of("database_table_rows_estimate") == "1"; })) << agent.process().Stderr();
  EXPECT_TRUE(WaitFor([&] { return value_of("database_table_next_id") == "2"; })) << agent.process().Stderr();
  EXPECT_TRUE(WaitFor([&] { return value_of("database_rows") == "1"; })) << agent.process().Stderr();
  Subprocess::Options promtool;
  promtool.args = {"promtool", "check", "metrics"};
  promtool.stdin_text = agent.Scrape().value_or("");
  ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(promtool));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

template <typename UnderTest>
void ExpectEverythingWorks(UnderTest& test, const AgentProcess::Keys& keys, const Table& table) {
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(keys));
  const AgentCalls calls(*agent);
  ASSERT_OK_AND_ASSIGN(const v1::GetDatabaseResponse database,
                       calls.GetDatabase(absl::StrCat("SELECT version_num FROM ", table.quoted)));
  EXPECT_EQ(database.database(), test.dsn().database);
  EXPECT_EQ(database.schema_version().state(), v1::SchemaVersion::STATE_KNOWN) << database.DebugString();
  ASSERT_EQ(database.schema_version().versions_size(), 1);
  EXPECT_EQ(database.schema_version().versions(0), "v1");
  ExpectMetricsWork(*agent, calls, table);
  ExpectAccountsWork(test, calls, table);
}

TEST(AgentNamesTest, Postgres) {
  ASSERT_NE(SharedPostgres(), nullptr);
  const std::string name = PaddedTo(63);  // bytes: NAMEDATALEN - 1
  const Table table = {name, QuotePostgresIdentifier(name)};
  for (const bool uri : {false, true}) {
    PostgresUnderTest test(SharedPostgres(), PgAdmin::kCreateRoleAndDatabaseOwner, name, OddPassword());
    ASSERT_OK(test.RunAs("shop_admin", OddPassword(),
                         absl::StrCat("CREATE TABLE ", table.quoted, " (id serial, version_num text); INSERT INTO ",
                                      table.quoted, " (version_num) VALUES ('v1'); ANALYZE ", table.quoted)));
    ExpectEverythingWorks(test, uri ? UriOf(test.dsn()) : KeysOf(test.dsn()), table);
  }
}

TEST(AgentNamesTest, Mariadb) {
  ASSERT_NE(SharedMysql(), nullptr);
  // The limit is 64 characters, and GRANT counts the backslashes before _ and %.
  const std::string name = PaddedTo(62 + 3);
  const Table table = {name, QuoteMysqlIdentifier(name)};
  for (const bool uri : {false, true}) {
    MysqlUnderTest test(SharedMysql(), MysqlAdmin::kLimited, name, OddPassword());
    const auto as_admin = [&](const std::string& sql) { return test.RunAs("sh_admin", OddPassword(), sql); };
    ASSERT_OK(as_admin(
        absl::StrCat("CREATE TABLE ", table.quoted, " (id int PRIMARY KEY AUTO_INCREMENT, version_num text)")));
    ASSERT_OK(as_admin(absl::StrCat("INSERT INTO ", table.quoted, " (version_num) VALUES ('v1')")));
    ASSERT_OK(as_admin(absl::StrCat("ANALYZE TABLE ", table.quoted)));
    // What the GRANT on this database would mean too, were its wildcards not escaped.
    const std::string similar = QuoteMysqlIdentifier(absl::StrReplaceAll(name, {{"%_", "any"}}));
    test.Run(absl::StrCat("CREATE DATABASE ", similar));
    ExpectEverythingWorks(test, uri ? UriOf(test.dsn()) : KeysOf(test.dsn()), table);
    EXPECT_FALSE(test.RunAs("dba_m", kPassword, absl::StrCat("CREATE TABLE ", similar, ".t (i int)")).ok());
  }
}

TEST(AgentNamesTest, MariadbNameThatIsTooLongToGrant) {
  ASSERT_NE(SharedMysql(), nullptr);
  MysqlUnderTest test(SharedMysql(), MysqlAdmin::kRoot, std::string(64, '_'));
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(KeysOf(test.dsn())));
  EXPECT_THAT(AgentCalls(*agent).Ensure("dba_a", kPassword),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("64 characters")));
}

}  // namespace
}  // namespace dba::agent
