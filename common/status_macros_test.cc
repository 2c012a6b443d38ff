// SPDX-License-Identifier: Apache-2.0
#include "common/status_macros.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace dba {
namespace {

absl::Status Check(const absl::Status& status, int* reached) {
  DBA_RETURN_IF_ERROR(status);
  ++*reached;
  return absl::OkStatus();
}

absl::StatusOr<int> Add(absl::StatusOr<std::unique_ptr<int>> a, absl::StatusOr<int> b) {
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<int> left, std::move(a));
  DBA_ASSIGN_OR_RETURN(const int right, std::move(b));
  return *left + right;
}

TEST(StatusMacrosTest, ReturnIfErrorStopsOnlyOnError) {
  int reached = 0;
  EXPECT_EQ(Check(absl::AbortedError("x"), &reached), absl::AbortedError("x"));
  EXPECT_EQ(reached, 0);
  EXPECT_TRUE(Check(absl::OkStatus(), &reached).ok());
  EXPECT_EQ(reached, 1);
}

TEST(StatusMacrosTest, AssignOrReturnMovesTheValueOrReturnsTheStatus) {
  EXPECT_EQ(Add(std::make_unique<int>(2), 3).value(), 5);
  EXPECT_EQ(Add(absl::NotFoundError("a"), 3).status(), absl::NotFoundError("a"));
  EXPECT_EQ(Add(std::make_unique<int>(2), absl::NotFoundError("b")).status(), absl::NotFoundError("b"));
}

}  // namespace
}  // namespace dba
