// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_BACKOFF_H_
#define DBA_COMMON_BACKOFF_H_

#include "absl/time/time.h"

namespace dba {

struct BackoffPolicy {
  absl::Duration initial = absl::Milliseconds(100);
  absl::Duration maximum = absl::Minutes(5);
  double multiplier = 2;
};

// How long to wait before the next try. Pure.
//   attempt  failures so far; 1 waits about `initial`, each further one
//   `multiplier` times as long, up to `maximum` jitter   in [0, 1), from
//   Jitter(); the result is spread over the upper half of the delay, so that
//   many callers that
//            failed together do not return together
absl::Duration BackoffDelay(const BackoffPolicy& policy, int attempt, double jitter);

}  // namespace dba

#endif  // DBA_COMMON_BACKOFF_H_
