// SPDX-License-Identifier: Apache-2.0
//
// The one table that says what an error means for the next try. Pure.
#ifndef DBA_CONTROLLER_RECONCILE_ERROR_POLICY_H_
#define DBA_CONTROLLER_RECONCILE_ERROR_POLICY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace dba {

enum class ErrorClass {
  kTransient,  // tried again for ever, with backoff and jitter
  kBlocked,    // waits for something in the world, which wakes it; also looked at
               // every few seconds
  kTerminal,   // a human must change a resource, which wakes it; also looked at
               // slowly
};

// UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, RESOURCE_EXHAUSTED, INTERNAL,
// UNKNOWN and CANCELLED are transient; FAILED_PRECONDITION and NOT_FOUND
// blocked; the rest terminal. Undefined for OK.
ErrorClass ClassifyError(const absl::Status& status);

// How the work queue is to go on after `status`.
struct Retry {
  absl::Status status;                          // not OK: with backoff
  std::optional<absl::Duration> requeue_after;  // with `status` OK: so long from now
};
Retry RetryAfter(const absl::Status& status);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_ERROR_POLICY_H_
