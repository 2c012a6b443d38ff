// SPDX-License-Identifier: Apache-2.0
//
// What every Database promises, as tests; each engine and the fake instantiate them:
//   INSTANTIATE_TEST_SUITE_P(Postgres, DatabaseContractTest, testing::Values(MakePostgres));
#ifndef DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_
#define DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/db/database.h"
#include "dbagent/testing/database_under_test.h"

namespace dba::agent {

class DatabaseContractTest : public testing::TestWithParam<MakeDatabaseUnderTest> {
 protected:
  void SetUp() override {
    test_ = GetParam()();
    ASSERT_NE(test_, nullptr) << "no server to test on: see the log above";
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  Database& db() { return test_->database(); }

  static AccountSpec Spec(const std::string& name, const std::string& owner = "owner-1") {
    AccountSpec spec;
    spec.owner = owner;
    spec.name = name;
    spec.version = "v1";
    spec.password = Secret("pass-" + name);
    return spec;
  }
  static std::string PasswordOf(const std::string& name) { return "pass-" + name; }

  ProbeResult::Outcome Probe(const std::string& name, const std::string& password) {
    const absl::StatusOr<ProbeResult> result = db().ProbeAccount(name, Secret(password), Soon());
    EXPECT_OK(result);
    return result.ok() ? result->outcome : ProbeResult::Outcome::kRefused;
  }
  std::vector<Account> List(const std::string& owner) {
    const absl::StatusOr<AccountList> list = db().ListAccounts(owner, Soon());
    EXPECT_OK(list);
    return list.ok() ? list->accounts : std::vector<Account>();
  }
  absl::StatusOr<bool> Drop(const std::string& name) { return db().DropAccount("owner-1", name, Soon()); }
  absl::Status SetLocked(const std::string& name, bool locked) {
    return db().SetAccountLocked("owner-1", name, locked, Soon());
  }

  std::unique_ptr<DatabaseUnderTest> test_;
};

TEST_P(DatabaseContractTest, DescribesTheServer) {
  ASSERT_OK_AND_ASSIGN(const ServerInfo info, db().Describe(Soon()));
  EXPECT_NE(info.version, "");
  EXPECT_NE(info.identity, "");
  EXPECT_NE(info.database, "");
  EXPECT_NE(info.port, 0);
}

TEST_P(DatabaseContractTest, EnsureMakesAnAccountThatLogsIn) {
  EXPECT_THAT(db().EnsureAccount(Spec("dba_a"), Soon()), IsOkAndHolds(true));
  EXPECT_THAT(db().EnsureAccount(Spec("dba_a"), Soon()), IsOkAndHolds(false));
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kLoggedIn);
  EXPECT_EQ(Probe("dba_a", "wrong"), ProbeResult::Outcome::kRefused);
  EXPECT_EQ(Probe("dba_nobody", "wrong"), ProbeResult::Outcome::kRefused);
}

TEST_P(DatabaseContractTest, EnsureSetsExactlyThePasswordItIsGiven) {
  const std::string odd = "q'\"`\\%_@:/ $A$005$ \xc3\xa9\xe2\x82\xac-- ;";
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  AccountSpec spec = Spec("dba_a");
  spec.password = Secret(odd);
  EXPECT_THAT(db().EnsureAccount(spec, Soon()), IsOkAndHolds(false));
  EXPECT_EQ(Probe("dba_a", odd), ProbeResult::Outcome::kLoggedIn);
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kRefused);
}

TEST_P(DatabaseContractTest, ListsTheAccountsOfOneOwnerByName) {
  AccountSpec migrator = Spec("dba_m");
  migrator.kind = AccountKind::kMigrator;
  migrator.lock_timeout = absl::Seconds(3);
  ASSERT_OK(db().EnsureAccount(migrator, Soon()));
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_OK(db().EnsureAccount(Spec("dba_other", "owner-2"), Soon()));
  const std::vector<Account> accounts = List("owner-1");
  ASSERT_EQ(accounts.size(), 2u);
  EXPECT_EQ(accounts[0].name, "dba_a");
  EXPECT_EQ(accounts[0].kind, AccountKind::kApplication);
  EXPECT_EQ(accounts[0].version, "v1");
  EXPECT_FALSE(accounts[0].locked);
  EXPECT_EQ(accounts[1].kind, AccountKind::kMigrator);
  EXPECT_EQ(List("owner-2").size(), 1u);
  EXPECT_EQ(List("owner-").size(), 0u);
}

TEST_P(DatabaseContractTest, LockRefusesNewLoginsAndKeepsSessions) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_TRUE(test_->OpenSession("dba_a", PasswordOf("dba_a")));
  ASSERT_OK(SetLocked("dba_a", true));
  EXPECT_OK(SetLocked("dba_a", true));
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kLocked);
  const std::vector<Account> accounts = List("owner-1");
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_TRUE(accounts[0].locked);
  ASSERT_EQ(accounts[0].sessions.size(), 1u);
  // An address, not an address and port: the sessions of one client are counted together.
  EXPECT_EQ(accounts[0].sessions[0].client.rfind(":"), std::string::npos) << accounts[0].sessions[0].client;
  ASSERT_OK(SetLocked("dba_a", false));
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kLoggedIn);
}

TEST_P(DatabaseContractTest, EnsureUnlocks) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_OK(SetLocked("dba_a", true));
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kLoggedIn);
  EXPECT_FALSE(List("owner-1")[0].locked);
}

TEST_P(DatabaseContractTest, DropsOnlyALockedAccountWithoutSessions) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  EXPECT_THAT(Drop("dba_a"), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("not locked")));
  ASSERT_TRUE(test_->OpenSession("dba_a", PasswordOf("dba_a")));
  ASSERT_OK(SetLocked("dba_a", true));
  EXPECT_THAT(Drop("dba_a"), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("session")));
  EXPECT_EQ(List("owner-1").size(), 1u);
  test_->CloseSessions("dba_a");
  EXPECT_TRUE(WaitFor([&] { return List("owner-1")[0].sessions.empty(); }));
  EXPECT_THAT(Drop("dba_a"), IsOkAndHolds(true));
  EXPECT_THAT(Drop("dba_a"), IsOkAndHolds(false));
  EXPECT_TRUE(List("owner-1").empty());
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kRefused);
}

TEST_P(DatabaseContractTest, LeavesAccountsOfOthersAlone) {
  test_->AddForeignAccount("dba_foreign");
  ASSERT_OK(db().EnsureAccount(Spec("dba_second", "owner-2"), Soon()));
  for (const std::string name : {"dba_foreign", "dba_second"}) {
    EXPECT_THAT(db().EnsureAccount(Spec(name), Soon()), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(SetLocked(name, true), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(Drop(name), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_TRUE(List("owner-1").empty());
  EXPECT_EQ(Probe("dba_second", PasswordOf("dba_second")), ProbeResult::Outcome::kLoggedIn);
}

TEST_P(DatabaseContractTest, ManyEnsuresAtOnceAllSucceed) {
  constexpr int kThreads = 4;
  std::vector<absl::Status> results(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { results[i] = db().EnsureAccount(Spec(i % 2 == 0 ? "dba_a" : "dba_b"), Soon()).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) EXPECT_OK(result);
  EXPECT_EQ(List("owner-1").size(), 2u);
}

TEST_P(DatabaseContractTest, SelectTellsAMissingTableFromOtherErrors) {
  EXPECT_THAT(db().Select({"SELECT version_num FROM no_such_table", 10, 100}, Soon()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(DatabaseContractTest, MetricsOfAMissingTableAreNotFound) {
  EXPECT_THAT(db().EstimateRows("no_such_table", Soon()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(db().NextId("no_such_table", Soon()), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_
