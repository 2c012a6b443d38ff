// SPDX-License-Identifier: Apache-2.0
//
// Two databases on one server, one named like a prefix of the other, and people's accounts that are named like ours:
// while everything of one is retired, nobody else is touched.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "integration/agent_calls.h"
#include "integration/agent_process.h"
#include "integration/mysql_under_test.h"
#include "integration/postgres_under_test.h"

namespace dba::agent {
namespace {

namespace v1 = dbaoperator::agent::v1;

constexpr char kPassword[] = "account-password";
constexpr char kHuman[] = "foreign";  // the password of people
constexpr char kNone[] = "SELECT x FROM (SELECT 1 AS x) t WHERE x = 0";

// The agents of both databases. The names of accounts are as different as two hashes may be.
struct Agents {
  Agents(const AgentProcess::Keys& shop_keys, const AgentProcess::Keys& neighbour_keys)
      : of_shop(*AgentProcess::Start(shop_keys)), of_neighbour(*AgentProcess::Start(neighbour_keys)) {}
  const std::unique_ptr<AgentProcess> of_shop;
  const std::unique_ptr<AgentProcess> of_neighbour;
  const AgentCalls shop{*of_shop, "owner-1"};
  const AgentCalls neighbour{*of_neighbour, "owner-11"};
};

void EnsureBoth(const Agents& agents) {
  ASSERT_OK(agents.shop.Ensure("dba_1", kPassword));
  ASSERT_OK(agents.shop.Ensure("dba_1m", kPassword, v1::ACCOUNT_KIND_MIGRATOR));
  ASSERT_OK(agents.neighbour.Ensure("dba_11", kPassword));
  ASSERT_OK(agents.neighbour.Ensure("dba_11m", kPassword, v1::ACCOUNT_KIND_MIGRATOR));
}

// Every change that the agent of `shop` could make of accounts that are not its own.
void ExpectOthersAreRefused(const Agents& agents) {
  for (const char* name : {"dbadmin", "dba_human", "dba_11", "dba_11m"}) {
    EXPECT_THAT(agents.shop.Ensure(name, kPassword), StatusIs(absl::StatusCode::kFailedPrecondition)) << name;
    v1::EnsureAccountRequest replacing;
    replacing.set_name(name);
    replacing.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
    replacing.set_version("v1");
    replacing.set_password(kPassword);
    replacing.set_replace_password(true);
    EXPECT_THAT(agents.shop.Ensure(replacing), StatusIs(absl::StatusCode::kFailedPrecondition)) << name;
    EXPECT_THAT(agents.shop.Lock(name), StatusIs(absl::StatusCode::kNotFound)) << name;
    EXPECT_THAT(agents.shop.Unlock(name), StatusIs(absl::StatusCode::kNotFound)) << name;
    EXPECT_THAT(agents.shop.Terminate(name), StatusIs(absl::StatusCode::kNotFound)) << name;
    EXPECT_THAT(agents.shop.Drop(name), StatusIs(absl::StatusCode::kFailedPrecondition)) << name;
  }
}

void RetireShop(const Agents& agents) {
  for (const char* name : {"dba_1", "dba_1m"}) {
    ASSERT_OK(agents.shop.Lock(name));
    ASSERT_OK(agents.shop.Terminate(name));
    EXPECT_TRUE(WaitFor([&] { return agents.shop.Drop(name).ok(); })) << name;
  }
  ASSERT_OK(agents.shop.Begin(kNone, ""));
  ASSERT_OK_AND_ASSIGN(const v1::ListAccountsResponse own, agents.shop.ListAccounts());
  EXPECT_EQ(own.accounts_size(), 0);
}

// The neighbour's accounts and their sessions are what they were.
void ExpectNeighbourIsUntouched(const Agents& agents) {
  ASSERT_OK_AND_ASSIGN(const v1::ListAccountsResponse list, agents.neighbour.ListAccounts());
  ASSERT_EQ(list.accounts_size(), 2);
  for (const v1::Account& account : list.accounts()) {
    EXPECT_FALSE(account.locked()) << account.name();
    EXPECT_EQ(account.sessions_size(), account.name() == "dba_11" ? 1 : 0) << account.name();
    EXPECT_THAT(agents.neighbour.Probe(account.name(), kPassword),
                IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_LOGGED_IN));
  }
}

TEST(NeighboursTest, Postgres) {
  ASSERT_NE(SharedPostgres(), nullptr);
  PostgresUnderTest test(SharedPostgres(), PgAdmin::kSuperuser, "shop_x");
  test.Run("CREATE DATABASE shop");
  test.Run("CREATE ROLE dbadmin LOGIN CREATEDB PASSWORD 'foreign' CONNECTION LIMIT 7");
  test.Run(
      "CREATE ROLE dba_human LOGIN PASSWORD 'foreign'; COMMENT ON ROLE dba_human IS 'ask Anna before you drop it'");
  test.Run("CREATE TABLE notes AS SELECT 1 AS x; GRANT SELECT ON notes TO dbadmin");
  const auto uri = [&](const char* database) {
    return AgentProcess::Keys{{"uri", absl::StrCat("postgres://postgres:", test.dsn().password.Reveal(),
                                                   "@127.0.0.1:", test.dsn().port, "/", database)}};
  };
  const Agents agents(uri("shop"), uri("shop_x"));
  EnsureBoth(agents);
  ASSERT_TRUE(test.OpenSession("dbadmin", kHuman));
  ASSERT_TRUE(test.OpenSession("dba_11", kPassword));
  const std::string state =
      "SELECT string_agg(concat_ws(' ', a::text, shobj_description(a.oid, 'pg_authid'), (SELECT string_agg(m::text, "
      "',' "
      "ORDER BY m::text) FROM pg_auth_members m WHERE m.member = a.oid)), ';' ORDER BY a.oid) || (SELECT "
      "string_agg(relacl::text, ';' ORDER BY oid) FROM pg_class WHERE relname = 'notes') || (SELECT "
      "string_agg(concat(pid, usename), ' ' ORDER BY pid) FROM pg_stat_activity WHERE usename IN ('dbadmin', "
      "'dba_11')) "
      "FROM pg_authid a WHERE rolname !~ '^dba_(1|1m|own_.*|rw_.*|ro_.*)$'";
  const std::string before = test.Run(state);
  ExpectOthersAreRefused(agents);
  EXPECT_OK(test.env().RunAs("dba_1", kPassword, "shop", "SELECT 1"));
  EXPECT_FALSE(test.RunAs("dba_1", kPassword, "SELECT * FROM notes").ok()) << "an application of shop, in shop_x";
  RetireShop(agents);
  EXPECT_EQ(test.Run(state), before);
  ExpectNeighbourIsUntouched(agents);
  EXPECT_OK(test.RunAs("dba_11", kPassword, "SELECT * FROM notes"));
}

class MysqlNeighboursTest : public testing::TestWithParam<MysqlEnv::Kind> {};

TEST_P(MysqlNeighboursTest, NobodyIsTouched) {
  ASSERT_NE(SharedMysql(GetParam()), nullptr);
  MysqlUnderTest test(SharedMysql(GetParam()), MysqlAdmin::kRoot, "shop_x");
  test.Run("CREATE DATABASE shop");
  test.Run("CREATE DATABASE shopAx");  // what shop_x would mean too, were _ a wildcard
  for (const char* database : {"shop", "shop_x", "shopAx"}) {
    test.Run(absl::StrCat("CREATE TABLE ", database, ".notes (x int)"));
  }
  for (const char* name : {"dbadmin", "dba_human"}) {
    test.AddForeignAccount(name);
    test.Run(absl::StrCat("GRANT SELECT ON shop.* TO ", name, "@'%'"));
  }
  const auto keys = [&](const char* database) {
    return AgentProcess::Keys{{"uri", absl::StrCat("mysql://root:", test.dsn().password.Reveal(),
                                                   "@127.0.0.1:", test.dsn().port, "/", database)}};
  };
  const Agents agents(keys("shop"), keys("shop_x"));
  EnsureBoth(agents);
  ASSERT_TRUE(test.OpenSession("dba_11", kPassword));
  const auto state = [&] {
    std::string text = test.Run("SELECT COUNT(*) FROM mysql.user WHERE user NOT IN ('dba_1', 'dba_1m')");
    for (const char* name : {"dbadmin", "dba_human", "dba_11", "dba_11m"}) {
      absl::StrAppend(
          &text, test.Run(absl::StrCat("SHOW CREATE USER ", name, "@'%'")),
          test.env()
              .RunAs("root", test.env().root_password(), "",
                     absl::StrCat(
                         "SELECT GROUP_CONCAT(CONCAT_WS(' ', table_schema, "
                         "privilege_type) ORDER BY 1) FROM information_schema.schema_privileges WHERE grantee LIKE '''",
                         name, "''@%'"))
              .value_or("?"));
    }
    return text;
  };
  const std::string before = state();
  ExpectOthersAreRefused(agents);
  const auto as = [&](const char* user, const char* table) {
    return test.env().RunAs(user, kPassword, "", absl::StrCat("SELECT * FROM ", table)).status();
  };
  EXPECT_OK(as("dba_1", "shop.notes"));
  EXPECT_OK(as("dba_11", "shop_x.notes"));
  for (const auto& [user, table] : {std::pair("dba_1", "shop_x.notes"), std::pair("dba_11", "shop.notes"),
                                    std::pair("dba_11m", "shopAx.notes"), std::pair("dba_1m", "shopAx.notes")}) {
    EXPECT_FALSE(as(user, table).ok()) << user << " reads " << table;
  }
  RetireShop(agents);
  EXPECT_EQ(state(), before);
  ExpectNeighbourIsUntouched(agents);
  for (const char* name : {"dbadmin", "dba_human"}) {
    EXPECT_OK(test.env().RunAs(name, kHuman, "", "SELECT * FROM shop.notes"));
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, MysqlNeighboursTest,
                         testing::Values(MysqlEnv::Kind::kMariadb, MysqlEnv::Kind::kMysql));

}  // namespace
}  // namespace dba::agent
