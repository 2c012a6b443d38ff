// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/dsn.h"

#include <random>
#include <string>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DsnTest, ParsesAUri) {
  ASSERT_OK_AND_ASSIGN(const Dsn dsn,
                       ParseDsnUri("postgresql://ad%6Din:p%40ss%3A%2F@db.shop:6432/sh%20op?sslmode=disable"));
  EXPECT_EQ(dsn.dialect, Dialect::kPostgres);
  EXPECT_EQ(dsn.username, "admin");
  EXPECT_EQ(dsn.password.Reveal(), "p@ss:/");
  EXPECT_EQ(dsn.host, "db.shop");
  EXPECT_EQ(dsn.port, 6432);
  EXPECT_EQ(dsn.database, "sh op");
}

TEST(DsnTest, KnowsSchemesAndTheirPorts) {
  for (const char* scheme : {"postgres", "postgresql"}) {
    ASSERT_OK_AND_ASSIGN(const Dsn dsn, ParseDsnUri(std::string(scheme) + "://u:p@[::1]/d"));
    EXPECT_EQ(dsn.port, 5432);
    EXPECT_EQ(dsn.host, "::1");
  }
  for (const char* scheme : {"mysql", "mariadb"}) {
    ASSERT_OK_AND_ASSIGN(const Dsn dsn, ParseDsnUri(std::string(scheme) + "://u:p@h/d"));
    EXPECT_EQ(dsn.port, 3306);
    EXPECT_EQ(dsn.dialect, Dialect::kMysql);
  }
}

TEST(DsnTest, RefusesWhatItDoesNotTakeAndNeverEchoesThePassword) {
  for (const char* uri :
       {"", "host=db password=canary", "oracle://u:canary@h/d", "postgres://u:canary@/d", "postgres://u:canary@h",
        "postgres://:canary@h/d", "postgres://u@h/d", "postgres://u:canary%zz@h/d", "postgres://u:canary@h:0/d",
        "postgres://u:canary@h:99999/d", "postgres://u:canary@h/d?options=-c", "postgres://u:canary@h/d?host=/tmp",
        "postgres://u:canary@h,h2/d", "postgres://u:canary@%2Ftmp/d", "postgres://u:can#ary@h/d",
        "postgres://u:canary@[::1/d", "postgres://u:canary%00@h/d"}) {
    EXPECT_THAT(ParseDsnUri(uri), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("canary")))) << uri;
  }
}

TEST(DsnTest, TakesSeparateKeysWithAnyPassword) {
  const std::string odd = " q'\"`\\%_@:/?#\xc3\xa9 ";
  ASSERT_OK_AND_ASSIGN(
      const Dsn dsn,
      DsnFromKeys({{"host", "h\n"}, {"port", "5432"}, {"dbname", "d"}, {"username", "u"}, {"password", odd + "\n"}}));
  EXPECT_EQ(dsn.password.Reveal(), odd);
  EXPECT_EQ(dsn.host, "h");
}

TEST(DsnTest, EngineIsSaidOrFollowsFromThePort) {
  std::map<std::string, std::string> keys = {{"host", "h"}, {"dbname", "d"}, {"username", "u"}, {"password", "p"}};
  EXPECT_THAT(DsnFromKeys(keys), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("engine")));
  keys["port"] = "3306";
  ASSERT_OK_AND_ASSIGN(const Dsn by_port, DsnFromKeys(keys));
  EXPECT_EQ(by_port.dialect, Dialect::kMysql);
  keys["engine"] = "postgresql";
  ASSERT_OK_AND_ASSIGN(const Dsn said, DsnFromKeys(keys));
  EXPECT_EQ(said.dialect, Dialect::kPostgres);
  EXPECT_EQ(said.port, 3306);
}

TEST(DsnTest, MutatedTextNeverCrashes) {
  std::mt19937 random(1);
  const std::string seed = "postgresql://user:p%40ss@[::1]:5432/db?sslmode=require&connect_timeout=3";
  for (int i = 0; i < 20000; ++i) {
    std::string text = seed;
    for (int edits = static_cast<int>(random() % 4); edits >= 0; --edits) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, 1);
      } else {
        text[at] = static_cast<char>(random() % 256);
      }
    }
    const absl::StatusOr<Dsn> dsn = ParseDsnUri(text);
    if (dsn.ok()) {
      EXPECT_FALSE(dsn->host.empty());
      EXPECT_FALSE(dsn->password.empty());
    }
  }
}

}  // namespace
}  // namespace dba::agent
