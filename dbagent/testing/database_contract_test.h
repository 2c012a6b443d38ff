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

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/credentials/fence.h"
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
  absl::StatusOr<bool> Drop(const std::string& name, uint64_t epoch = 0) {
    return db().DropAccount({"owner-1", name, epoch}, Soon());
  }
  absl::Status SetLocked(const std::string& name, bool locked, uint64_t epoch = 0) {
    return db().SetAccountLocked({"owner-1", name, epoch}, locked, Soon());
  }
  absl::StatusOr<uint32_t> Terminate(const std::string& name, uint64_t epoch = 0) {
    return db().TerminateSessions({"owner-1", name, epoch}, Soon());
  }
  // With a version table that says `found`.
  absl::Status Begin(const std::vector<std::string>& expected, const std::vector<std::string>& found,
                     uint64_t epoch = 0) {
    const auto read = [&] {
      return SchemaVersion{found.empty() ? SchemaVersion::State::kNone : SchemaVersion::State::kKnown, found, ""};
    };
    return db().BeginMigration({"owner-1", epoch, expected}, read, Soon());
  }
  uint64_t Epoch(const std::string& owner = "owner-1") {
    const absl::StatusOr<AccountList> list = db().ListAccounts(owner, Soon());
    EXPECT_OK(list);
    return list.ok() ? list->epoch : 0;
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

TEST_P(DatabaseContractTest, AKeptEpochShutsEarlierOnesOut) {
  ASSERT_OK(db().KeepEpoch("owner-1", 7, Soon()));
  EXPECT_EQ(Epoch(), 0u) << "nothing is known of the owner, so nothing is kept";
  AccountSpec spec = Spec("dba_a");
  spec.epoch = 5;
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  ASSERT_OK(db().KeepEpoch("owner-1", 7, Soon()));
  EXPECT_EQ(Epoch(), 7u);
  EXPECT_THAT(db().KeepEpoch("owner-1", 6, Soon()), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(db().SetAccountLocked({"owner-1", "dba_a", 5}, true, Soon()), StatusIs(absl::StatusCode::kAborted));
}

TEST_P(DatabaseContractTest, ALowerEpochChangesNothing) {
  EXPECT_EQ(Epoch(), 0u);
  AccountSpec spec = Spec("dba_a");
  spec.epoch = 5;
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  EXPECT_EQ(Epoch(), 5u);
  const auto fenced = StatusIs(absl::StatusCode::kAborted, testing::HasSubstr("fenced"));
  spec.epoch = 4;
  EXPECT_THAT(db().EnsureAccount(spec, Soon()), fenced);
  spec.name = "dba_b";
  EXPECT_THAT(db().EnsureAccount(spec, Soon()), fenced);
  EXPECT_THAT(SetLocked("dba_a", true, 4), fenced);
  EXPECT_FALSE(List("owner-1")[0].locked);
  EXPECT_THAT(Begin({}, {}, 4), fenced);
  ASSERT_OK(SetLocked("dba_a", true, 5));
  EXPECT_THAT(SetLocked("dba_a", false, 4), fenced);
  EXPECT_THAT(Terminate("dba_a", 4), fenced);
  const absl::Status drop = Drop("dba_a", 4).status();
  EXPECT_THAT(drop, fenced);
  EXPECT_TRUE(IsFenced(drop));
  ASSERT_EQ(List("owner-1").size(), 1u);
  EXPECT_TRUE(List("owner-1")[0].locked);
  EXPECT_EQ(Epoch(), 5u);
}

TEST_P(DatabaseContractTest, EveryChangeKeepsItsEpoch) {
  AccountSpec spec = Spec("dba_a");
  ASSERT_OK(db().EnsureAccount(spec, Soon()));
  EXPECT_EQ(Epoch(), 0u) << "a human's calls count for nothing";
  const uint64_t high = 1ull << 63;
  ASSERT_OK(SetLocked("dba_a", true, high));
  EXPECT_EQ(Epoch(), high);
  ASSERT_OK(SetLocked("dba_a", false, high + 1));
  EXPECT_EQ(Epoch(), high + 1);
  ASSERT_OK(SetLocked("dba_a", true, 0)) << "nor are they fenced";
  EXPECT_EQ(Epoch(), high + 1);
  ASSERT_OK(Terminate("dba_a", high + 2));
  EXPECT_EQ(Epoch(), high + 2);
  ASSERT_OK(Drop("dba_a", high + 3));
  EXPECT_EQ(Epoch(), high + 3) << "it outlives the accounts";
  ASSERT_OK(Begin({}, {}, high + 4));
  EXPECT_EQ(Epoch(), high + 4);
  spec.owner = "owner-2";
  spec.epoch = 1;
  EXPECT_OK(db().EnsureAccount(spec, Soon())) << "each owner has its own";
  EXPECT_EQ(Epoch("owner-2"), 1u);
}

TEST_P(DatabaseContractTest, OfTwoEpochsAtOnceTheHigherStays) {
  constexpr int kThreads = 4;
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  std::vector<absl::Status> results(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { results[i] = SetLocked("dba_a", i % 2 == 0, static_cast<uint64_t>(i) + 1); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok() || IsFenced(result)) << result;
  EXPECT_OK(results[kThreads - 1]);
  EXPECT_EQ(Epoch(), static_cast<uint64_t>(kThreads));
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

TEST_P(DatabaseContractTest, AMigrationBeginsOnlyAtTheExpectedVersion) {
  EXPECT_OK(Begin({}, {}));
  EXPECT_OK(Begin({"v1"}, {"v1"}));
  EXPECT_THAT(Begin({"v1"}, {"v2"}), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("says v2")));
  EXPECT_THAT(Begin({}, {"v1"}), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(DatabaseContractTest, AMigrationWaitsForAnEarlierAttempt) {
  AccountSpec migrator = Spec("dba_m");
  migrator.kind = AccountKind::kMigrator;
  ASSERT_OK(db().EnsureAccount(migrator, Soon()));
  ASSERT_OK(db().EnsureAccount(Spec("dba_a"), Soon()));
  ASSERT_TRUE(test_->OpenSession("dba_a", PasswordOf("dba_a")));
  EXPECT_TRUE(WaitFor([&] { return Begin({}, {}).ok(); })) << "applications go on";
  ASSERT_TRUE(test_->OpenSession("dba_m", PasswordOf("dba_m")));
  ASSERT_OK(SetLocked("dba_m", true));
  EXPECT_TRUE(WaitFor([&] {  // not the login in flight, which is refused for as well
    const absl::Status status = Begin({}, {});
    return absl::IsFailedPrecondition(status) && absl::StrContains(status.message(), "dba_m still has 1 session");
  }));
  test_->CloseSessions("dba_m");
  EXPECT_TRUE(WaitFor([&] { return Begin({}, {}).ok(); }));
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
