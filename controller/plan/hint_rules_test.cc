// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/hint_rules.h"

#include "absl/strings/str_cat.h"
#include "controller/plan/planner.h"
#include "controller/plan/testing/world_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

api::Finding Found(const std::string& rule, bool blocks, const std::string& message = "it would block") {
  api::Finding finding;
  finding.rule = rule;
  finding.harm = "BlocksWrites";
  finding.blocks = blocks;
  finding.confidence = "High";
  finding.table = "image";
  finding.message = message;
  return finding;
}

api::HintReport Report(std::vector<api::Finding> findings) {
  api::HintReport report;
  report.findings = std::move(findings);
  report.checked_at = kTestNow;
  return report;
}

// v1 is applied and its credential published; v2 is pending and has a hint.
World Pending() {
  WorldBuilder builder(2);
  builder.Version("v1").Credential("v1");
  builder.world().migrations.at("v2").hints = {{{"operation", "CreateIndex"}, {"table", "image"}}};
  builder.world().references = std::vector<SecretReference>();
  return builder.world();
}

World Pending(absl::StatusOr<api::HintReport> hints) {
  World world = Pending();
  world.hints = std::move(hints);
  world.hints_observed = true;
  return world;
}

// The first word of each action.
std::vector<std::string> Verbs(const Plan& plan) {
  std::vector<std::string> verbs;
  for (const Action& action : plan.actions) {
    const std::string text = DebugString(action);
    if (text.rfind("ConfigureDataMetrics", 0) != 0) verbs.push_back(text.substr(0, text.find(' ')));
  }
  return verbs;
}

const api::Condition& ConditionOf(const Plan& plan, const std::string& type) {
  return *api::FindCondition(plan.status.conditions, type);
}

TEST(WantsHintsTest, OnlyWhenTheNextStepIsTheMigration) {
  ASSERT_NE(WantsHints(Pending()), nullptr);
  EXPECT_EQ(WantsHints(Pending())->meta.name, "v2");
  World without = Pending();
  without.migrations.at("v2").hints.clear();
  EXPECT_EQ(WantsHints(without), nullptr);
  World off = Pending();
  off.database.spec.hints.mode = api::HintMode::kOff;
  EXPECT_EQ(WantsHints(off), nullptr);
  World first = Pending();
  first.secrets = std::vector<SecretView>();
  EXPECT_EQ(WantsHints(first), nullptr) << "the credential of v1 comes first";
  World unknown = Pending();
  unknown.jobs = absl::UnavailableError("down");
  EXPECT_EQ(WantsHints(unknown), nullptr);
}

TEST(CheckHintsTest, AFindingThatBlocksKeepsTheMigrationFromStarting) {
  const Plan plan =
      MakePlan(Pending(Report({Found("a", true, "it would block writes on image"), Found("b", false)})), kTestNow);
  EXPECT_THAT(Verbs(plan), IsEmpty());
  EXPECT_EQ(ConditionOf(plan, "Ready").reason, "HintsBlocked");
  EXPECT_THAT(ConditionOf(plan, "Ready").message, HasSubstr("it would block writes on image"));
  EXPECT_THAT(ConditionOf(plan, "Ready").message, HasSubstr("kubectl annotate mdb shop"));
  EXPECT_EQ(ConditionOf(plan, "HintsPassed").status, api::ConditionStatus::kFalse);
  EXPECT_THAT(plan.status.findings, SizeIs(2));
  EXPECT_EQ(plan.status.findings[0].effect, "Block");
  EXPECT_EQ(plan.requeue_after, absl::Seconds(30));
}

TEST(CheckHintsTest, AWarningIsToldOnceAndTheMigrationGoesOn) {
  World world = Pending(Report({Found("b", false)}));
  Plan plan = MakePlan(world, kTestNow);
  EXPECT_THAT(Verbs(plan), testing::Contains("CreateJob"));
  EXPECT_EQ(ConditionOf(plan, "HintsPassed").reason, "Warnings");
  const auto told = [](const Plan& of) {
    return std::count_if(of.notices.begin(), of.notices.end(),
                         [](const Notice& notice) { return notice.reason == "HintFindings"; });
  };
  EXPECT_EQ(told(plan), 1);
  world.database.status = plan.status;
  EXPECT_EQ(told(MakePlan(world, kTestNow)), 0);
}

TEST(CheckHintsTest, NoFindingLetsItStart) {
  const Plan plan = MakePlan(Pending(Report({})), kTestNow);
  EXPECT_THAT(Verbs(plan), testing::Contains("CreateJob"));
  EXPECT_EQ(ConditionOf(plan, "HintsPassed").reason, "NoFindings");
}

TEST(CheckHintsTest, ChangingFiguresWriteNothing) {
  World world = Pending(Report({Found("a", true, "812 rows")}));
  world.database.status = MakePlan(world, kTestNow).status;
  world.hints->findings[0].message = "900 rows";
  EXPECT_EQ(MakePlan(world, kTestNow + absl::Minutes(1)).status.findings[0].message, "812 rows");
  world.hints->findings[0].rule = "other";
  EXPECT_EQ(MakePlan(world, kTestNow + absl::Minutes(1)).status.findings[0].rule, "other");
}

TEST(CheckHintsTest, WhatIsUnknownFollowsThePolicy) {
  const absl::Status refused = absl::UnimplementedError("this agent knows no hints");
  EXPECT_THAT(Verbs(MakePlan(Pending(refused), kTestNow)), testing::Contains("CreateJob")) << "Warn is the default";
  World strict = Pending(refused);
  strict.database.spec.hints.on_unknown = api::HintMode::kBlock;
  EXPECT_THAT(Verbs(MakePlan(strict, kTestNow)), IsEmpty());
  EXPECT_EQ(ConditionOf(MakePlan(strict, kTestNow), "Ready").reason, "HintsUnknown");
  const Plan transient = MakePlan(Pending(absl::UnavailableError("busy")), kTestNow);
  EXPECT_THAT(Verbs(transient), IsEmpty()) << "it is asked again";
  EXPECT_FALSE(transient.transient_error.ok());
}

TEST(AcknowledgementTest, LetsTheseFindingsPassAndNoOthers) {
  World world = Pending(Report({Found("a", true)}));
  const std::string digest = FindingsDigest(world.hints->findings);
  ASSERT_THAT(digest, SizeIs(8));
  std::string& annotation = world.database.meta.annotations[std::string(kAcknowledgeAnnotation)];
  annotation = absl::StrCat("v2 ", digest, " by ann: the table is idle at night");
  const Plan plan = MakePlan(world, kTestNow);
  EXPECT_THAT(Verbs(plan), testing::Contains("CreateJob"));
  ASSERT_TRUE(plan.status.acknowledgement.has_value());
  EXPECT_EQ(plan.status.acknowledgement->by, "ann");
  EXPECT_EQ(plan.status.acknowledgement->reason, "the table is idle at night");
  EXPECT_EQ(plan.status.acknowledgement->at, kTestNow);
  EXPECT_EQ(ConditionOf(plan, "HintsPassed").reason, "Acknowledged");

  world.database.status = plan.status;
  EXPECT_EQ(MakePlan(world, kTestNow + absl::Hours(1)).status.acknowledgement->at, kTestNow);
  world.hints->findings.push_back(Found("new", true));
  EXPECT_THAT(Verbs(MakePlan(world, kTestNow)), IsEmpty()) << "a new finding is not covered";
  world.hints->findings.pop_back();
  for (const std::string& wrong : {absl::StrCat("v3 ", digest, " by ann"), absl::StrCat("v2 ", digest),
                                   absl::StrCat("v2 ", digest, " by : why"), std::string("v2 00000000 by ann")}) {
    annotation = wrong;
    EXPECT_THAT(Verbs(MakePlan(world, kTestNow)), IsEmpty()) << wrong;
  }
}

TEST(TriageTest, SaysHowFarADeadMigrationCame) {
  World world = Pending(Report({}));
  EXPECT_EQ(Triage(world), "");
  world.hints->applied = {api::Applied::kNo, api::Applied::kUnknown};
  EXPECT_THAT(Triage(world), HasSubstr("did not start"));
  world.hints->applied = {api::Applied::kNo, api::Applied::kYes};
  EXPECT_THAT(Triage(world), HasSubstr("1 of 2"));
  world.hints->applied = {api::Applied::kYes, api::Applied::kYes};
  EXPECT_THAT(Triage(world), HasSubstr("all 2"));
  world.hints = absl::UnavailableError("down");
  EXPECT_EQ(Triage(world), "");
}

}  // namespace
}  // namespace dba::plan
