// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_error.h"

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(PgErrorTest, CodesFollowTheState) {
  const std::pair<const char*, absl::StatusCode> cases[] = {
      {"42501", absl::StatusCode::kPermissionDenied}, {"42P01", absl::StatusCode::kNotFound},
      {"28P01", absl::StatusCode::kUnauthenticated},  {"57014", absl::StatusCode::kDeadlineExceeded},
      {"53300", absl::StatusCode::kUnavailable},      {"40P01", absl::StatusCode::kAborted},
      {"42601", absl::StatusCode::kInvalidArgument},  {"2BP01", absl::StatusCode::kFailedPrecondition},
      {"XX000", absl::StatusCode::kInternal}};
  for (const auto& [state, code] : cases) {
    EXPECT_EQ(PgError(state, "m").code(), code) << state;
    EXPECT_EQ(SqlState(PgError(state, "m")), state);
  }
  EXPECT_EQ(PgError("XX000", "tuple concurrently updated").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(SqlState(absl::InternalError("m")), "");
}

TEST(PgErrorTest, FindsTheStateOfARefusedLogin) {
  EXPECT_EQ(SqlStateOfConnectError("connection to server at \"::1\", port 5432 failed: FATAL:  28P01: no"), "28P01");
  EXPECT_EQ(SqlStateOfConnectError("failed: FATAL:  password authentication failed"), "");
  EXPECT_EQ(SqlStateOfConnectError("failed: Connection refused"), "");
  EXPECT_EQ(SqlStateOfConnectError(":  "), "");
}

}  // namespace
}  // namespace dba::agent
