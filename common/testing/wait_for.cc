// SPDX-License-Identifier: Apache-2.0
#include "common/testing/wait_for.h"

#include "common/clock.h"

namespace dba {

bool WaitFor(const std::function<bool()>& condition, absl::Duration timeout) {
  RealClock clock;
  const absl::Duration deadline = clock.Monotonic() + timeout;
  while (!condition()) {
    if (clock.Monotonic() >= deadline) return condition();
    clock.WaitFor(absl::Milliseconds(10), StopToken());
  }
  return true;
}

}  // namespace dba
