// SPDX-License-Identifier: Apache-2.0
//
// What MariaDB and MySQL have of accounts beyond the contract of a Database, as tests; each server instantiates them.
#ifndef DBA_INTEGRATION_MYSQL_ACCOUNTS_TEST_H_
#define DBA_INTEGRATION_MYSQL_ACCOUNTS_TEST_H_

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "integration/mysql_fixture.h"

namespace dba::agent {

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
  test_->Run("GRANT UPDATE ON `sh\\_op`.* TO dba_a@'%'");  // by hand, one of several
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadOnly));
  EXPECT_FALSE(As("dba_a", "UPDATE t SET x = 1").ok());
}

TEST_P(MysqlTest, ForeignAccountKeepsItsPassword) {
  test_->AddForeignAccount("dba_foreign");
  EXPECT_THAT(db().DropAccount({"owner-1", "dba_foreign"}, Soon()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Ensure("dba_foreign", AccountKind::kApplication), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(test_->Run("SELECT COUNT(*) FROM dba_operator.account"), "0");
  EXPECT_OK(test_->env().RunAs("dba_foreign", "foreign", "", "SELECT 1"));
}

TEST_P(MysqlTest, AHalfMadeAccountOfOursIsFinished) {
  MakeHalfMade("dba_a", "half-made", /*locked=*/true);
  EXPECT_THAT(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadWrite, "half-made"), IsOkAndHolds(false));
  EXPECT_OK(test_->RunAs("dba_a", "half-made", "SELECT 1"));
  EXPECT_EQ(test_->Run("SELECT creating FROM dba_operator.account WHERE name = 'dba_a'"), "0");
  EXPECT_OK(db().SetAccountLocked({"owner-1", "dba_a"}, true, Soon()));
}

TEST_P(MysqlTest, AHalfMadeAccountOfSomebodyElseIsNotTaken) {
  for (const bool locked : {false, true}) {
    const std::string name = locked ? "dba_b" : "dba_a";
    MakeHalfMade(name, "foreign", locked);
    EXPECT_THAT(Ensure(name, AccountKind::kApplication),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("not made for this owner")));
    EXPECT_THAT(db().SetAccountLocked({"owner-1", name}, true, Soon()),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("somebody else's")));
    EXPECT_THAT(db().DropAccount({"owner-1", name}, Soon()), StatusIs(absl::StatusCode::kFailedPrecondition));
    if (locked) test_->Run("ALTER USER " + name + "@'%' ACCOUNT UNLOCK");
    EXPECT_OK(test_->env().RunAs(name, "foreign", "", "SELECT 1")) << "its password is what it was";
    test_->Run("DROP USER " + name + "@'%'");
    EXPECT_THAT(Ensure(name, AccountKind::kApplication), IsOkAndHolds(true));
  }
}

TEST_P(MysqlTest, ACrashBetweenMarkAndAccountHeals) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  test_->Run("UPDATE dba_operator.account SET creating = 1");
  test_->Run("DROP USER dba_a@'%'");
  EXPECT_THAT(Ensure("dba_a", AccountKind::kApplication), IsOkAndHolds(true));
  EXPECT_OK(As("dba_a", "SELECT 1"));
}

TEST_P(MysqlTest, AnAccountThatSomebodyDroppedIsMadeAgainOrRetired) {
  for (const AccountKind kind : {AccountKind::kApplication, AccountKind::kMigrator}) {
    ASSERT_OK(Ensure("dba_a", kind));
    test_->Run("DROP USER dba_a@'%'");
    EXPECT_THAT(db().SetAccountLocked({"owner-1", "dba_a"}, false, Soon()), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(Ensure("dba_a", kind), IsOkAndHolds(true));
    EXPECT_OK(As("dba_a", "SELECT 1"));
    test_->Run("DROP USER dba_a@'%'");
    ASSERT_OK(db().SetAccountLocked({"owner-1", "dba_a"}, true, Soon()));
    EXPECT_TRUE(WaitFor([&] { return db().DropAccount({"owner-1", "dba_a"}, Soon()).ok(); }));
    ASSERT_OK_AND_ASSIGN(const AccountList list, db().ListAccounts("owner-1", Soon()));
    EXPECT_TRUE(list.accounts.empty());
  }
}

TEST_P(MysqlTest, ACrashWhileAPasswordIsReplacedHeals) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  // Between the two marks around ALTER USER nobody knows which password holds: a login tells.
  test_->Run("UPDATE dba_operator.account SET password_digest = ''");
  EXPECT_THAT(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadWrite, "another"),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("replace_password")));
  test_->Run("ALTER USER dba_a@'%' IDENTIFIED BY 'another'");
  EXPECT_THAT(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadWrite, "another"), IsOkAndHolds(false));
  EXPECT_FALSE(Ensure("dba_a", AccountKind::kApplication).ok());
  EXPECT_OK(test_->RunAs("dba_a", "another", "SELECT 1"));
}

TEST_P(MysqlTest, TheFenceIsWrittenWhenItGrows) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  const auto writes = [this] {
    const std::string log = test_->env().GeneralLog();
    size_t count = 0;
    for (size_t at = log.find("INTO dba_operator.fence"); at != log.npos;
         at = log.find("INTO dba_operator.fence", at + 1))
      ++count;
    return count;
  };
  const size_t before = writes();
  for (const bool locked : {true, false, true}) {
    ASSERT_OK(db().SetAccountLocked({"owner-1", "dba_a", 7}, locked, Soon()));
  }
  EXPECT_EQ(writes(), before + 1);
  EXPECT_EQ(test_->Run("SELECT epoch FROM dba_operator.fence WHERE owner = 'owner-1'"), "7");
}

TEST_P(MysqlTest, ExtraGrantsReachTheAccountAlone) {
  test_->Run("CREATE TABLE sh_op.t (x int)");
  test_->Run("CREATE TABLE sh_op.log (x int)");
  test_->Run("CREATE PROCEDURE sh_op.p() SELECT 1");
  AccountSpec spec;
  spec.owner = "owner-1";
  spec.name = "dba_ro";
  spec.version = "v1";
  spec.password = Secret("canary-password");
  spec.privileges = Privileges::kReadOnly;
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  for (const char* sql : {"INSERT INTO log VALUES (1)", "CALL p()"}) EXPECT_FALSE(As("dba_ro", sql).ok()) << sql;
  spec.extra_grants = {{{"Insert"}, "Table", "log"}, {{"Execute"}, "Function", "sh_op.p"}};
  for (int i = 0; i < 2; ++i) ASSERT_OK(db().EnsureAccount(spec, Soon()));
  for (const char* sql : {"INSERT INTO log VALUES (1)", "CALL p()"}) EXPECT_OK(As("dba_ro", sql)) << sql;
  EXPECT_FALSE(As("dba_ro", "INSERT INTO t VALUES (1)").ok());
  spec.extra_grants = {{{"Insert"}, "Database", ""}};
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  EXPECT_OK(As("dba_ro", "INSERT INTO t VALUES (1)"));
  EXPECT_FALSE(test_->env().RunAs("dba_ro", "canary-password", "shXop", "SELECT 1").ok());
}

TEST_P(MysqlTest, ExtraGrantsStayInTheDatabase) {
  AccountSpec spec;
  spec.owner = "owner-1";
  spec.name = "dba_a";
  spec.version = "v1";
  spec.password = Secret("canary-password");
  for (const ExtraGrant& grant :
       {ExtraGrant{{"Update"}, "Table", "mysql.user"}, ExtraGrant{{"Update"}, "Table", "dba_operator.account"},
        ExtraGrant{{"Truncate"}, "Table", "t"}, ExtraGrant{{"Usage"}, "Sequence", "q"}}) {
    spec.extra_grants = {grant};
    EXPECT_THAT(db().EnsureAccount(spec, Soon()), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  for (const ExtraGrant& grant :
       {ExtraGrant{{"Update"}, "Table", "absent"}, ExtraGrant{{"Execute"}, "Function", "absent"}}) {
    spec.extra_grants = {grant};
    EXPECT_THAT(db().EnsureAccount(spec, Soon()),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("there is no such")));
  }
}

TEST_P(MysqlTest, ObstaclesOfLockedAccountsAreListed) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_OK(As("dba_m", "CREATE VIEW v AS SELECT 1"));
  const bool member = GetParam().kind == MysqlEnv::Kind::kMysql && GetParam().admin == MysqlAdmin::kRoot;
  if (member) test_->Run("GRANT dba_m@'%' TO root@'%'");
  const auto obstacles = [this] {
    const absl::StatusOr<AccountList> list = db().ListAccounts("owner-1", Soon());
    EXPECT_OK(list);
    return list.ok() && !list->accounts.empty() ? list->accounts[0].obstacles : std::vector<std::string>();
  };
  EXPECT_TRUE(obstacles().empty()) << "it is not locked";
  ASSERT_OK(db().SetAccountLocked({"owner-1", "dba_m"}, true, Soon()));
  std::vector<std::string> expected = {"DEFINER of view v"};
  if (member) expected.emplace_back("member root");
  EXPECT_EQ(obstacles(), expected);
  if (member) test_->Run("REVOKE dba_m@'%' FROM root@'%'");
}

TEST_P(MysqlTest, DropRefusesDefiners) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_OK(As("dba_m", "CREATE VIEW v AS SELECT 1"));
  ASSERT_OK(db().SetAccountLocked({"owner-1", "dba_m"}, true, Soon()));
  EXPECT_TRUE(WaitFor([&] {
    const absl::Status status = db().DropAccount({"owner-1", "dba_m"}, Soon()).status();
    return absl::IsFailedPrecondition(status) && absl::StrContains(status.message(), "view v");
  }));
}

TEST_P(MysqlTest, NoPasswordReachesTheServersLog) {
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  const std::string log = test_->env().GeneralLog();
  EXPECT_TRUE(absl::StrContains(log, "ALTER USER 'dba_a'"));
  EXPECT_FALSE(absl::StrContains(log, "canary-password"));
}

}  // namespace dba::agent

#endif  // DBA_INTEGRATION_MYSQL_ACCOUNTS_TEST_H_
