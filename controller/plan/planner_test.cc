// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/planner.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/names.h"
#include "controller/plan/testing/model.h"
#include "controller/plan/testing/world_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Phase = JobView::Phase;

std::vector<std::string> Actions(const Plan& plan) {
  std::vector<std::string> actions;
  for (const Action& action : plan.actions) actions.push_back(DebugString(action));
  return actions;
}

Plan PlanFor(WorldBuilder& builder) { return MakePlan(builder.world(), kTestNow); }

std::string Reason(const Plan& plan) { return api::FindCondition(plan.status.conditions, "Ready")->reason; }
std::string Message(const Plan& plan) { return api::FindCondition(plan.status.conditions, "Ready")->message; }
bool IsTrue(const Plan& plan, absl::string_view type) {
  return api::FindCondition(plan.status.conditions, type)->status == api::ConditionStatus::kTrue;
}

std::string App(absl::string_view version) { return ApplicationAccount("db-uid", version); }

TEST(PlannerTest, TheFirstMigrationGetsAnAccountAndASuspendedJob) {
  WorldBuilder world(2);
  const std::string job = world.JobNameOf("v1");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), ElementsAre("CreateSecret " + job, "CreateJob " + job));
  EXPECT_THAT(plan.status.pending, ElementsAre("v1", "v2"));
  EXPECT_TRUE(IsTrue(plan, "Reconciling"));
}

TEST(PlannerTest, AJobIsRecordedBeforeItIsReleased) {
  WorldBuilder world(1);
  world.Migrator("v1").Job("v1", Phase::kSuspended);
  const Plan record = PlanFor(world);
  EXPECT_THAT(Actions(record), IsEmpty());
  ASSERT_TRUE(record.status.active_migration.has_value());
  EXPECT_EQ(record.status.active_migration->job_uid, "job-uid");

  world.world().database.status = record.status;
  const std::string job = world.JobNameOf("v1");
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("EnsureAccount " + MigratorAccount("db-uid", job),
                                                   "BeginMigration " + job, "ReleaseJob " + job));
}

TEST(PlannerTest, ASuspendedJobThatLostItsAccountOrSecretGetsThemBack) {
  WorldBuilder locked(1);
  locked.Migrator("v1", 0, true).Job("v1", Phase::kSuspended).Active("v1");
  const std::string job = locked.JobNameOf("v1");
  const std::string account = MigratorAccount("db-uid", job);
  EXPECT_THAT(Actions(PlanFor(locked)),
              ElementsAre("EnsureAccount " + account, "BeginMigration " + job, "ReleaseJob " + job));

  WorldBuilder deleted(1);
  deleted.Migrator("v1").Job("v1", Phase::kSuspended).Active("v1").world().secrets->clear();
  EXPECT_THAT(Actions(PlanFor(deleted)), ElementsAre("CreateSecret " + job, "EnsureAccount " + account,
                                                     "BeginMigration " + job, "ReleaseJob " + job));
}

TEST(PlannerTest, AJobOfAnotherUidIsRecordedAnewAndNotReleased) {
  WorldBuilder world(1);
  world.Migrator("v1").Job("v1", Phase::kSuspended).Active("v1");
  world.world().database.status.active_migration->job_uid = "deleted-and-made-again";
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
}

TEST(PlannerTest, ADeletedJobIsAFailureAndIsNotRepeated) {
  WorldBuilder world(1);
  world.Migrator("v1").Active("v1");
  const Plan ended = PlanFor(world);
  ASSERT_EQ(ended.status.history.size(), 1u);
  EXPECT_EQ(ended.status.history[0].outcome, "Failed");
  EXPECT_THAT(ended.status.history[0].message, HasSubstr("was deleted before it ended"));
  EffectCounts counts;
  world.world().database.status = ended.status;
  ASSERT_GE(Converge(world.world(), kTestNow, 20, counts), 0);
  EXPECT_EQ(counts.count("CreateJob " + world.JobNameOf("v1")), 0u);
  EXPECT_EQ(Reason(PlanFor(world)), "MigrationFailed");
}

TEST(PlannerTest, NothingElseHappensBesideARunningMigration) {
  WorldBuilder world(3);
  world.Version("v1").Credential("v1").Credential("v0").Migrator("v2").Job("v2", Phase::kRunning).Active("v2");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "MigrationRunning");
}

TEST(PlannerTest, TheVersionTableDecidesSuccess) {
  WorldBuilder world(1);
  world.Migrator("v1").Job("v1", Phase::kFailed, "killed after the commit").Active("v1").Version("v1");
  const Plan plan = PlanFor(world);
  ASSERT_EQ(plan.status.history.size(), 1u);
  EXPECT_EQ(plan.status.history[0].outcome, "Succeeded");
  EXPECT_FALSE(plan.status.active_migration.has_value());
}

TEST(PlannerTest, AJobThatSucceededWithoutTheVersionIsAFailure) {
  WorldBuilder world(2);
  world.Version("v1").Credential("v1").Migrator("v2").Job("v2", Phase::kSucceeded).Active("v2");
  EffectCounts counts;
  ASSERT_GE(Converge(world.world(), kTestNow, 20, counts), 0);
  const Plan plan = PlanFor(world);
  EXPECT_EQ(Reason(plan), "VersionUnchanged");
  EXPECT_TRUE(IsTrue(plan, "Stalled"));
  EXPECT_THAT(Message(plan), HasSubstr("succeeded, but the version table says \"v1\", as before"));
  EXPECT_THAT(Message(plan), HasSubstr("kubectl annotate mdb shop"));
}

TEST(PlannerTest, TheLastLineOfAFailedContainerIsInTheStatus) {
  WorldBuilder world(1);
  world.Migrator("v1").Job("v1", Phase::kFailed, "relation \"image\" does not exist").Active("v1");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(plan.status.history[0].message, HasSubstr("relation \"image\" does not exist"));
}

TEST(PlannerTest, AVersionThatIsNeitherBeforeNorAfterTheAttemptIsSaid) {
  WorldBuilder world(3);
  world.Version("v1").Job("v3", Phase::kFailed, "killed").Active("v3");
  EXPECT_THAT(PlanFor(world).status.history[0].message, HasSubstr("neither the version before nor that after it"));
}

TEST(PlannerTest, TheHintsTellHowFarADeadMigrationCame) {
  WorldBuilder world(1);
  world.Job("v1", Phase::kFailed, "killed").Active("v1");
  api::HintReport report;
  report.applied = {api::Applied::kYes, api::Applied::kNo};
  world.world().hints = report;
  EXPECT_THAT(PlanFor(world).status.history[0].message, HasSubstr("1 of 2 changes that its hints name are there"));
}

TEST(PlannerTest, ARetryIsAnotherAttempt) {
  WorldBuilder world(1);
  world.Job("v1", Phase::kFailed, "x");
  EXPECT_EQ(Reason(PlanFor(world)), "MigrationFailed");
  world.world().database.meta.annotations[std::string(kRetryAnnotation)] = "now";
  EXPECT_THAT(Actions(PlanFor(world)), Contains("CreateJob " + world.JobNameOf("v1")));
}

TEST(PlannerTest, ACredentialIsDurableBeforeTheDatabaseSeesItAndProvenBeforeItIsPublished) {
  WorldBuilder world(1);
  world.Version("v1");
  const std::string intent = IntentSecret("shop", "db-uid", "v1");
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("CreateSecret " + intent, "EnsureAccount " + App("v1"),
                                                   "ProbeAccount " + App("v1"), "PublishSecret shop-v1"));
}

TEST(PlannerTest, AtRestTheCurrentAndThePreviousCredentialStay) {
  WorldBuilder world(4);
  world.Version("v4").Credential("v3").Credential("v4");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_TRUE(IsTrue(plan, "Ready"));
  EXPECT_FALSE(NeedsReferences(world.world()));
}

TEST(PlannerTest, ACredentialInUseHoldsTheMigrationBackAndSaysByWhom) {
  WorldBuilder world(4);
  world.Version("v3").Credential("v2", 2).Credential("v3").Reference("v2", "app-v2-x");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "CredentialsInUse");
  EXPECT_TRUE(IsTrue(plan, "Blocked"));
  EXPECT_FALSE(IsTrue(plan, "Stalled"));
  EXPECT_THAT(Message(plan), HasSubstr("v2 (2 sessions from 10.0.0.7, Pod app-v2-x)"));
  EXPECT_THAT(Message(plan), HasSubstr("shop-v3"));
  EXPECT_EQ(plan.requeue_after, absl::Seconds(5));
  ASSERT_EQ(plan.status.credentials.size(), 2u);
  EXPECT_EQ(plan.status.credentials[0].state, "Retiring");
  EXPECT_THAT(plan.status.credentials[0].used_by, ElementsAre("2 sessions from 10.0.0.7", "Pod app-v2-x"));
}

TEST(PlannerTest, ARestoredDatabaseKeepsTheCredentialsOfVersionsToCome) {
  WorldBuilder world(4);
  world.Version("v2").Credential("v2").Credential("v3").Credential("v4");
  EXPECT_THAT(Actions(PlanFor(world)), Contains("CreateJob " + world.JobNameOf("v3")));
}

TEST(PlannerTest, TheMigratorOfAnAttemptThatIsOverIsTakenAway) {
  WorldBuilder world(1);
  world.Version("v1").Credential("v1").Migrator("v1").Job("v1", Phase::kSucceeded);
  const std::string account = MigratorAccount("db-uid", world.JobNameOf("v1"));
  EXPECT_THAT(Actions(PlanFor(world)), ElementsAre("LockAccount " + account));

  WorldBuilder connected(1);
  connected.Version("v1").Credential("v1").Migrator("v1", 1, true).Job("v1", Phase::kSucceeded);
  EXPECT_THAT(Actions(PlanFor(connected)), IsEmpty());
  EXPECT_EQ(Reason(PlanFor(connected)), "MigratorStillConnected");
}

TEST(PlannerTest, ReadOnlyChangesNothingAndSaysWhatItWouldDo) {
  WorldBuilder world(2);
  world.Version("v1").world().database.spec.read_only = true;
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), IsEmpty());
  EXPECT_EQ(Reason(plan), "ReadOnly");
  EXPECT_THAT(plan.status.pending, ElementsAre("v2"));
}

TEST(PlannerTest, ASuspendedJobThatIsNoLongerNextIsDeleted) {
  WorldBuilder world(2);
  world.Version("v1").Credential("v1").Migrator("v2").Job("v2", Phase::kSuspended).Active("v2").Desired("v1");
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), ElementsAre("DeleteJob " + world.JobNameOf("v2")));
  EXPECT_FALSE(plan.status.active_migration.has_value());
}

TEST(PlannerTest, EachFailureOfTheAgentHasItsOwnReason) {
  const struct {
    absl::Status status;
    bool reachable;
    const char* reason;
    bool stalled;
  } cases[] = {
      {absl::UnavailableError("no route"), false, "AgentUnreachable", false},
      {absl::UnavailableError("connection refused"), true, "DatabaseUnreachable", false},
      {absl::DeadlineExceededError("slow"), true, "DatabaseUnreachable", false},
      {absl::UnauthenticatedError("password"), true, "AdminCredentialsRefused", true},
      {absl::PermissionDeniedError("PROCESS"), true, "AdminRightMissing", true},
      {absl::InvalidArgumentError("query"), true, "InvalidConfiguration", true},
  };
  for (const auto& c : cases) {
    WorldBuilder world(2);
    world.Version("v2").Credential("v2");
    world.world().database.status = PlanFor(world).status;
    world.world().schema = c.status;
    world.world().agent_reachable = c.reachable;
    const Plan plan = PlanFor(world);
    EXPECT_EQ(Reason(plan), c.reason);
    EXPECT_EQ(IsTrue(plan, "Stalled"), c.stalled) << c.reason;
    EXPECT_EQ(IsTrue(plan, "AgentReachable"), c.reachable) << c.reason;
    EXPECT_THAT(Actions(plan), IsEmpty());
    EXPECT_EQ(plan.status.current_version, "v2") << "what was known before stays";
    EXPECT_EQ(plan.status.credentials.size(), 1u);
    EXPECT_EQ(plan.transient_error.ok(), c.stalled) << c.reason;
  }
}

TEST(PlannerTest, AnActionThatFailedIsToldAndTriedAgain) {
  WorldBuilder world(1);
  world.Version("v1");
  world.world().last_failure = Failure{"EnsureAccount " + App("v1"), absl::PermissionDeniedError("needs CREATEROLE")};
  const Plan plan = PlanFor(world);
  EXPECT_THAT(Actions(plan), Contains("EnsureAccount " + App("v1")));
  EXPECT_EQ(Reason(plan), "ActionFailed");
  EXPECT_THAT(Message(plan), HasSubstr("needs CREATEROLE"));
  EXPECT_TRUE(IsTrue(plan, "Stalled"));
}

TEST(PlannerTest, DataMetricsComeLast) {
  WorldBuilder world(1);
  world.Version("v1").world().database.spec.data_metrics.table_rows = {"image"};
  EXPECT_EQ(Actions(PlanFor(world)).back(), "ConfigureDataMetrics");
  EXPECT_GT(Actions(PlanFor(world)).size(), 1u);
}

TEST(PlannerTest, AChainOfFourEndsWithTheLastTwoCredentials) {
  WorldBuilder world(4);
  EffectCounts counts;
  const int rounds = Converge(world.world(), kTestNow, 100, counts);
  ASSERT_GE(rounds, 0);
  EXPECT_TRUE(IsTrue(PlanFor(world), "Ready"));
  std::vector<std::string> secrets;
  for (const SecretView& secret : *world.world().secrets) secrets.push_back(secret.name);
  EXPECT_THAT(secrets, ElementsAre("shop-v3", "shop-v4"));
  EXPECT_EQ(world.world().accounts->accounts.size(), 2u);
  ASSERT_EQ(world.world().database.status.history.size(), 4u);
  for (const auto& [effect, count] : counts) EXPECT_EQ(count, 1) << effect;
}

}  // namespace
}  // namespace dba::plan
