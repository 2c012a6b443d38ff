// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/fence.h"

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(FenceTest, OnlyALowerEpochIsFenced) {
  EXPECT_OK(CheckEpoch(0, 7));
  EXPECT_OK(CheckEpoch(7, 7));
  EXPECT_OK(CheckEpoch(8, 7));
  EXPECT_OK(CheckEpoch(1, 0));
  EXPECT_THAT(CheckEpoch(6, 7), StatusIs(absl::StatusCode::kAborted, testing::HasSubstr("7")));
}

TEST(FenceTest, ADatabasesOwnAbortIsNotTheFence) {
  EXPECT_TRUE(IsFenced(CheckEpoch(6, 7)));
  EXPECT_FALSE(IsFenced(absl::AbortedError("deadlock detected")));
  EXPECT_FALSE(IsFenced(absl::OkStatus()));
}

}  // namespace
}  // namespace dba::agent
