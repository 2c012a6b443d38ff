// SPDX-License-Identifier: Apache-2.0
//
// Of four versions the database is at v3: the credential of v2 is to go before v4.
#include "controller/plan/retire_rules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/plan/memory.h"
#include "controller/plan/testing/model.h"
#include "controller/plan/testing/plan_words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WorldBuilder AtV3(api::OnInUse on_in_use = api::OnInUse::kWait) {
  WorldBuilder world(4);
  world.Version("v3").Credential("v3").world().database.spec.credentials.on_in_use = on_in_use;
  return world;
}

// All that is to be given back.
std::vector<std::string> GivenBack() {
  return {"UnlockAccount " + App("v2"), "RestoreSecret shop-v2", "DeleteSecret " + Copy("v2")};
}

TEST(RetireRulesTest, TheSecretIsWithdrawnFirstThenTheAccountLockedDrainedAndDropped) {
  WorldBuilder active = AtV3();
  active.Credential("v2");
  EXPECT_TRUE(NeedsReferences(active.world()));
  EXPECT_THAT(Actions(PlanFor(active)), ElementsAre("QuarantineSecret " + Copy("v2"), "DeleteSecret shop-v2"));
  EXPECT_EQ(StateOf(PlanFor(active), "v2"), "Retiring");

  WorldBuilder withdrawn = AtV3();
  withdrawn.Account("v2").Secret(SecretRole::kQuarantine, "v2");
  EXPECT_THAT(Actions(PlanFor(withdrawn)), ElementsAre("LockAccount " + App("v2")));

  WorldBuilder locked = AtV3();
  locked.Quarantined("v2");
  EXPECT_THAT(Actions(PlanFor(locked)), IsEmpty());
  EXPECT_EQ(Reason(PlanFor(locked)), "Draining");
  EXPECT_EQ(PlanFor(locked).requeue_after, kDrainGap);
  EXPECT_EQ(StateOf(PlanFor(locked), "v2"), "Quarantined");
  EXPECT_THAT(Actions(PlanFor(locked.Drained("v2"))), ElementsAre("DropAccount " + App("v2")));

  WorldBuilder dropped = AtV3();
  dropped.Secret(SecretRole::kQuarantine, "v2");
  EXPECT_THAT(Actions(PlanFor(dropped)), ElementsAre("DeleteSecret " + Copy("v2")));
}

TEST(RetireRulesTest, AnEndBetweenTheCopyAndTheWithdrawalGoesOn) {
  WorldBuilder world = AtV3();
  world.Credential("v2").Secret(SecretRole::kQuarantine, "v2");
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("QuarantineSecret " + Copy("v2"), "DeleteSecret shop-v2"));
}

TEST(RetireRulesTest, ASecretThatIsInUseIsNotWithdrawn) {
  for (const api::OnInUse policy : {api::OnInUse::kWait, api::OnInUse::kRevert}) {
    WorldBuilder world = AtV3(policy);
    world.Credential("v2", 2).Reference("v2", "app");
    EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
    EXPECT_EQ(Reason(PlanFor(world)), "CredentialsInUse");
  }
}

TEST(RetireRulesTest, AReferenceFoundAfterTheWithdrawalGivesEverythingBack) {
  for (const api::OnInUse policy : {api::OnInUse::kWait, api::OnInUse::kRevert, api::OnInUse::kTerminate}) {
    WorldBuilder locked = AtV3(policy);
    locked.Quarantined("v2").Drained("v2").Reference("v2", "late");
    EXPECT_EQ(Actions(PlanFor(locked)), GivenBack());
    EXPECT_EQ(Reason(PlanFor(locked)), "CredentialsInUse");

    WorldBuilder dropped = AtV3(policy);
    dropped.Secret(SecretRole::kQuarantine, "v2").Reference("v2", "late");
    EXPECT_THAT(Actions(PlanFor(dropped)),
                ElementsAre("EnsureAccount " + App("v2"), "RestoreSecret shop-v2", "DeleteSecret " + Copy("v2")));
  }
}

TEST(RetireRulesTest, ASessionFoundAfterTheLockIsWaitedForWithTheLockHeld) {
  WorldBuilder world = AtV3();
  world.Quarantined("v2", 1);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "CredentialsInUse");
  EXPECT_THAT(Message(plan), HasSubstr("v2 (1 session from 10.0.0.7)"));
}

TEST(RetireRulesTest, RevertGivesBackWhatALateSessionUses) {
  WorldBuilder world = AtV3(api::OnInUse::kRevert);
  world.Quarantined("v2", 1);
  EXPECT_EQ(Actions(PlanFor(world)), GivenBack());
}

TEST(RetireRulesTest, TerminateEndsSessionsOnlyAfterWithdrawalAndLock) {
  WorldBuilder active = AtV3(api::OnInUse::kTerminate);
  active.Credential("v2", 1);
  EXPECT_THAT(Actions(PlanFor(active)), ElementsAre("QuarantineSecret " + Copy("v2"), "DeleteSecret shop-v2"));
  WorldBuilder withdrawn = AtV3(api::OnInUse::kTerminate);
  withdrawn.Account("v2", 1).Secret(SecretRole::kQuarantine, "v2");
  EXPECT_THAT(Actions(PlanFor(withdrawn)), ElementsAre("LockAccount " + App("v2")));
  WorldBuilder locked = AtV3(api::OnInUse::kTerminate);
  locked.Quarantined("v2", 1);
  EXPECT_THAT(Actions(PlanFor(locked)), ElementsAre("TerminateSessions " + App("v2")));
  WorldBuilder referenced = AtV3(api::OnInUse::kTerminate);
  referenced.Credential("v2", 1).Reference("v2", "app");
  EXPECT_THAT(Actions(PlanFor(referenced)), IsEmpty());
}

TEST(RetireRulesTest, APreparedTransactionIsNotTerminated) {
  WorldBuilder world = AtV3(api::OnInUse::kTerminate);
  world.Quarantined("v2").Drained("v2").world().accounts->accounts.back().prepared_transactions = 1;
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
  EXPECT_THAT(Message(PlanFor(world)), HasSubstr("prepared transaction"));
}

TEST(RetireRulesTest, AnObstacleIsNamedAndWaitedFor) {
  for (const api::OnInUse policy : {api::OnInUse::kWait, api::OnInUse::kRevert, api::OnInUse::kTerminate}) {
    WorldBuilder world = AtV3(policy);
    world.Quarantined("v2").Drained("v2").world().accounts->accounts.back().obstacles = {"DEFINER of view report"};
    EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
    EXPECT_THAT(Message(PlanFor(world)), HasSubstr("DEFINER of view report"));
  }
}

TEST(RetireRulesTest, AnOldRevisionIsMentionedAndHoldsNothingUp) {
  WorldBuilder world = AtV3();
  world.Credential("v2").world().references->push_back({"shop-v2", "ReplicaSet app-1 (old revision)", false});
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), Contains("DeleteSecret shop-v2"));
  EXPECT_THAT(plan.status.credentials[0].used_by, ElementsAre("ReplicaSet app-1 (old revision)"));
}

TEST(RetireRulesTest, ALoginInFlightHoldsTheDropBack) {
  WorldBuilder world = AtV3();
  world.Quarantined("v2").Drained("v2").world().accounts->logins_in_flight = 1;
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
  EXPECT_EQ(Reason(PlanFor(world)), "LoginInFlight");
}

TEST(RetireRulesTest, UnknownReferencesAreNotNone) {
  WorldBuilder world = AtV3();
  world.Quarantined("v2").Drained("v2").world().references = absl::UnavailableError("pods cannot be listed");
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
  EXPECT_EQ(Reason(PlanFor(world)), "ReferencesUnknown");
}

TEST(RetireRulesTest, TheQuarantineIsCountedFromTheWithdrawal) {
  WorldBuilder world = AtV3();
  world.Quarantined("v2").Drained("v2").world().database.spec.credentials.quarantine = absl::Hours(1);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "Quarantine");
  EXPECT_EQ(plan.requeue_after, absl::Minutes(59));  // withdrawn a minute ago
  const Plan later = MakePlan(world.world(), kTestNow + absl::Minutes(59));
  EXPECT_THAT(Actions(later), ElementsAre("DropAccount " + App("v2")));
}

TEST(RetireRulesTest, WhatIsNotToBeRetiredAnyMoreIsGivenBack) {
  WorldBuilder world = AtV3();
  world.Desired("v3").Quarantined("v2").Drained("v2");
  EXPECT_EQ(Actions(PlanFor(world)), GivenBack());
  WorldBuilder restored = AtV3();
  restored.Desired("v3").Credential("v2").Secret(SecretRole::kQuarantine, "v2");
  EXPECT_THAT(Actions(PlanFor(restored)), ElementsAre("KeepSecret shop-v2", "DeleteSecret " + Copy("v2")));
}

TEST(RetireRulesTest, ALockOfOursStaysClaimedUntilItIsTakenAway) {
  WorldBuilder world = AtV3();
  world.Desired("v3").Account("v2", 0, true);
  world.world().database.status.credentials = {{"v2", App("v2"), "", "Retiring", {}}};
  EXPECT_EQ(StateOf(PlanFor(world), "v2"), "Retiring");
  // Its Secret was deleted by hand: a new one is made.
  EXPECT_THAT(Actions(PlanFor(world)), Contains("PublishSecret shop-v2"));
}

TEST(RetireRulesTest, AtMostOneAccountIsDroppedAtATime) {
  WorldBuilder world = AtV3();
  world.Quarantined("v1").Drained("v1").Quarantined("v2").Drained("v2");
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("DropAccount " + App("v1")));
}

TEST(RetireRulesTest, EachPolicyEndsWithTheSameTwoCredentials) {
  for (const api::OnInUse policy : {api::OnInUse::kWait, api::OnInUse::kRevert, api::OnInUse::kTerminate}) {
    WorldBuilder world = AtV3(policy);
    world.Credential("v2");
    EffectCounts counts;
    ASSERT_GE(Converge(world.world(), kTestNow, 60, counts), 0);
    std::vector<std::string> secrets;
    for (const SecretView& secret : *world.world().secrets) secrets.push_back(secret.name);
    EXPECT_THAT(secrets, ElementsAre("shop-v3", "shop-v4"));
    EXPECT_EQ(counts["QuarantineSecret " + Copy("v2")], 1);
    EXPECT_EQ(counts["DropAccount " + App("v2")], 1);
  }
}

}  // namespace
}  // namespace dba::plan
