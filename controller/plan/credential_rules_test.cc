// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/credential_rules.h"

#include <string>

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
using ::testing::Not;
using Phase = JobView::Phase;

// The EnsureAccount of the plan; one without account when there is none.
EnsureAccount Ensured(const Plan& plan) {
  for (const Action& action : plan.actions) {
    if (const auto* ensure = std::get_if<EnsureAccount>(&action)) return *ensure;
  }
  return {};
}

TEST(CredentialRulesTest, ANewAccountReplacesNoPassword) {
  WorldBuilder world(1);
  world.Version("v1");
  EXPECT_EQ(Ensured(PlanFor(world)).account, App("v1"));
  EXPECT_FALSE(Ensured(PlanFor(world)).replace_password);
}

TEST(CredentialRulesTest, ALostSecretIsMadeAgainWithANewPasswordAndSaidLoudly) {
  WorldBuilder world(1);
  world.Version("v1").Account("v1");
  EXPECT_TRUE(Ensured(PlanFor(world)).replace_password);
  EXPECT_THAT(Notices(PlanFor(world)), Contains(HasSubstr("CredentialReplaced: Secret shop-v1")));
}

TEST(CredentialRulesTest, AnInterruptedOneGoesOnWithThePasswordThatItHas) {
  WorldBuilder world(1);
  world.Version("v1").Account("v1").Secret(SecretRole::kIntent, "v1");
  EXPECT_FALSE(Ensured(PlanFor(world)).replace_password);
  const std::string uid = IntentSecret("shop", "db-uid", "v1") + "-uid";
  world.world().memory.probes[App("v1")] = {Login::kRefused, "id-1", uid, kTestNow};
  EXPECT_TRUE(Ensured(PlanFor(world)).replace_password) << "the account still has the password of the lost Secret";
}

TEST(CredentialRulesTest, TheSecretOfTheVersionBeforeIsMadeAgainToo) {
  WorldBuilder world(4);
  world.Version("v4").Credential("v4").Account("v3");
  EXPECT_THAT(Actions(PlanFor(world)), Contains("PublishSecret shop-v3"));
  EffectCounts counts;
  ASSERT_GE(Converge(world.world(), kTestNow, 20, counts), 0);
  EXPECT_EQ(world.world().secrets->size(), 2u);
}

TEST(CredentialRulesTest, TheSecretOfOneThatIsToBeRetiredIsNot) {
  WorldBuilder world(4);
  world.Version("v3").Credential("v3").Account("v2");
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("LockAccount " + App("v2")));
}

TEST(CredentialRulesTest, AnAccountThatIsMissingIsMadeAgainWithItsPassword) {
  WorldBuilder world(4);
  world.Version("v4").Credential("v4").Secret(SecretRole::kApplication, "v3");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), ElementsAre("EnsureAccount " + App("v3")));
  EXPECT_EQ(Ensured(plan).secret_name, "shop-v3");
  EXPECT_FALSE(Ensured(plan).replace_password);
  EXPECT_THAT(Notices(plan), Contains(HasSubstr("AccountMissing")));
}

TEST(CredentialRulesTest, APasswordThatSomebodyChangedIsSetBackToTheSecrets) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").Probed("v1", Login::kRefused);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), ElementsAre("EnsureAccount " + App("v1")));
  EXPECT_TRUE(Ensured(plan).replace_password);
  EXPECT_EQ(Ensured(plan).secret_name, "shop-v1");
  EXPECT_THAT(Notices(plan), Contains(HasSubstr("PasswordChanged")));
  EXPECT_EQ(ReasonOf(plan, "CredentialsPublished"), "LoginRefused");
}

TEST(CredentialRulesTest, AnUnknownOutcomeOrOneFromAnotherServerReplacesNothing) {
  WorldBuilder unknown(1);
  unknown.Version("v1").Credential("v1").Probed("v1", Login::kUnknown);
  EXPECT_THAT(Actions(PlanFor(unknown)), IsEmpty());
  WorldBuilder elsewhere(1);
  elsewhere.Version("v1").Credential("v1").Probed("v1", Login::kRefused).world().schema->identity = "id-2";
  EXPECT_THAT(Actions(PlanFor(elsewhere)), IsEmpty());
}

TEST(CredentialRulesTest, ARefusalThatARepairDoesNotEndIsReportedNotRepeated) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").Probed("v1", Login::kRefused);
  world.world().memory.password_replaced_at[App("v1")] = kTestNow - absl::Seconds(1);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(ReasonOf(plan, "CredentialsPublished"), "LoginRefused");
  EXPECT_THAT(Notices(plan), Contains(HasSubstr("LoginRefused")));
}

TEST(CredentialRulesTest, AHumansLockIsReportedAndLeftAlone) {
  WorldBuilder world(4);
  world.Version("v4").Credential("v4").Credential("v3", 0, true);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(ReasonOf(plan, "CredentialsPublished"), "AccountLocked");
  EXPECT_THAT(Notices(plan), Contains(HasSubstr(App("v3"))));
  world.world().database.status = plan.status;
  EXPECT_THAT(Notices(PlanFor(world)), Not(Contains(HasSubstr("AccountLocked")))) << "told once";
}

TEST(CredentialRulesTest, ALoginThatWasRefusedBeforeTheLockUnlocksNothing) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1", 0, true).Probed("v1", Login::kRefused);
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
}

TEST(CredentialRulesTest, AHumansLockThatOnlyALoginShowsIsReportedAndLeftAlone) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").Probed("v1", Login::kLocked);
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(ReasonOf(plan, "CredentialsPublished"), "AccountLocked");
}

TEST(CredentialRulesTest, AHumansLockIsNotTakenAwayWithALostSecret) {
  WorldBuilder world(1);
  world.Version("v1").Account("v1", 0, true);
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
}

TEST(CredentialRulesTest, AnotherServerWithTracesOfUsIsADatabaseThatMoved) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").world().database.status.server_identity = "id-0";
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Notices(plan), Contains(HasSubstr("DatabaseMoved")));
  EXPECT_EQ(plan.status.server_identity, "id-1");
  world.world().database.status = plan.status;
  EXPECT_THAT(Notices(PlanFor(world)), Not(Contains(HasSubstr("DatabaseMoved"))));
}

TEST(CredentialRulesTest, AnotherServerWithoutTracesIsNotTouchedUntilItIsAccepted) {
  WorldBuilder world(1);
  world.Version("v1").Secret(SecretRole::kApplication, "v1");
  world.world().database.status.server_identity = "id-0";
  world.world().database.status.credentials = {{"v1", App("v1"), "shop-v1", "Active", {}}};
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "DatabaseReplaced");
  EXPECT_THAT(Message(plan), HasSubstr("id-1, not id-0"));
  EXPECT_EQ(plan.status.server_identity, "id-0");
  EXPECT_EQ(plan.status.credentials.size(), 1u);

  world.world().accounts->epoch = 7;
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("EnsureAccount " + App("v1"))) << "the database knows the owner";
  world.world().accounts->epoch = 0;
  world.world().database.meta.annotations[std::string(kAcceptDatabaseAnnotation)] = "id-1";
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("EnsureAccount " + App("v1")));
  EXPECT_EQ(PlanFor(world).status.server_identity, "id-1");
}

TEST(CredentialRulesTest, TheLostSecretOfAJobThatNeverStartedIsMadeAgain) {
  WorldBuilder world(1);
  world.Migrator("v1").Job("v1", Phase::kRunning).Active("v1").world().secrets->clear();
  const std::string job = world.JobNameOf("v1");
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty()) << "not known whether it started";
  EXPECT_EQ(Reason(PlanFor(world)), "MigratorSecretMissing");
  EXPECT_THAT(Message(PlanFor(world)), HasSubstr("kubectl delete job " + job));
  world.world().jobs->front().started = true;
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
  world.world().jobs->front().started = false;
  EXPECT_THAT(Actions(PlanFor(world)),
              ElementsAre("CreateSecret " + job, "EnsureAccount " + MigratorAccount("db-uid", job)));
  world.world().accounts->accounts[0].sessions.push_back({"1", "10.0.0.8", "", kTestNow});
  EXPECT_THAT(Actions(PlanFor(world)), IsEmpty());
}

}  // namespace
}  // namespace dba::plan
