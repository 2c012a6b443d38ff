// SPDX-License-Identifier: Apache-2.0
#include "common/testing/fake_clock.h"

namespace dba {

absl::Time FakeClock::Now() const {
  MutexLock lock(&mu_);
  return now_;
}

absl::Duration FakeClock::Monotonic() const {
  MutexLock lock(&mu_);
  return monotonic_;
}

bool FakeClock::WaitFor(absl::Duration duration, const StopToken& stop) {
  StopCallback wake(stop, [this] {
    MutexLock lock(&mu_);
    changed_.SignalAll();
  });
  MutexLock lock(&mu_);
  const absl::Duration deadline = monotonic_ + duration;
  ++waiters_;
  changed_.SignalAll();
  while (!stop.StopRequested() && monotonic_ < deadline) changed_.Wait(&mu_);
  --waiters_;
  return !stop.StopRequested();
}

void FakeClock::Advance(absl::Duration duration) {
  MutexLock lock(&mu_);
  now_ += duration;
  monotonic_ += duration;
  changed_.SignalAll();
}

void FakeClock::SetNow(absl::Time now) {
  MutexLock lock(&mu_);
  now_ = now;
}

void FakeClock::AwaitWaiters(int count) {
  MutexLock lock(&mu_);
  while (waiters_ < count) changed_.Wait(&mu_);
}

}  // namespace dba
