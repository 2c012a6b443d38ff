// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_CLOCK_H_
#define DBA_COMMON_CLOCK_H_

#include "absl/time/time.h"
#include "common/stop_token.h"

namespace dba {

// The seam to time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The wall clock, for what people and other machines see; it may jump.
  virtual absl::Time Now() const = 0;

  // Time since a fixed but unknown point, which never goes back; for timeouts
  // and leases.
  virtual absl::Duration Monotonic() const = 0;

  // Blocks for `duration` of monotonic time, or until a stop is requested.
  // Returns true when the time has passed, false when it was stopped; a stop
  // that came before the call wins.
  virtual bool WaitFor(absl::Duration duration, const StopToken& stop) = 0;

  // As WaitFor, for the time from now to `deadline`. A jump of the wall clock
  // during the wait does not change its length.
  bool WaitUntil(absl::Time deadline, const StopToken& stop) { return WaitFor(deadline - Now(), stop); }
};

class RealClock : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  bool WaitFor(absl::Duration duration, const StopToken& stop) override;
};

}  // namespace dba

#endif  // DBA_COMMON_CLOCK_H_
