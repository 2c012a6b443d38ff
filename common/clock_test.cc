// SPDX-License-Identifier: Apache-2.0
#include "common/clock.h"

#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(RealClockTest, NowIsTheWallClock) {
  RealClock clock;
  EXPECT_LT(absl::AbsDuration(clock.Now() - absl::Now()), absl::Seconds(10));
}

TEST(RealClockTest, WaitsAtLeastTheGivenTime) {
  RealClock clock;
  const absl::Duration start = clock.Monotonic();
  EXPECT_TRUE(clock.WaitFor(absl::Milliseconds(20), StopToken()));
  EXPECT_GE(clock.Monotonic() - start, absl::Milliseconds(20));
}

TEST(RealClockTest, DoesNotWaitForTheLengthOfTimeThatHasPassed) {
  RealClock clock;
  EXPECT_TRUE(clock.WaitFor(-absl::InfiniteDuration(), StopToken()));
  EXPECT_TRUE(clock.WaitUntil(absl::InfinitePast(), StopToken()));
}

TEST(RealClockTest, AStopBeforeTheWaitWins) {
  RealClock clock;
  StopSource source;
  source.RequestStop();
  EXPECT_FALSE(clock.WaitFor(absl::InfiniteDuration(), source.Token()));
  EXPECT_FALSE(clock.WaitFor(absl::ZeroDuration(), source.Token()));
}

TEST(RealClockTest, AStopDuringTheWaitEndsIt) {
  RealClock clock;
  StopSource source;
  absl::Notification started;
  std::thread stopper([&] {
    started.WaitForNotification();
    source.RequestStop();
  });
  started.Notify();
  EXPECT_FALSE(clock.WaitUntil(absl::InfiniteFuture(), source.Token()));
  stopper.join();
}

}  // namespace
}  // namespace dba
