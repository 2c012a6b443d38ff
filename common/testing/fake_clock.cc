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
  if (monotonic_ < deadline) {
    deadlines_.insert(deadline);
    changed_.SignalAll();
  }
  while (!stop.StopRequested() && monotonic_ < deadline) changed_.Wait(&mu_);
  if (monotonic_ < deadline) deadlines_.erase(deadlines_.find(deadline));
  return !stop.StopRequested();
}

void FakeClock::Advance(absl::Duration duration) {
  MutexLock lock(&mu_);
  now_ += duration;
  monotonic_ += duration;
  // Here, not where the woken threads return: until they do, they wait no more.
  deadlines_.erase(deadlines_.begin(), deadlines_.upper_bound(monotonic_));
  changed_.SignalAll();
}

void FakeClock::SetNow(absl::Time now) {
  MutexLock lock(&mu_);
  now_ = now;
}

void FakeClock::AwaitWaiters(int count) {
  MutexLock lock(&mu_);
  while (deadlines_.size() < static_cast<size_t>(count)) changed_.Wait(&mu_);
}

}  // namespace dba
