// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace dba::hints {
namespace {

TruthRow Row(std::set<std::string> harms, std::vector<Said> said) {
  TruthRow row;
  row.server = "postgres15";
  row.id = "a.case";
  row.harms = std::move(harms);
  row.said = std::move(said);
  row.asked = true;
  return row;
}

Said Warning(const std::string& harm) { return {"some.rule", harm, "it will", false}; }
Said Unknown(const std::string& harm) { return {"some.rule", harm, "it may", true}; }

TEST(ScoreTest, AWarningOfTheHarmThatCameIsAgreement) {
  EXPECT_EQ(Judge(Row({"BlocksWrites", "BlocksReads"}, {Warning("BlocksWrites")})), Verdict::kAgrees);
}

TEST(ScoreTest, AnotherHarmThanTheOneThatCameIsMissedAndAWrongWarning) {
  const TruthRow row = Row({"Fails"}, {Warning("BlocksWrites")});
  EXPECT_EQ(Judge(row), Verdict::kMissed);
  EXPECT_EQ(Count({row}).warnings_right, 0);
}

TEST(ScoreTest, AWrongWarningBesideARightOneIsCounted) {
  const TruthRow row = Row({"Fails"}, {Warning("Fails"), Warning("BlocksReads")});
  EXPECT_EQ(Judge(row), Verdict::kWrongWarning);
  const Score score = Count({row});
  EXPECT_EQ(score.harm_found, 1);
  EXPECT_EQ(score.agreements, 0);
  EXPECT_EQ(WarningsRightPercent(score), 50);
}

TEST(ScoreTest, AMigrationThatMeetsDriftFails) {
  EXPECT_EQ(Judge(Row({"Fails"}, {Warning("Drift")})), Verdict::kAgrees);
  EXPECT_EQ(Judge(Row({}, {Warning("Drift")})), Verdict::kFalseAlarm);
}

TEST(ScoreTest, AnUnknownIsNoWarning) {
  EXPECT_EQ(Judge(Row({"Fails"}, {Unknown("Fails")})), Verdict::kMissed);
  EXPECT_EQ(Judge(Row({}, {Unknown("Fails")})), Verdict::kAgrees);
  EXPECT_EQ(Count({Row({}, {Unknown("Fails")})}).unknowns, 1);
}

TEST(ScoreTest, SayingNothingOfHarmIsMissed) {
  EXPECT_EQ(Judge(Row({"BlocksWrites"}, {})), Verdict::kMissed);
  EXPECT_EQ(HarmFoundPercent(Count({Row({"BlocksWrites"}, {}), Row({"Fails"}, {Warning("Fails")})})), 50);
}

TEST(ScoreTest, ACaseThatTheAgentDidNotAnswerNeverAgrees) {
  TruthRow row = Row({}, {});
  row.asked = false;
  EXPECT_EQ(Judge(row), Verdict::kNotAsked);
  EXPECT_EQ(Count({row}).not_asked, 1);
  EXPECT_EQ(Count({row}).agreements, 0);
}

TEST(ScoreTest, PrintsTheFiguresOfEachServer) {
  std::ostringstream out;
  PrintMatrix({Row({"Fails"}, {}), Row({}, {})}, true, out);
  EXPECT_THAT(out.str(), ::testing::HasSubstr("harm found 0 of 1 (0.0 %)"));
  EXPECT_THAT(out.str(), ::testing::HasSubstr("MISSED"));
}

TEST(TruthRowTest, ComesBackFromJson) {
  TruthRow row = Row({"Fails", "DataLoss"}, {Warning("Fails"), Unknown("DataLoss")});
  row.error = "23505 \"x\"";
  row.write_stall_ms = 1.5;
  row.rewritten = true;
  const absl::StatusOr<TruthRow> back = FromJson(ToJson(row));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(ToJson(*back), ToJson(row));
  EXPECT_FALSE(FromJson("{}").ok());
}

}  // namespace
}  // namespace dba::hints
