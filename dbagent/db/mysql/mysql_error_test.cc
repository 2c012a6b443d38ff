// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_error.h"

#include <utility>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(MysqlErrorTest, CodesFollowTheNumber) {
  const std::pair<unsigned, absl::StatusCode> cases[] = {{1045, absl::StatusCode::kUnauthenticated},
                                                         {1044, absl::StatusCode::kPermissionDenied},
                                                         {1142, absl::StatusCode::kPermissionDenied},
                                                         {1146, absl::StatusCode::kNotFound},
                                                         {1049, absl::StatusCode::kFailedPrecondition},
                                                         {4151, absl::StatusCode::kFailedPrecondition},
                                                         {1969, absl::StatusCode::kDeadlineExceeded},
                                                         {3024, absl::StatusCode::kDeadlineExceeded},
                                                         {1213, absl::StatusCode::kAborted},
                                                         {1040, absl::StatusCode::kUnavailable},
                                                         {1792, absl::StatusCode::kInvalidArgument},
                                                         {2013, absl::StatusCode::kUnavailable},
                                                         {1396, absl::StatusCode::kInternal}};
  for (const auto& [number, code] : cases) {
    EXPECT_EQ(MysqlError(number, "m").code(), code) << number;
    EXPECT_EQ(MysqlErrorNumber(MysqlError(number, "m")), number);
  }
  EXPECT_EQ(MysqlErrorNumber(absl::InternalError("m")), 0u);
  EXPECT_TRUE(IsMysqlClientError(2006));
  EXPECT_FALSE(IsMysqlClientError(1146));
}

TEST(MysqlErrorTest, ASyntaxErrorDoesNotRepeatTheStatement) {
  EXPECT_THAT(MysqlError(1064, "near 'verifier'"),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::Not(testing::HasSubstr("verifier"))));
}

}  // namespace
}  // namespace dba::agent
