// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_FAKE_CLOCK_H_
#define DBA_COMMON_TESTING_FAKE_CLOCK_H_

#include <set>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace dba {

// Stands still until the test moves it. Thread-safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'700'000'000)) : now_(now) {}

  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  bool WaitFor(absl::Duration duration, const StopToken& stop) override;

  // Moves both clocks forward and wakes the waits whose time has come.
  void Advance(absl::Duration duration);

  // Moves the wall clock only, as an administrator or NTP would.
  void SetNow(absl::Time now);

  // Blocks until `count` waits go on whose time has not come, so that a test can
  // advance the clock without a race.
  void AwaitWaiters(int count);

 private:
  mutable Mutex mu_;
  CondVar changed_;
  absl::Time now_ ABSL_GUARDED_BY(mu_);
  absl::Duration monotonic_ ABSL_GUARDED_BY(mu_) = absl::Hours(1);
  std::multiset<absl::Duration> deadlines_ ABSL_GUARDED_BY(mu_);  // of the waits whose time has not come
};

}  // namespace dba

#endif  // DBA_COMMON_TESTING_FAKE_CLOCK_H_
