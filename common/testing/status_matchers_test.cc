// SPDX-License-Identifier: Apache-2.0
#include "common/testing/status_matchers.h"

#include <memory>

#include "gtest/gtest-spi.h"

namespace dba {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusMatchersTest, MatchStatusAndStatusOr) {
  EXPECT_OK(absl::OkStatus());
  EXPECT_OK(absl::StatusOr<int>(1));
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(3));
  EXPECT_THAT(absl::StatusOr<int>(3), Not(IsOkAndHolds(4)));
  EXPECT_THAT(absl::AbortedError("late"), StatusIs(absl::StatusCode::kAborted, HasSubstr("lat")));
  EXPECT_THAT(absl::StatusOr<int>(absl::AbortedError("x")), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(absl::AbortedError("late"), Not(StatusIs(absl::StatusCode::kAborted, "early")));
}

TEST(StatusMatchersTest, AssignMovesTheValueOut) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<int> value, absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(5)));
  EXPECT_EQ(*value, 5);
}

TEST(StatusMatchersTest, AFailureShowsTheStatus) {
  EXPECT_NONFATAL_FAILURE(EXPECT_OK(absl::NotFoundError("no table image")), "no table image");
}

}  // namespace
}  // namespace dba
