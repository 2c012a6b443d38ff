// SPDX-License-Identifier: Apache-2.0
#include "common/backoff.h"

#include <algorithm>

namespace dba {

absl::Duration BackoffDelay(const BackoffPolicy& policy, int attempt, double jitter) {
  absl::Duration delay = policy.initial;
  for (int i = 1; i < attempt && delay < policy.maximum; ++i) delay *= policy.multiplier;
  delay = std::min(delay, policy.maximum);
  return delay * (0.5 + jitter / 2);
}

}  // namespace dba
