// SPDX-License-Identifier: Apache-2.0
#include "common/testing/wait_for.h"

#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(WaitForTest, ReturnsAsSoonAsTheConditionHolds) {
  int calls = 0;
  EXPECT_TRUE(WaitFor([&] { return ++calls == 3; }));
  EXPECT_EQ(calls, 3);
}

TEST(WaitForTest, GivesUpAtTheDeadline) {
  EXPECT_FALSE(WaitFor([] { return false; }, absl::Milliseconds(30)));
}

}  // namespace
}  // namespace dba
