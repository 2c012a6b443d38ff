// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/work_queue.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using kube::ObjectKey;
using testing::ElementsAre;

ObjectKey Key(const std::string& name) { return {"shop", name}; }

class WorkQueueTest : public testing::Test {
 protected:
  WorkQueueTest() : queue_(&clock_, &random_, {absl::Seconds(1), absl::Seconds(8), 2}, Observer()) {}

  WorkQueueObserver Observer() {
    WorkQueueObserver observer;
    observer.depth = [this](size_t depth) { depth_ = depth; };
    observer.add = [this] { ++adds_; };
    observer.queue_duration = [this](absl::Duration duration) { queued_.push_back(duration); };
    observer.retry = [this] { ++retries_; };
    return observer;
  }
  // The name of what is due, "" when nothing is; it stays taken.
  std::string Take() {
    const std::optional<ObjectKey> key = queue_.TryGet();
    return key.has_value() ? key->name : "";
  }
  std::string TakeAndFinish() {
    const std::string name = Take();
    if (!name.empty()) queue_.Done(Key(name));
    return name;
  }

  FakeClock clock_;
  FakeRandom random_;
  size_t depth_ = 0;
  int adds_ = 0;
  int retries_ = 0;
  std::vector<absl::Duration> queued_;
  WorkQueue queue_;
};

TEST_F(WorkQueueTest, HoldsAKeyOnce) {
  queue_.Add(Key("a"));
  queue_.Add(Key("b"));
  queue_.Add(Key("a"));
  EXPECT_EQ(queue_.depth(), 2U);
  EXPECT_EQ(TakeAndFinish(), "a");
  EXPECT_EQ(TakeAndFinish(), "b");
  EXPECT_EQ(TakeAndFinish(), "");
}

TEST_F(WorkQueueTest, GivesAKeyToOneWorkerAtATime) {
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "a");
  queue_.Add(Key("a"));
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "");
  queue_.Done(Key("a"));
  EXPECT_EQ(TakeAndFinish(), "a") << "it changed while it was worked on";
  EXPECT_EQ(Take(), "");
}

TEST_F(WorkQueueTest, PutsChangesBeforeResyncs) {
  queue_.Add(Key("r1"), WorkQueue::Priority::kResync);
  queue_.Add(Key("r2"), WorkQueue::Priority::kResync);
  queue_.Add(Key("c1"));
  queue_.Add(Key("r2"));
  EXPECT_EQ(TakeAndFinish(), "c1");
  EXPECT_EQ(TakeAndFinish(), "r2") << "a change moves it forward";
  EXPECT_EQ(TakeAndFinish(), "r1");
}

TEST_F(WorkQueueTest, AResyncDoesNotPutAChangeBack) {
  queue_.Add(Key("c"));
  queue_.Add(Key("r"), WorkQueue::Priority::kResync);
  queue_.Add(Key("c"), WorkQueue::Priority::kResync);
  EXPECT_EQ(TakeAndFinish(), "c");
}

TEST_F(WorkQueueTest, DelaysUntilDue) {
  queue_.AddAfter(Key("a"), absl::Seconds(10));
  clock_.Advance(absl::Seconds(9));
  EXPECT_EQ(Take(), "");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Take(), "a");
}

TEST_F(WorkQueueTest, KeepsTheSoonerOfTwoDelays) {
  queue_.AddAfter(Key("a"), absl::Seconds(10));
  queue_.AddAfter(Key("a"), absl::Seconds(20));
  queue_.AddAfter(Key("b"), absl::Seconds(20));
  queue_.AddAfter(Key("b"), absl::Seconds(10));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(TakeAndFinish(), "a");
  EXPECT_EQ(TakeAndFinish(), "b");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Take(), "") << "neither comes a second time";
}

TEST_F(WorkQueueTest, AChangeReplacesADelay) {
  queue_.AddAfter(Key("a"), absl::Seconds(10));
  queue_.Add(Key("a"));
  EXPECT_EQ(TakeAndFinish(), "a");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Take(), "");
}

TEST_F(WorkQueueTest, ADelayThatEndsDuringWorkComesAfterIt) {
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "a");
  queue_.AddAfter(Key("a"), absl::Seconds(1));
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Take(), "");
  queue_.Done(Key("a"));
  EXPECT_EQ(Take(), "a");
}

TEST_F(WorkQueueTest, BacksOffPerKeyUntilForgotten) {
  std::vector<int64_t> delays;
  for (int i = 0; i < 6; ++i) {
    queue_.AddRateLimited(Key("a"));
    int64_t milliseconds = 0;
    while (Take().empty()) {
      clock_.Advance(absl::Milliseconds(100));
      milliseconds += 100;
      ASSERT_LE(milliseconds, 9000);
    }
    queue_.Done(Key("a"));
    delays.push_back(milliseconds);
  }
  for (int i = 0; i < 6; ++i) {
    const int64_t longest = std::min(1000 << i, 8000);
    EXPECT_GE(delays[i], longest / 2) << i;
    EXPECT_LE(delays[i], longest + 100) << i;
  }
  EXPECT_EQ(retries_, 6);
  queue_.Forget(Key("a"));
  queue_.AddRateLimited(Key("a"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Take(), "a");
}

TEST_F(WorkQueueTest, TellsItsObserver) {
  queue_.Add(Key("a"));
  queue_.Add(Key("a"));
  queue_.Add(Key("b"));
  EXPECT_EQ(adds_, 2);
  EXPECT_EQ(depth_, 2U);
  clock_.Advance(absl::Seconds(3));
  Take();
  EXPECT_EQ(depth_, 1U);
  EXPECT_THAT(queued_, ElementsAre(absl::Seconds(3)));
}

TEST_F(WorkQueueTest, ShutDownEndsTheWaitAndGivesNothingMore) {
  std::thread worker([this] { EXPECT_FALSE(queue_.Get().has_value()); });
  queue_.ShutDown();
  worker.join();
  queue_.Add(Key("a"));
  EXPECT_EQ(Take(), "");
}

TEST(WorkQueueWithThreadsTest, EveryKeyIsWorkedOnByOneWorkerAtATime) {
  RealClock clock;
  FakeRandom random;
  WorkQueue queue(&clock, &random, {});
  constexpr int kKeys = 5;
  constexpr int kRounds = 2000;
  int counts[kKeys] = {};  // not atomic on purpose: the queue's exclusion is the only guard
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      while (const std::optional<ObjectKey> key = queue.Get()) {
        if (key->name == "end") {
          queue.ShutDown();
        } else {
          ++counts[key->name[0] - '0'];
        }
        queue.Done(*key);
      }
    });
  }
  for (int i = 0; i < kRounds; ++i) queue.Add(Key(std::to_string(i % kKeys)));
  queue.AddAfter(Key("end"), absl::Milliseconds(20));
  for (std::thread& worker : workers) worker.join();
  for (const int count : counts) {
    EXPECT_GE(count, 1);
    EXPECT_LE(count, kRounds / kKeys);
  }
}

}  // namespace
}  // namespace dba
