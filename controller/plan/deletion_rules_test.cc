// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/deletion_rules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
using Phase = JobView::Phase;

constexpr auto kRetain = api::DeletionPolicy::kRetain;
constexpr auto kDelete = api::DeletionPolicy::kDelete;

WorldBuilder Deleted(api::DeletionPolicy policy) {
  WorldBuilder world(2);
  world.Version("v2").Deleting(policy);
  return world;
}

std::vector<std::string> SecretsLeft(WorldBuilder& world) {
  std::vector<std::string> names;
  for (const SecretView& secret : *world.world().secrets) names.push_back(secret.name);
  return names;
}

TEST(DeletionRulesTest, TheFinalizerComesBeforeAnythingIsMade) {
  WorldBuilder world(1);
  world.world().database.meta.finalizers = {"another.dev/finalizer"};
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("AddFinalizer"));
  const auto added = std::get<SetFinalizers>(PlanFor(world).actions[0]);
  EXPECT_THAT(added.finalizers, ElementsAre("another.dev/finalizer", "dbaoperator.dev/credentials"));
  world.world().database.spec.read_only = true;
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
}

TEST(DeletionRulesTest, WithoutOurFinalizerNothingIsDone) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v1").world().database.meta.finalizers = {"another.dev/finalizer"};
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
  EXPECT_FALSE(NeedsReferences(world.world()));
}

TEST(DeletionRulesTest, RetainKeepsAccountsAndSecretsOfApplications) {
  WorldBuilder world = Deleted(kRetain);
  world.Credential("v1").Credential("v2", 3).world().database.meta.finalizers.emplace_back("another.dev/finalizer");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), ElementsAre("RemoveFinalizer"));
  EXPECT_THAT(std::get<SetFinalizers>(plan.actions[0]).finalizers, ElementsAre("another.dev/finalizer"));
}

TEST(DeletionRulesTest, RetainCleansUpWhatNobodyWasGiven) {
  WorldBuilder world = Deleted(kRetain);
  world.Credential("v2").Migrator("v1").Job("v2", Phase::kSuspended).Quarantined("v1");
  world.Account("v0").Secret(SecretRole::kIntent, "v0");
  EffectCounts counts;
  ASSERT_GE(Converge(world.world(), kTestNow, 60, counts), 0);
  EXPECT_THAT(SecretsLeft(world), ElementsAre("shop-v2"));
  EXPECT_EQ(world.world().accounts->accounts.size(), 1u);
  EXPECT_THAT(*world.world().jobs, IsEmpty());
  EXPECT_THAT(world.world().database.meta.finalizers, IsEmpty());
}

TEST(DeletionRulesTest, DeleteRetiresEverythingSafelyAndLetsGoLast) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v1").Credential("v2");
  EXPECT_TRUE(NeedsReferences(world.world()));
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("QuarantineSecret " + Copy("v1"), "DeleteSecret shop-v1",
                                                   "QuarantineSecret " + Copy("v2"), "DeleteSecret shop-v2"));
  EffectCounts counts;
  ASSERT_GE(Converge(world.world(), kTestNow, 60, counts), 0);
  EXPECT_THAT(SecretsLeft(world), IsEmpty());
  EXPECT_THAT(world.world().accounts->accounts, IsEmpty());
  EXPECT_THAT(world.world().database.meta.finalizers, IsEmpty());
}

TEST(DeletionRulesTest, DeleteWaitsForUsersAndSaysWho) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v2", 1).Reference("v2", "web");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "CredentialsInUse");
  EXPECT_THAT(Message(plan), HasSubstr("the deletion of ManagedDatabase shop waits"));
  EXPECT_THAT(Message(plan), HasSubstr("Pod web"));
}

TEST(DeletionRulesTest, ARunningJobIsAwaited) {
  for (const auto policy : {kRetain, kDelete}) {
    WorldBuilder world = Deleted(policy);
    world.Credential("v1").Migrator("v2", 1).Job("v2", Phase::kRunning);
    EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
    EXPECT_EQ(Reason(PlanFor(world)), "MigrationRunning");
  }
}

TEST(DeletionRulesTest, WhatCannotBeReachedIsWaitedForAndThenLeftBehind) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v2");
  world.world().database.meta.deleting = false;
  world.world().database.status = PlanFor(world).status;
  world.world().database.meta.deleting = true;
  world.world().schema = absl::UnavailableError("no route");
  world.world().agent_reachable = false;
  world.world().memory.unreachable_since = kTestNow - absl::Hours(1);
  const Plan waiting = PlanFor(world);
  EXPECT_THAT(Actions(waiting), IsEmpty());
  EXPECT_EQ(Reason(waiting), "DeletionWaits");
  EXPECT_THAT(Message(waiting), HasSubstr("=Abandon"));
  const Plan gone = MakePlan(world.world(), kTestNow + absl::Minutes(9));
  EXPECT_THAT(Actions(gone), ElementsAre("RemoveFinalizer"));
  EXPECT_THAT(Notices(gone), Contains(HasSubstr("account " + App("v2") + " (Secret shop-v2)")));
}

TEST(DeletionRulesTest, TheTimeIsCountedFromWhenItWasLastReached) {
  WorldBuilder world = Deleted(kDelete);
  world.world().database.meta.deleted_at = kTestNow - absl::Hours(5);
  world.world().schema = absl::UnavailableError("no route");
  world.world().memory.unreachable_since = kTestNow - absl::Seconds(1);
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
}

TEST(DeletionRulesTest, AbandonLetsGoAtOnce) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v2", 1).Reference("v2", "web");
  world.world().database.meta.annotations[std::string(kDeletionAnnotation)] = "Abandon";
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("RemoveFinalizer"));
  EXPECT_THAT(Notices(PlanFor(world)), Contains(HasSubstr("Abandoned")));
}

TEST(DeletionRulesTest, AReadOnlyOneIsLetGoUnchanged) {
  WorldBuilder world = Deleted(kDelete);
  world.Credential("v2").world().database.spec.read_only = true;
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("RemoveFinalizer"));
}

}  // namespace
}  // namespace dba::plan
