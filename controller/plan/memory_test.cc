// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/memory.h"

#include <string>
#include <vector>

#include "controller/plan/names.h"
#include "controller/plan/testing/world_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Due(WorldBuilder& world, absl::Time now = kTestNow) {
  std::vector<std::string> names;
  for (const ProbeTarget& target : DueProbes(world.world(), now)) names.push_back(target.secret_name);
  return names;
}

std::string App(absl::string_view version) { return ApplicationAccount("db-uid", version); }

TEST(MemoryTest, APublishedCredentialIsProbedOnceInAWhile) {
  WorldBuilder world(2);
  world.Version("v2").Credential("v1").Credential("v2");
  EXPECT_THAT(Due(world), ElementsAre("shop-v1", "shop-v2"));
  world.Probed("v1", Login::kLoggedIn).Probed("v2", Login::kRefused);
  EXPECT_THAT(Due(world), IsEmpty());
  EXPECT_THAT(Due(world, kTestNow + kProbeInterval), ElementsAre("shop-v1", "shop-v2"));
}

TEST(MemoryTest, AnotherServerAnotherSecretAnUnknownOutcomeOrALockMakeItDue) {
  WorldBuilder moved(1);
  moved.Version("v1").Credential("v1").Probed("v1", Login::kLoggedIn).world().schema->identity = "id-2";
  EXPECT_THAT(Due(moved), ElementsAre("shop-v1"));
  WorldBuilder anew(1);
  anew.Version("v1").Credential("v1").Probed("v1", Login::kLoggedIn).world().secrets->front().uid = "made by hand";
  EXPECT_THAT(Due(anew), ElementsAre("shop-v1"));
  for (const Login outcome : {Login::kUnknown, Login::kLocked}) {
    WorldBuilder soon(1);
    soon.Version("v1").Credential("v1").Probed("v1", outcome);
    EXPECT_THAT(Due(soon), IsEmpty());
    EXPECT_THAT(Due(soon, kTestNow + absl::Seconds(10)), ElementsAre("shop-v1"));
  }
}

TEST(MemoryTest, WhatIsLockedAbsentOrBeingRetiredIsNotProbed) {
  WorldBuilder world(4);
  world.Version("v3").Credential("v1", 0, true).Secret(SecretRole::kApplication, "v2").Credential("v3");
  world.world().database.status.credentials = {{"v3", App("v3"), "shop-v3", "Retiring", {}}};
  EXPECT_THAT(Due(world), IsEmpty());
}

TEST(MemoryTest, AnIntentWhoseAccountExistsIsProbed) {
  WorldBuilder world(1);
  world.Version("v1").Account("v1").Secret(SecretRole::kIntent, "v1");
  EXPECT_THAT(Due(world), ElementsAre(IntentSecret("shop", "db-uid", "v1")));
  world.Secret(SecretRole::kApplication, "v1");
  EXPECT_THAT(Due(world), ElementsAre("shop-v1"));
}

TEST(MemoryTest, NothingIsProbedOnUnknownData) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").world().accounts = absl::UnavailableError("x");
  EXPECT_THAT(Due(world), IsEmpty());
}

TEST(MemoryTest, AnAccountIsDrainedSinceTheFirstLookThatSawNoSession) {
  WorldBuilder world(1);
  world.Account("v1", 0, true);
  Memory memory;
  Remember(world.world(), kTestNow, memory);
  Remember(world.world(), kTestNow + absl::Seconds(3), memory);
  EXPECT_EQ(memory.drained_since.at(App("v1")), kTestNow);
  world.world().accounts->logins_in_flight = 1;
  Remember(world.world(), kTestNow + absl::Seconds(4), memory);
  EXPECT_THAT(memory.drained_since, IsEmpty());
}

TEST(MemoryTest, NeitherASessionNorAPreparedTransactionNorAnOpenAccountIsDrained) {
  WorldBuilder session(1);
  session.Account("v1", 1, true);
  WorldBuilder prepared(1);
  prepared.Account("v1", 0, true).world().accounts->accounts[0].prepared_transactions = 1;
  WorldBuilder open(1);
  open.Account("v1");
  WorldBuilder unknown(1);
  unknown.Account("v1", 0, true).world().schema = absl::UnavailableError("x");
  for (WorldBuilder* world : {&session, &prepared, &open, &unknown}) {
    Memory memory;
    Remember(world->world(), kTestNow, memory);
    EXPECT_THAT(memory.drained_since, IsEmpty());
  }
}

TEST(MemoryTest, SinceWhenTheDatabaseCannotBeReached) {
  WorldBuilder world(1);
  Memory memory;
  Remember(world.world(), kTestNow, memory);
  EXPECT_EQ(memory.unreachable_since, absl::InfiniteFuture());
  world.world().schema = absl::UnavailableError("x");
  Remember(world.world(), kTestNow, memory);
  Remember(world.world(), kTestNow + absl::Minutes(1), memory);
  EXPECT_EQ(memory.unreachable_since, kTestNow);
}

TEST(MemoryTest, WhatAnActionTouchedIsLookedAtAgain) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").Probed("v1", Login::kRefused);
  Memory& memory = world.world().memory;
  const EnsureAccount ensure = {App("v1"), api::AccountKind::kApplication, "v1", "shop-v1", true};
  RememberAction(ensure, true, kTestNow, memory);
  EXPECT_THAT(Due(world), ElementsAre("shop-v1"));
  EXPECT_EQ(memory.password_replaced_at.at(App("v1")), kTestNow);
}

}  // namespace
}  // namespace dba::plan
