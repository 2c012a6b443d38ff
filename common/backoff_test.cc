// SPDX-License-Identifier: Apache-2.0
#include "common/backoff.h"

#include <climits>

#include "gtest/gtest.h"

namespace dba {
namespace {

constexpr BackoffPolicy kPolicy{absl::Seconds(1), absl::Seconds(10), 2};

TEST(BackoffDelayTest, DoublesUpToTheMaximum) {
  const double top = 1;
  EXPECT_EQ(BackoffDelay(kPolicy, 1, top), absl::Seconds(1));
  EXPECT_EQ(BackoffDelay(kPolicy, 2, top), absl::Seconds(2));
  EXPECT_EQ(BackoffDelay(kPolicy, 4, top), absl::Seconds(8));
  EXPECT_EQ(BackoffDelay(kPolicy, 5, top), absl::Seconds(10));
  EXPECT_EQ(BackoffDelay(kPolicy, INT_MAX, top), absl::Seconds(10));
}

TEST(BackoffDelayTest, JitterSpreadsOverTheUpperHalf) {
  EXPECT_EQ(BackoffDelay(kPolicy, 2, 0), absl::Seconds(1));
  EXPECT_EQ(BackoffDelay(kPolicy, 2, 0.5), absl::Milliseconds(1500));
}

TEST(BackoffDelayTest, NoFailureYetWaitsLikeTheFirst) {
  EXPECT_EQ(BackoffDelay(kPolicy, 0, 0), BackoffDelay(kPolicy, 1, 0));
}

}  // namespace
}  // namespace dba
