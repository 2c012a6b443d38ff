// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <cmath>
#include <string>
#include <type_traits>

#include "absl/time/clock.h"
#include "common/json.h"
#include "common/secret.h"
#include "common/testing/log_capture.h"
#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

static_assert(!std::is_convertible<Secret, LogValue>::value, "a Secret must not be loggable");

Json OnlyLine(const LogCapture& capture) {
  EXPECT_EQ(capture.lines().size(), 1u);
  return capture.lines().empty() ? Json() : ParseJson(capture.lines()[0]).value_or(Json());
}

TEST(LogTest, WritesOneJsonObjectWithMessageAndFields) {
  LogCapture capture;
  LogInfo("migration started", {{"database", "shop/\"main\"\n"}, {"rows", 42}, {"ok", true}, {"share", 0.5}});
  const Json line = OnlyLine(capture);
  EXPECT_THAT(GetString(line, {"level"}), IsOkAndHolds("info"));
  EXPECT_THAT(GetString(line, {"message"}), IsOkAndHolds("migration started"));
  EXPECT_THAT(GetString(line, {"database"}), IsOkAndHolds("shop/\"main\"\n"));
  EXPECT_THAT(GetInt(line, {"rows"}), IsOkAndHolds(42));
  EXPECT_THAT(GetBool(line, {"ok"}), IsOkAndHolds(true));
  EXPECT_EQ(line["share"], 0.5);
}

TEST(LogTest, EveryLineCarriesTheTimeInUtc) {
  LogCapture capture;
  LogError("x");
  ASSERT_OK_AND_ASSIGN(const std::string text, GetString(OnlyLine(capture), {"time"}));
  absl::Time time;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) << text;
  EXPECT_LT(absl::AbsDuration(absl::Now() - time), absl::Minutes(1));
}

TEST(LogTest, WritesTimesDurationsAndStatuses) {
  LogCapture capture;
  LogDebug("x", {{"at", absl::FromUnixMillis(1500)},
                 {"took", absl::Milliseconds(1500)},
                 {"error", absl::NotFoundError("no table")},
                 {"infinite", std::nan("")}});
  const Json line = OnlyLine(capture);
  EXPECT_THAT(GetString(line, {"at"}), IsOkAndHolds("1970-01-01T00:00:01.500Z"));
  EXPECT_EQ(line["took"], 1.5);
  EXPECT_THAT(GetString(line, {"error"}), IsOkAndHolds("NOT_FOUND: no table"));
  EXPECT_TRUE(line["infinite"].is_null());
}

TEST(LogTest, LeavesOutLinesBelowTheLevel) {
  LogCapture capture;
  LogLevel level = LogLevel::kDebug;
  ASSERT_TRUE(ParseLogLevel("warning", &level));
  SetLogLevel(level);
  LogInfo("left out");
  LogWarning("kept");
  EXPECT_THAT(GetString(OnlyLine(capture), {"message"}), IsOkAndHolds("kept"));
}

TEST(LogTest, ParseLogLevelRefusesOtherTexts) {
  LogLevel level = LogLevel::kError;
  EXPECT_FALSE(ParseLogLevel("loud", &level));
  EXPECT_EQ(level, LogLevel::kError);
}

TEST(LogTest, GoesToStderrWithoutASink) {
  testing::internal::CaptureStderr();
  LogInfo("to stderr");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, testing::HasSubstr("\"message\":\"to stderr\"}\n"));
}

}  // namespace
}  // namespace dba
