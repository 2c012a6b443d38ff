// SPDX-License-Identifier: Apache-2.0
#include "common/testing/fake_clock.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(FakeClockTest, AdvanceMovesBothClocksAndSetNowOnlyOne) {
  FakeClock clock;
  const absl::Time now = clock.Now();
  const absl::Duration monotonic = clock.Monotonic();
  clock.Advance(absl::Seconds(5));
  EXPECT_EQ(clock.Now() - now, absl::Seconds(5));
  EXPECT_EQ(clock.Monotonic() - monotonic, absl::Seconds(5));
  clock.SetNow(now - absl::Hours(1));
  EXPECT_EQ(clock.Now(), now - absl::Hours(1));
  EXPECT_EQ(clock.Monotonic() - monotonic, absl::Seconds(5));
}

TEST(FakeClockTest, WaitEndsOnlyWhenEnoughTimeHasPassed) {
  FakeClock clock;
  std::atomic<bool> done = false;
  std::thread waiter([&] {
    EXPECT_TRUE(clock.WaitFor(absl::Seconds(10), StopToken()));
    done = true;
  });
  clock.AwaitWaiters(1);
  clock.Advance(absl::Seconds(9));
  EXPECT_FALSE(done);
  clock.Advance(absl::Seconds(1));
  waiter.join();
  EXPECT_TRUE(done);
}

TEST(FakeClockTest, StopEndsAWait) {
  FakeClock clock;
  StopSource source;
  std::thread waiter([&] { EXPECT_FALSE(clock.WaitUntil(absl::InfiniteFuture(), source.Token())); });
  clock.AwaitWaiters(1);
  source.RequestStop();
  waiter.join();
}

}  // namespace
}  // namespace dba
