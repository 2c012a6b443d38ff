// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/error_policy.h"

#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(ErrorPolicyTest, EveryCodeHasAClass) {
  const std::map<absl::StatusCode, ErrorClass> expected = {
      {absl::StatusCode::kCancelled, ErrorClass::kTransient},
      {absl::StatusCode::kUnknown, ErrorClass::kTransient},
      {absl::StatusCode::kInvalidArgument, ErrorClass::kTerminal},
      {absl::StatusCode::kDeadlineExceeded, ErrorClass::kTransient},
      {absl::StatusCode::kNotFound, ErrorClass::kBlocked},
      {absl::StatusCode::kAlreadyExists, ErrorClass::kTerminal},
      {absl::StatusCode::kPermissionDenied, ErrorClass::kTerminal},
      {absl::StatusCode::kResourceExhausted, ErrorClass::kTransient},
      {absl::StatusCode::kFailedPrecondition, ErrorClass::kBlocked},
      {absl::StatusCode::kAborted, ErrorClass::kTransient},
      {absl::StatusCode::kOutOfRange, ErrorClass::kTerminal},
      {absl::StatusCode::kUnimplemented, ErrorClass::kTerminal},
      {absl::StatusCode::kInternal, ErrorClass::kTransient},
      {absl::StatusCode::kUnavailable, ErrorClass::kTransient},
      {absl::StatusCode::kDataLoss, ErrorClass::kTerminal},
      {absl::StatusCode::kUnauthenticated, ErrorClass::kTerminal},
  };
  for (const auto& [code, error_class] : expected) {
    const absl::Status status(code, "x");
    EXPECT_EQ(ClassifyError(status), error_class) << status;
    const Retry retry = RetryAfter(status);
    EXPECT_EQ(retry.status.ok(), error_class != ErrorClass::kTransient) << status;
    EXPECT_EQ(retry.requeue_after.has_value(), error_class != ErrorClass::kTransient) << status;
  }
}

}  // namespace
}  // namespace dba
