// SPDX-License-Identifier: Apache-2.0
//
// Queries and calls of MariaDB and MySQL that are refused, slow or frozen, as tests; each server instantiates them.
#ifndef DBA_INTEGRATION_MYSQL_CALLS_TEST_H_
#define DBA_INTEGRATION_MYSQL_CALLS_TEST_H_

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/testing/status_matchers.h"
#include "integration/mysql_fixture.h"

namespace dba::agent {

TEST_P(MysqlTest, SelectChangesNothing) {
  test_->Run("CREATE TABLE sh_op.t (x int)");
  for (const char* sql :
       {"CREATE TABLE made (i int)", "INSERT INTO t VALUES (1)", "SELECT 1; DROP TABLE t",
        "INSERT INTO t VALUES (1) RETURNING x", "SELECT 1 INTO OUTFILE '/tmp/x'", "ANALYZE TABLE t"}) {
    EXPECT_FALSE(db().Select({sql, 10, 100}, Soon()).ok()) << sql;
  }
  EXPECT_EQ(test_->Run("SELECT COUNT(*) FROM sh_op.t"), "0");
  EXPECT_THAT(db().Select({"SELECT REPEAT('x', 200)", 10, 100}, Soon()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(db().Select({"SELECT 1 UNION SELECT 2 UNION SELECT 3", 2, 100}, Soon()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(const RowSet rows, db().Select({"SELECT 'a' AS n, NULL, GET_LOCK('kept', 0)", 10, 100}, Soon()));
  EXPECT_EQ(rows.columns[0], "n");
  EXPECT_EQ(rows.rows[0][0], "a");
  EXPECT_EQ(rows.rows[0][1], std::nullopt);
  EXPECT_EQ(test_->Run("SELECT IS_FREE_LOCK('kept')"), "1");
}

TEST_P(MysqlTest, SlowSelectEndsAtItsDeadline) {
  for (const char* sql : {"SELECT COUNT(*) FROM information_schema.collations a, information_schema.collations b, "
                          "information_schema.collations c, information_schema.collations d",
                          // These end early with a value of their own instead of an error.
                          "SELECT BENCHMARK(2000000000, SHA2('x', 256))", "SELECT SLEEP(30)"}) {
    const absl::Time start = absl::Now();
    EXPECT_THAT(db().Select({sql, 10, 100}, start + absl::Seconds(1)), StatusIs(absl::StatusCode::kDeadlineExceeded))
        << sql;
    EXPECT_LT(absl::Now() - start, absl::Seconds(3)) << sql;
  }
}

// Which server.
class MysqlServerTest : public testing::TestWithParam<MysqlEnv::Kind> {};

TEST_P(MysqlServerTest, WithoutProcessRefusesToListSessionsItCannotSee) {
  const std::unique_ptr<MysqlUnderTest> test = MakeMysql({GetParam(), MysqlAdmin::kWithoutProcess});
  ASSERT_NE(test, nullptr);
  EXPECT_THAT(test->database().ListAccounts("owner-1", absl::Now() + absl::Seconds(20)),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("PROCESS")));
}

TEST_P(MysqlServerTest, AFrozenServerHoldsNoCallPastItsDeadline) {
  const std::unique_ptr<MysqlUnderTest> test = MakeMysql({GetParam(), MysqlAdmin::kRoot});
  ASSERT_NE(test, nullptr);
  ASSERT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
  SharedMysql(GetParam())->Freeze();
  for (int call = 0; call < 2; ++call) {  // first on the idle connection, then on a new one
    const absl::Time start = absl::Now();
    const absl::StatusCode code = test->database().Describe(start + absl::Seconds(1)).status().code();
    EXPECT_TRUE(code == absl::StatusCode::kDeadlineExceeded || code == absl::StatusCode::kUnavailable) << code;
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  }
  SharedMysql(GetParam())->Thaw();
  EXPECT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
  SharedMysql(GetParam())->Kill();
  ASSERT_OK(SharedMysql(GetParam())->StartAgain());
  EXPECT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
}

}  // namespace dba::agent

#endif  // DBA_INTEGRATION_MYSQL_CALLS_TEST_H_
