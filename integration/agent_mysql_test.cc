// SPDX-License-Identifier: Apache-2.0
//
// The contract of a Database on MariaDB, with root and with a limited admin account, and what only these engines have.
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/testing/database_contract_test.h"
#include "integration/mysql_under_test.h"

namespace dba::agent {
namespace {

std::unique_ptr<MysqlUnderTest> Make(MysqlAdmin admin) {
  MysqlEnv* env = SharedMysql();
  return env == nullptr ? nullptr : std::make_unique<MysqlUnderTest>(env, admin);
}

INSTANTIATE_TEST_SUITE_P(MariadbRoot, DatabaseContractTest, testing::Values([] { return Make(MysqlAdmin::kRoot); }));
INSTANTIATE_TEST_SUITE_P(MariadbLimited, DatabaseContractTest,
                         testing::Values([] { return Make(MysqlAdmin::kLimited); }));

class MysqlTest : public testing::TestWithParam<MysqlAdmin> {
 protected:
  void SetUp() override {
    test_ = Make(GetParam());
    ASSERT_NE(test_, nullptr);
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  Database& db() { return test_->database(); }
  absl::StatusOr<bool> Ensure(const std::string& name, AccountKind kind,
                              Privileges privileges = Privileges::kReadWrite) {
    AccountSpec spec;
    spec.owner = "owner-1";
    spec.name = name;
    spec.kind = kind;
    spec.version = "v1";
    spec.password = Secret("canary-password");
    spec.privileges = privileges;
    return db().EnsureAccount(spec, Soon());
  }
  absl::Status As(const std::string& user, const std::string& sql) {
    return test_->RunAs(user, "canary-password", sql).status();
  }
  std::unique_ptr<MysqlUnderTest> test_;
};

TEST_P(MysqlTest, RightsFollowTheKind) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_OK(Ensure("dba_rw", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_ro", AccountKind::kApplication, Privileges::kReadOnly));
  EXPECT_OK(As("dba_m", "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, x int)"));
  EXPECT_OK(As("dba_rw", "INSERT INTO t (x) VALUES (1)"));
  EXPECT_OK(As("dba_ro", "SELECT * FROM t"));
  EXPECT_FALSE(As("dba_ro", "INSERT INTO t (x) VALUES (1)").ok());
  EXPECT_FALSE(As("dba_rw", "ALTER TABLE t ADD COLUMN y int").ok());
  EXPECT_FALSE(As("dba_m", "CREATE TABLE shXop.t (i int)").ok()) << "_ in the database's name is a wildcard";
  EXPECT_FALSE(As("dba_m", "GRANT SELECT ON sh_op.* TO dba_ro@'%'").ok());
  EXPECT_THAT(db().NextId("t", Soon()), IsOkAndHolds(2));
  EXPECT_OK(db().EstimateRows("t", Soon()));
}

TEST_P(MysqlTest, PrivilegesCanBeTakenAway) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_OK(As("dba_m", "CREATE TABLE t (x int)"));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadOnly));
  EXPECT_OK(As("dba_a", "SELECT * FROM t"));
  EXPECT_FALSE(As("dba_a", "DELETE FROM t").ok());
}

TEST_P(MysqlTest, ForeignAccountKeepsItsPassword) {
  test_->AddForeignAccount("dba_foreign");
  EXPECT_THAT(db().DropAccount("owner-1", "dba_foreign", Soon()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Ensure("dba_foreign", AccountKind::kApplication), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(test_->Run("SELECT COUNT(*) FROM dba_operator.account"), "0");
  EXPECT_TRUE(absl::StrContains(test_->Run("SHOW CREATE USER dba_foreign@'%'"), "IDENTIFIED BY PASSWORD"));
  EXPECT_FALSE(absl::StrContains(test_->Run("SHOW CREATE USER dba_foreign@'%'"), "LOCK"));
}

TEST_P(MysqlTest, ACrashBetweenMarkAndAccountHeals) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  test_->Run("UPDATE dba_operator.account SET creating = 1");
  test_->Run("DROP USER dba_a@'%'");
  EXPECT_THAT(Ensure("dba_a", AccountKind::kApplication), IsOkAndHolds(true));
  EXPECT_OK(As("dba_a", "SELECT 1"));
}

TEST_P(MysqlTest, DropRefusesDefiners) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_OK(As("dba_m", "CREATE VIEW v AS SELECT 1"));
  ASSERT_OK(db().SetAccountLocked("owner-1", "dba_m", true, Soon()));
  EXPECT_TRUE(WaitFor([&] {
    const absl::Status status = db().DropAccount("owner-1", "dba_m", Soon()).status();
    return absl::IsFailedPrecondition(status) && absl::StrContains(status.message(), "view v");
  }));
}

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
  const absl::Time start = absl::Now();
  EXPECT_THAT(
      db().Select({"SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b", 10, 100}, start + absl::Seconds(1)),
      StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST_P(MysqlTest, NoPasswordReachesTheServersLog) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  const std::string log = SharedMysql()->GeneralLog();
  EXPECT_TRUE(absl::StrContains(log, "ALTER USER 'dba_a'"));
  EXPECT_FALSE(absl::StrContains(log, "canary-password"));
}

INSTANTIATE_TEST_SUITE_P(Admins, MysqlTest, testing::Values(MysqlAdmin::kRoot, MysqlAdmin::kLimited));

TEST(MysqlWithoutProcessTest, RefusesToListSessionsItCannotSee) {
  const std::unique_ptr<MysqlUnderTest> test = Make(MysqlAdmin::kWithoutProcess);
  ASSERT_NE(test, nullptr);
  EXPECT_THAT(test->database().ListAccounts("owner-1", absl::Now() + absl::Seconds(20)),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("PROCESS")));
}

TEST(MysqlFrozenTest, AFrozenServerHoldsNoCallPastItsDeadline) {
  const std::unique_ptr<MysqlUnderTest> test = Make(MysqlAdmin::kRoot);
  ASSERT_NE(test, nullptr);
  ASSERT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
  SharedMysql()->Freeze();
  for (int call = 0; call < 2; ++call) {  // first on the idle connection, then on a new one
    const absl::Time start = absl::Now();
    const absl::StatusCode code = test->database().Describe(start + absl::Seconds(1)).status().code();
    EXPECT_TRUE(code == absl::StatusCode::kDeadlineExceeded || code == absl::StatusCode::kUnavailable) << code;
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  }
  SharedMysql()->Thaw();
  EXPECT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
  SharedMysql()->Kill();
  ASSERT_OK(SharedMysql()->StartAgain());
  EXPECT_OK(test->database().Describe(absl::Now() + absl::Seconds(20)));
}

}  // namespace
}  // namespace dba::agent
