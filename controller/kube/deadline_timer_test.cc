// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/deadline_timer.h"

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

class Recorder {
 public:
  std::function<void()> Note(int number) {
    return [this, number] {
      MutexLock lock(&mu_);
      numbers_.push_back(number);
      changed_.SignalAll();
    };
  }
  std::vector<int> WaitForCount(size_t count) {
    MutexLock lock(&mu_);
    while (numbers_.size() < count) {
      if (!changed_.WaitFor(&mu_, absl::Seconds(10))) break;
    }
    return numbers_;
  }

 private:
  Mutex mu_;
  CondVar changed_;
  std::vector<int> numbers_ ABSL_GUARDED_BY(mu_);
};

TEST(DeadlineTimerTest, FiresInTheOrderOfTheDeadlines) {
  Recorder recorder;
  DeadlineTimer timer;
  const DeadlineTimer::Alarm later(&timer, absl::Milliseconds(40), recorder.Note(2));
  const DeadlineTimer::Alarm sooner(&timer, absl::Milliseconds(10), recorder.Note(1));
  EXPECT_THAT(recorder.WaitForCount(2), testing::ElementsAre(1, 2));
}

TEST(DeadlineTimerTest, ADestroyedAlarmStaysSilent) {
  Recorder recorder;
  DeadlineTimer timer;
  { const DeadlineTimer::Alarm never(&timer, absl::Milliseconds(20), recorder.Note(1)); }
  const DeadlineTimer::Alarm after(&timer, absl::Milliseconds(40), recorder.Note(2));
  EXPECT_THAT(recorder.WaitForCount(1), testing::ElementsAre(2));
}

TEST(DeadlineTimerTest, EndingAnAlarmWaitsForItsCallback) {
  DeadlineTimer timer;
  RealClock clock;
  Recorder started;
  bool finished = false;  // a data race, if the destructor did not wait
  {
    const DeadlineTimer::Alarm alarm(&timer, absl::ZeroDuration(), [&] {
      started.Note(1)();
      clock.WaitFor(absl::Milliseconds(20), StopToken());
      finished = true;
    });
    started.WaitForCount(1);
  }
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace dba::kube
