// SPDX-License-Identifier: Apache-2.0
#include "common/uri.h"

#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

DatabaseLogin Shop() {
  DatabaseLogin login;
  login.host = "shop-db.shop.svc";
  login.port = 5432;
  login.dbname = "shop";
  login.username = "dba_1";
  login.password = Secret("p:w/d?");
  return login;
}

TEST(PercentEncodeTest, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("azAZ09-._~"), "azAZ09-._~");
  EXPECT_EQ(PercentEncode(" /:@?#%&="), "%20%2F%3A%40%3F%23%25%26%3D");
  EXPECT_EQ(PercentEncode("\xc3\xbc"), "%C3%BC");
}

TEST(PercentDecodeTest, UndoesEncodingForEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    EXPECT_THAT(PercentDecode(PercentEncode(text)), IsOkAndHolds(text));
  }
  EXPECT_THAT(PercentDecode("%c3%BC+"), IsOkAndHolds("\xc3\xbc+"));
}

TEST(PercentDecodeTest, RefusesHalfAnEscape) {
  for (const char* text : {"hunter2%", "hunter2%4", "hunter2%4g", "hunter2%%41"}) {
    EXPECT_THAT(PercentDecode(text), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
  }
}

TEST(UriTest, BuildsEachKind) {
  EXPECT_EQ(PostgresUri(Shop()).Reveal(), "postgresql://dba_1:p%3Aw%2Fd%3F@shop-db.shop.svc:5432/shop");
  EXPECT_EQ(MysqlUri(Shop()).Reveal(), "mysql://dba_1:p%3Aw%2Fd%3F@shop-db.shop.svc:5432/shop");
  EXPECT_EQ(JdbcUri("mariadb", Shop()).Reveal(),
            "jdbc:mariadb://shop-db.shop.svc:5432/"
            "shop?user=dba_1&password=p%3Aw%2Fd%3F");
}

TEST(UriTest, AppendsParametersInOrder) {
  DatabaseLogin login = Shop();
  login.parameters = {{"sslmode", "verify-full"}, {"sslrootcert", "/a b"}};
  EXPECT_THAT(std::string(PostgresUri(login).Reveal()),
              testing::EndsWith("/shop?sslmode=verify-full&sslrootcert=%2Fa%20b"));
  EXPECT_THAT(std::string(JdbcUri("postgresql", login).Reveal()),
              testing::EndsWith("&sslmode=verify-full&sslrootcert=%2Fa%20b"));
}

TEST(UriTest, BracketsIpv6AndLeavesOutAnUnknownPort) {
  DatabaseLogin login = Shop();
  login.host = "fd00::1";
  login.port = 0;
  EXPECT_THAT(std::string(PostgresUri(login).Reveal()), testing::EndsWith("@[fd00::1]/shop"));
}

}  // namespace
}  // namespace dba
