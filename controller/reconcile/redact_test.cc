// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/redact.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(RedactTest, MasksKnownPasswordsWhereverTheyStand) {
  EXPECT_EQ(Redact("password=hunter22, or 'hunter22'", {Secret("hunter22")}), "password=***, or '***'");
}

TEST(RedactTest, ShortSecretsDoNotMaskWords) { EXPECT_EQ(Redact("a table", {Secret("a"), Secret("")}), "a table"); }

TEST(RedactTest, MasksThePasswordOfUris) {
  EXPECT_EQ(Redact("cannot reach postgresql://u:p%40ss@h:1/d, nor mysql://v:x@y@h", {}),
            "cannot reach postgresql://u:***@h:1/d, nor mysql://v:***@h");
  EXPECT_EQ(Redact("see https://example.com:80/a and b@c", {}), "see https://example.com:80/a and b@c");
  EXPECT_EQ(Redact("://", {}), "://");
}

TEST(RedactTest, CutsAtACharacterAndTakesControlsAway) {
  EXPECT_EQ(Redact("a\tb\x1b[31m", {}), "a b [31m");
  EXPECT_EQ(Redact("ää", {}, 3), "ä…");
  EXPECT_EQ(Redact("abc", {}, 3), "abc");
}

}  // namespace
}  // namespace dba
