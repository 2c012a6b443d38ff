// SPDX-License-Identifier: Apache-2.0
#include "common/status_util.h"

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(AnnotateTest, KeepsCodeAndPayloadsAndPrependsTheContext) {
  absl::Status status = absl::NotFoundError("no such key");
  status.SetPayload("type", absl::Cord("detail"));
  const absl::Status annotated = Annotate(status, "read Secret shop/admin");
  EXPECT_EQ(annotated.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(annotated.message(), "read Secret shop/admin: no such key");
  EXPECT_EQ(annotated.GetPayload("type"), absl::Cord("detail"));
}

TEST(AnnotateTest, LeavesOkAlone) { EXPECT_TRUE(Annotate(absl::OkStatus(), "x").ok()); }

TEST(IsRetryableTest, OnlyFourCodesAreRetried) {
  int retried = 0;
  for (int code = 0; code <= 16; ++code) retried += IsRetryable(static_cast<absl::StatusCode>(code)) ? 1 : 0;
  EXPECT_EQ(retried, 4);
  EXPECT_TRUE(IsRetryable(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(IsRetryable(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(IsRetryable(absl::StatusCode::kAborted));
  EXPECT_TRUE(IsRetryable(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace dba
