// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_hash.h"

#include <crypt.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace dba::agent {
namespace {

TEST(MysqlHashTest, NativeHashIsTheDocumentedOne) {
  // SELECT PASSWORD('password') on MariaDB.
  EXPECT_EQ(NativePasswordHash(Secret("password")), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
}

TEST(MysqlHashTest, Sha256CryptAgreesWithTheSystemForManyLengths) {
  for (const std::string salt : {"saltstring", "0123456789abcdef", "x"}) {
    for (const size_t length : {1, 20, 31, 32, 33, 43, 64, 80}) {
      const std::string password(length, 'p');
      crypt_data data = {};
      const std::string expected = crypt_r(password.c_str(), absl::StrCat("$5$", salt).c_str(), &data);
      EXPECT_EQ(absl::StrCat("$5$", salt, "$", Sha256Crypt(Secret(password), salt)), expected) << length;
    }
  }
}

TEST(MysqlHashTest, CachingSha2HashHasTheServersShape) {
  const std::string salt = SaltFromRandom(std::string("\0$\x80\xa4\xff", 5) + "123456789012345");
  EXPECT_EQ(salt.find('\0'), std::string::npos);
  EXPECT_EQ(salt.find('$'), std::string::npos);
  for (const char c : salt) EXPECT_GT(c, 0);
  const std::string hash = CachingSha2Hash(Secret("password"), salt);
  EXPECT_EQ(hash.size(), 7u + 20u + 43u);
  EXPECT_TRUE(absl::StartsWith(hash, "$A$005$" + salt));
}

}  // namespace
}  // namespace dba::agent
