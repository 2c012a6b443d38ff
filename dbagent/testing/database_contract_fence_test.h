// SPDX-License-Identifier: Apache-2.0
//
// What every Database promises of epochs and of the beginning of a migration.
#ifndef DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FENCE_TEST_H_
#define DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FENCE_TEST_H_

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/testing/database_contract_fixture.h"

namespace dba::agent {

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
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { results[i] = SetLocked("dba_a", i % 2 == 0, static_cast<uint64_t>(i) + 1); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok() || IsFenced(result)) << result;
  EXPECT_OK(results[kThreads - 1]);
  EXPECT_EQ(Epoch(), static_cast<uint64_t>(kThreads));
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

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FENCE_TEST_H_
