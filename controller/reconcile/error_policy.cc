// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/error_policy.h"

#include "common/status_util.h"

namespace dba {
namespace {

constexpr absl::Duration kBlockedRecheck = absl::Seconds(10);
constexpr absl::Duration kTerminalRecheck = absl::Seconds(30);

}  // namespace

ErrorClass ClassifyError(const absl::Status& status) {
  if (IsRetryable(status.code())) return ErrorClass::kTransient;
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kCancelled:
      return ErrorClass::kTransient;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
      return ErrorClass::kBlocked;
    default:
      return ErrorClass::kTerminal;
  }
}

Retry RetryAfter(const absl::Status& status) {
  switch (ClassifyError(status)) {
    case ErrorClass::kTransient:
      return {status, std::nullopt};
    case ErrorClass::kBlocked:
      return {absl::OkStatus(), kBlockedRecheck};
    case ErrorClass::kTerminal:
      break;
  }
  return {absl::OkStatus(), kTerminalRecheck};
}

}  // namespace dba
