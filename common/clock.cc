// SPDX-License-Identifier: Apache-2.0
#include "common/clock.h"

#include <chrono>

#include "absl/time/clock.h"
#include "common/mutex.h"

namespace dba {

absl::Time RealClock::Now() const { return absl::Now(); }

absl::Duration RealClock::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

bool RealClock::WaitFor(absl::Duration duration, const StopToken& stop) {
  const absl::Duration deadline = Monotonic() + duration;
  Mutex mu;
  CondVar stopped;
  StopCallback wake(stop, [&] {
    MutexLock lock(&mu);
    stopped.SignalAll();
  });
  mu.Lock();
  while (!stop.StopRequested() && Monotonic() < deadline) stopped.WaitFor(&mu, deadline - Monotonic());
  mu.Unlock();
  return !stop.StopRequested();
}

}  // namespace dba
