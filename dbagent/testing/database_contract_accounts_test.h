// SPDX-License-Identifier: Apache-2.0
//
// What every Database promises of accounts: made, found, locked, ended, dropped.
#ifndef DBA_DBAGENT_TESTING_DATABASE_CONTRACT_ACCOUNTS_TEST_H_
#define DBA_DBAGENT_TESTING_DATABASE_CONTRACT_ACCOUNTS_TEST_H_

#include <string>
#include <thread>
#include <vector>

#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/testing/database_contract_fixture.h"

namespace dba::agent {

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
  spec.replace_password = true;
  EXPECT_THAT(db().EnsureAccount(spec, Soon()), IsOkAndHolds(false));
  EXPECT_EQ(Probe("dba_a", odd), ProbeResult::Outcome::kLoggedIn);
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kRefused);
  spec.replace_password = false;
  EXPECT_THAT(db().EnsureAccount(spec, Soon()), IsOkAndHolds(false));
}

TEST_P(DatabaseContractTest, NoPasswordIsReplacedUnasked) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  AccountSpec spec = Spec("dba_a");
  spec.password = Secret("another");
  spec.version = "v2";
  for (const bool locked : {false, true}) {
    ASSERT_OK(SetLocked("dba_a", locked));
    EXPECT_THAT(db().EnsureAccount(spec, Soon()),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("replace_password")));
    EXPECT_EQ(List("owner-1")[0].locked, locked) << "it was not touched";
    EXPECT_EQ(List("owner-1")[0].version, "v1");
  }
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  EXPECT_EQ(Probe("dba_a", PasswordOf("dba_a")), ProbeResult::Outcome::kLoggedIn);
  EXPECT_EQ(Probe("dba_a", "another"), ProbeResult::Outcome::kRefused);
}

TEST_P(DatabaseContractTest, ReplacingThePasswordOfALockedAccountOpensIt) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_OK(SetLocked("dba_a", true));
  AccountSpec spec = Spec("dba_a");
  spec.password = Secret("another");
  spec.replace_password = true;
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  EXPECT_EQ(Probe("dba_a", "another"), ProbeResult::Outcome::kLoggedIn);
}

TEST_P(DatabaseContractTest, TerminatesTheSessionsOfALockedAccount) {
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_OK(db().EnsureAccount(Spec("dba_b"), Soon()));
  for (const char* name : {"dba_a", "dba_a", "dba_b"}) ASSERT_TRUE(test_->OpenSession(name, PasswordOf(name)));
  EXPECT_THAT(Terminate("dba_a"), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("not locked")));
  EXPECT_EQ(List("owner-1")[0].sessions.size(), 2u);
  ASSERT_OK(SetLocked("dba_a", true));
  EXPECT_THAT(Terminate("dba_a"), IsOkAndHolds(2u));
  EXPECT_TRUE(WaitFor([&] { return List("owner-1")[0].sessions.empty(); }));
  EXPECT_THAT(Terminate("dba_a"), IsOkAndHolds(0u));
  EXPECT_EQ(List("owner-1")[1].sessions.size(), 1u);
  test_->AddForeignAccount("dba_foreign");
  for (const char* name : {"dba_nobody", "dba_foreign"}) {
    EXPECT_THAT(Terminate(name), StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_P(DatabaseContractTest, LimitsTheSessionsOfAMigrator) {
  AccountSpec migrator = Spec("dba_m");
  migrator.kind = AccountKind::kMigrator;
  migrator.connection_limit = 1;
  ASSERT_OK(db().EnsureAccount(migrator, Soon()));
  ASSERT_TRUE(test_->OpenSession("dba_m", PasswordOf("dba_m")));
  EXPECT_FALSE(test_->OpenSession("dba_m", PasswordOf("dba_m")));
  migrator.connection_limit = 0;
  ASSERT_OK(db().EnsureAccount(migrator, Soon()));
  EXPECT_TRUE(test_->OpenSession("dba_m", PasswordOf("dba_m")));
}

TEST_P(DatabaseContractTest, RefusesExtraGrantsThatItLacks) {
  AccountSpec spec = Spec("dba_a");
  spec.extra_grants = {{{"Create"}, "Schema", "public"}};
  EXPECT_THAT(db().EnsureAccount(spec, Soon()),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("Create on Schema")));
  EXPECT_TRUE(List("owner-1").empty());
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
  EXPECT_EQ(accounts[0].sessions[0].client.rfind(':'), std::string::npos) << accounts[0].sessions[0].client;
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
    EXPECT_THAT(Terminate(name), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(Drop(name), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_TRUE(List("owner-1").empty());
  EXPECT_EQ(Probe("dba_second", PasswordOf("dba_second")), ProbeResult::Outcome::kLoggedIn);
}

TEST_P(DatabaseContractTest, ManyEnsuresAtOnceAllSucceed) {
  constexpr int kThreads = 4;
  std::vector<absl::Status> results(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { results[i] = db().EnsureAccount(Spec(i % 2 == 0 ? "dba_a" : "dba_b"), Soon()).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) EXPECT_OK(result);
  EXPECT_EQ(List("owner-1").size(), 2u);
}

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_CONTRACT_ACCOUNTS_TEST_H_
