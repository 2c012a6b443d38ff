// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/password_digest.h"

#include "gtest/gtest.h"

namespace dba::agent {
namespace {

TEST(PasswordDigestTest, FitsItsPasswordAlone) {
  const std::string digest = PasswordDigest(Secret("right"));
  EXPECT_EQ(digest.size(), 97u);
  EXPECT_TRUE(IsDigestOf(digest, Secret("right")));
  EXPECT_FALSE(IsDigestOf(digest, Secret("wrong")));
  EXPECT_FALSE(IsDigestOf(digest, Secret("")));
}

TEST(PasswordDigestTest, IsSaltedAndHoldsNoPassword) {
  const std::string digest = PasswordDigest(Secret("right"));
  EXPECT_NE(digest, PasswordDigest(Secret("right")));
  EXPECT_EQ(digest.find("right"), std::string::npos);
}

TEST(PasswordDigestTest, OtherTextIsNoDigest) {
  EXPECT_FALSE(IsDigestOf("", Secret("")));
  EXPECT_FALSE(IsDigestOf(std::string(97, 'z'), Secret("right")));
  EXPECT_FALSE(IsDigestOf(std::string(32, '0') + ":" + std::string(64, '0'), Secret("right")));
}

// Computed with Python's hashlib.pbkdf2_hmac("sha256", b"right", bytes(16), 10000).
TEST(PasswordDigestTest, IsPbkdf2) {
  EXPECT_TRUE(
      IsDigestOf("00000000000000000000000000000000:3dada7d7325bc0c906438f7d9ac9d265b9c4823d953d58cf7ea90ad46282b5a5",
                 Secret("right")));
}

}  // namespace
}  // namespace dba::agent
