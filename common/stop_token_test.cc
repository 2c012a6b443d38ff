// SPDX-License-Identifier: Apache-2.0
#include "common/stop_token.h"

#include <atomic>
#include <memory>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(StopTokenTest, DefaultTokenNeverStops) {
  bool ran = false;
  StopToken token;
  StopCallback callback(token, [&] { ran = true; });
  EXPECT_FALSE(token.StopRequested());
  EXPECT_FALSE(ran);
}

TEST(StopTokenTest, CopiesOfASourceShareOneState) {
  StopSource source;
  const StopToken token = source.Token();
  EXPECT_FALSE(token.StopRequested());
  StopSource(source).RequestStop();
  EXPECT_TRUE(token.StopRequested());
  EXPECT_TRUE(source.StopRequested());
}

TEST(StopTokenTest, RunsEachCallbackOnceAndNoneThatWasRemoved) {
  StopSource source;
  int first = 0;
  int removed = 0;
  StopCallback kept(source.Token(), [&] { ++first; });
  std::make_unique<StopCallback>(source.Token(), [&] { ++removed; });
  source.RequestStop();
  source.RequestStop();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(removed, 0);
}

TEST(StopTokenTest, CallbackRegisteredAfterTheStopRunsAtOnce) {
  StopSource source;
  source.RequestStop();
  bool ran = false;
  StopCallback callback(source.Token(), [&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(StopTokenTest, CallbackMayDestroyItsOwnRegistration) {
  StopSource source;
  std::unique_ptr<StopCallback> callback;
  callback = std::make_unique<StopCallback>(source.Token(), [&] { callback.reset(); });
  source.RequestStop();
  EXPECT_EQ(callback, nullptr);
}

TEST(StopTokenTest, DestructorWaitsForARunningCallback) {
  StopSource source;
  absl::Notification entered;
  absl::Notification leave;
  std::atomic<bool> finished = false;
  auto callback = std::make_unique<StopCallback>(source.Token(), [&] {
    entered.Notify();
    leave.WaitForNotification();
    finished = true;
  });
  std::thread stopper([&] { source.RequestStop(); });
  entered.WaitForNotification();
  std::thread releaser([&] { leave.Notify(); });
  callback.reset();
  EXPECT_TRUE(finished);
  stopper.join();
  releaser.join();
}

}  // namespace
}  // namespace dba
