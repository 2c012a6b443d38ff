// SPDX-License-Identifier: Apache-2.0
#include "controller/api/hint_policy.h"

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::api {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(ParseHintPolicyTest, BlocksByDefaultAndWarnsOfWhatIsUnknown) {
  ASSERT_OK_AND_ASSIGN(const HintPolicy policy, ParseHintPolicy(json::object()));
  EXPECT_EQ(policy.mode, HintMode::kBlock);
  EXPECT_EQ(policy.on_unknown, HintMode::kWarn);
  EXPECT_EQ(policy.thresholds.large_rows, 0) << "the agent's default";
  EXPECT_EQ(policy.write_window, absl::Minutes(5));
  EXPECT_EQ(policy.probe_timeout, absl::Seconds(2));
}

TEST(ParseHintPolicyTest, ReadsEveryField) {
  ASSERT_OK_AND_ASSIGN(
      const HintPolicy policy,
      ParseHintPolicy({{"hints",
                        {{"mode", "Warn"},
                         {"onUnknown", "Block"},
                         {"largeTable", {{"rows", 1000}, {"bytes", "1.5Gi"}}},
                         {"heavyWrites", {{"rowsPerSecond", 0.5}, {"window", "1m"}}},
                         {"probeTimeout", "250ms"},
                         {"rules", {{{"rule", "index.blocks-writes"}, {"mode", "Off"}}}},
                         {"tables", {{{"table", "image"}, {"mode", "Block"}, {"largeTable", {{"bytes", 5}}}}}}}}}));
  EXPECT_EQ(policy.mode, HintMode::kWarn);
  EXPECT_EQ(policy.on_unknown, HintMode::kBlock);
  EXPECT_EQ(policy.thresholds.large_rows, 1000);
  EXPECT_EQ(policy.thresholds.large_bytes, 1610612736);
  EXPECT_EQ(policy.thresholds.heavy_writes_per_second, 0.5);
  EXPECT_EQ(policy.write_window, absl::Minutes(1));
  EXPECT_EQ(policy.probe_timeout, absl::Milliseconds(250));
  ASSERT_EQ(policy.rules.size(), 1u);
  EXPECT_EQ(policy.rules[0].rule, "index.blocks-writes");
  EXPECT_EQ(policy.rules[0].mode, HintMode::kOff);
  ASSERT_EQ(policy.tables.size(), 1u);
  EXPECT_EQ(policy.tables[0].table, "image");
  EXPECT_EQ(policy.tables[0].mode, HintMode::kBlock);
  EXPECT_EQ(policy.tables[0].thresholds.large_bytes, 5);
}

TEST(ParseHintPolicyTest, NonsenseIsRefusedByName) {
  const struct {
    json hints;
    const char* words;
  } kCases[] = {
      {{{"mode", "Maybe"}}, "use Block, Warn or Off"},
      {{{"largeTable", {{"bytes", "lots"}}}}, "largeTable.bytes"},
      {{{"largeTable", {{"bytes", -1}}}}, "largeTable.bytes"},
      {{{"largeTable", {{"bytes", "9999999Ti"}}}}, "largeTable.bytes"},
      {{{"heavyWrites", {{"rowsPerSecond", "many"}}}}, "heavyWrites.rowsPerSecond"},
      {{{"probeTimeout", "soon"}}, "not a duration"},
      {{{"rules", {{{"mode", "Off"}}}}}, "rule"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ParseHintPolicy({{"hints", c.hints}}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.words)))
        << c.hints.dump();
  }
}

}  // namespace
}  // namespace dba::api
