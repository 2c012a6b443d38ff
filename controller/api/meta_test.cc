// SPDX-License-Identifier: Apache-2.0
#include "controller/api/meta.h"

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::api {
namespace {

using nlohmann::json;

TEST(MetaTest, ReadsWhatTheApiServerWrites) {
  const json object = {{"metadata",
                        {{"name", "shop"},
                         {"namespace", "prod"},
                         {"uid", "u1"},
                         {"resourceVersion", "7"},
                         {"generation", 3},
                         {"deletionTimestamp", "2026-01-02T03:04:05Z"},
                         {"annotations", {{"a", "b"}}}}}};
  const auto meta = ParseMeta(object);
  ASSERT_TRUE(meta.ok()) << meta.status();
  EXPECT_EQ(meta->name_space, "prod");
  EXPECT_EQ(meta->generation, 3);
  EXPECT_TRUE(meta->deleting);
  EXPECT_EQ(meta->annotations.at("a"), "b");
}

TEST(MetaTest, RefusesAnObjectWithoutAName) {
  EXPECT_EQ(ParseMeta(json::object()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(MetaTest, TimesKeepTheirSecond) {
  const absl::Time time = absl::FromUnixSeconds(1700000000);
  EXPECT_EQ(TimeToText(time), "2023-11-14T22:13:20Z");
  EXPECT_EQ(TimeFromText(TimeToText(time)), time);
  EXPECT_EQ(TimeFromText("yesterday"), absl::InfinitePast());
  EXPECT_EQ(TimeToText(absl::InfinitePast()), "");
}

TEST(MetaTest, ConditionsSurviveTheRoundTrip) {
  const std::vector<Condition> conditions = {
      {"Ready", ConditionStatus::kFalse, "Because", "x", 4, absl::FromUnixSeconds(5)},
      {"Odd", ConditionStatus::kUnknown, "NotYet", "", 4, absl::FromUnixSeconds(6)}};
  EXPECT_EQ(ParseConditions({{"conditions", ToJson(conditions)}}), conditions);
}

TEST(MetaTest, PassesOverConditionsThatAreNone) {
  EXPECT_TRUE(ParseConditions({{"conditions", {1, "x", nullptr, json::object()}}}).empty());
  EXPECT_TRUE(ParseConditions({{"conditions", "x"}}).empty());
}

}  // namespace
}  // namespace dba::api
