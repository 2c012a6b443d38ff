// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/points.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrace[] =
    "ApplyStatus.before \nApplyStatus.after \n"
    "CreateSecret.before s1\nCreateSecret.after s1\n"
    "ProbeAccount.before a1\n"  // it failed
    "CreateSecret.before s2\nCreateSecret.after s2\n"
    "ApplyStatus.before \nApplyStatus.after \n";

std::vector<CrashPointPassing> Effects(const std::string& trace) {
  return ParseTrace(3, trace, [](absl::string_view, absl::string_view object) {
    return object.empty() ? "" : absl::StrCat("the ", object);
  });
}

std::vector<std::string> Texts(const std::vector<CrashPlan>& plans) {
  std::vector<std::string> texts;
  for (const CrashPlan& plan : plans) {
    texts.push_back(absl::StrCat(plan.engine, " ", FaultFlag(plan.passing, plan.mode)));
  }
  return texts;
}

TEST(PointsTest, ATraceIsReadAsTheEffectsThatHappened) {
  std::vector<std::string> described;
  for (const CrashPointPassing& effect : Effects(kTrace)) described.push_back(Describe(effect));
  EXPECT_THAT(described, ElementsAre("v3 ApplyStatus#1", "v3 CreateSecret#1 the s1", "v3 CreateSecret#2 the s2",
                                     "v3 ApplyStatus#2"));
}

TEST(PointsTest, AllPlansAreEveryEffectInEveryMode) {
  EXPECT_THAT(Texts(AllPlans({Effects("A.after \n"), Effects("A.after \nA.after \n")})),
              ElementsAre("0 --crash_at=A.before#1", "0 --crash_at=A.after#1", "0 --lose_reply_at=A#1",
                          "1 --crash_at=A.before#1", "1 --crash_at=A.after#1", "1 --lose_reply_at=A#1",
                          "1 --crash_at=A.before#2", "1 --crash_at=A.after#2", "1 --lose_reply_at=A#2"));
}

TEST(PointsTest, TheShortListHasEachVerbOnceWhereverItIs) {
  EXPECT_THAT(Texts(OneOfEachVerb({Effects("A.after \nA.after \nC.after \n"), Effects("B.after \n")})),
              ElementsAre("0 --crash_at=A.before#1", "1 --crash_at=B.after#1", "0 --crash_at=C.before#1"));
}

TEST(PointsTest, PlansAreChosenAtEqualDistances) {
  const std::vector<CrashPlan> all = AllPlans({Effects("A.after \nB.after \n")});
  EXPECT_EQ(EvenlyChosen(all, 6).size(), 6u);
  EXPECT_EQ(EvenlyChosen(all, 100).size(), 6u);
  EXPECT_THAT(Texts(EvenlyChosen(all, 2)), ElementsAre("0 --lose_reply_at=A#1", "0 --lose_reply_at=B#1"));
}

TEST(PointsTest, ARunHasOnePlanForEachVersion) {
  std::vector<CrashPlan> plans(5);
  plans[0].passing.version = 2;
  plans[2].passing.version = 3;
  plans[3].engine = 1;
  EXPECT_THAT(GroupIntoRuns(plans, {0, 1, 2, 3, 4}), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3), ElementsAre(4)));
  EXPECT_THAT(GroupIntoRuns(plans, {1, 4}), ElementsAre(ElementsAre(1), ElementsAre(4)));
}

TEST(PointsTest, TheTableCountsWhatConverged) {
  std::vector<CrashPlanResult> results;
  for (const CrashPlan& plan : AllPlans({Effects(kTrace), Effects("ApplyStatus.after \n")})) {
    const bool bad = plan.passing.verb == "CreateSecret" && plan.mode == FaultMode::kCrashAfter;
    results.push_back({plan, bad ? "lost" : "", true});
  }
  const std::string table = ResultTable({"one 1", "two 2"}, results);
  EXPECT_THAT(table, AllOf(HasSubstr("v3 ApplyStatus#1                            +++               +++\n"),
                           HasSubstr("v3 CreateSecret#2 the s2                    +X+\n"),
                           HasSubstr("CreateSecret                                4 of 6            -\n"),
                           HasSubstr("after                                       2 of 4            1 of 1\n"),
                           HasSubstr("13 of 15 runs converged"), Not(HasSubstr(" \n"))));
}

}  // namespace
}  // namespace dba
