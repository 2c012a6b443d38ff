// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/policy_json.h"

#include "common/testing/status_matchers.h"

namespace dba::agent::check {
namespace {

using hints::Mode;
using ::testing::HasSubstr;

TEST(PolicyJsonTest, AnEmptyOneIsTheDefault) {
  const auto policy = PolicyFromJson(Json::object());
  ASSERT_OK(policy);
  const hints::Policy standard;
  EXPECT_EQ(policy->mode, standard.mode);
  EXPECT_EQ(policy->on_unknown, standard.on_unknown);
  EXPECT_EQ(policy->thresholds.large_rows, standard.thresholds.large_rows);
  EXPECT_EQ(policy->thresholds.large_bytes, standard.thresholds.large_bytes);
  EXPECT_EQ(policy->thresholds.heavy_writes_per_second, standard.thresholds.heavy_writes_per_second);
  EXPECT_EQ(policy->write_window, standard.write_window);
  EXPECT_EQ(policy->probe_timeout, standard.probe_timeout);
}

TEST(PolicyJsonTest, ReadsEveryField) {
  const auto policy = PolicyFromJson(Json::parse(R"({
    "mode": "Warn", "onUnknown": "Block", "largeTable": {"rows": 5000, "bytes": "2Gi"},
    "heavyWrites": {"rowsPerSecond": 7.5, "window": "2m"}, "probeTimeout": "0s",
    "rules": [{"rule": "hint.unsupported", "mode": false}],
    "tables": [{"table": "app.image", "mode": "Off", "largeTable": {"rows": 10}}, {"table": "tag"}]})"));
  ASSERT_OK(policy);
  EXPECT_EQ(policy->mode, Mode::kWarn);
  EXPECT_EQ(policy->on_unknown, Mode::kBlock);
  EXPECT_EQ(policy->thresholds.large_rows, 5000);
  EXPECT_EQ(policy->thresholds.large_bytes, int64_t{2} << 30);
  EXPECT_EQ(policy->thresholds.heavy_writes_per_second, 7.5);
  EXPECT_EQ(policy->write_window, absl::Minutes(2));
  EXPECT_EQ(policy->probe_timeout, absl::ZeroDuration());
  EXPECT_EQ(policy->rules.at("hint.unsupported"), Mode::kOff) << "Off without quotes is false in YAML";
  EXPECT_EQ(policy->tables.at("app.image").mode, Mode::kOff);
  EXPECT_EQ(policy->tables.at("app.image").thresholds.large_rows, 10);
  EXPECT_EQ(policy->tables.at("app.image").thresholds.large_bytes, int64_t{2} << 30) << "that of the policy";
  EXPECT_EQ(policy->tables.at("tag").mode, std::nullopt);
}

TEST(PolicyJsonTest, ErrorsNameTheField) {
  const struct {
    const char* json;
    const char* says;
  } cases[] = {
      {"[]", "must be an object"},
      {R"({"mod": "Warn"})", "there is no field mod; the fields are mode, onUnknown"},
      {R"({"mode": "block"})", "mode must be Block, Warn or Off"},
      {R"({"onUnknown": 5})", "onUnknown must be Block, Warn or Off"},
      {R"({"largeTable": 5})", "largeTable must be an object"},
      {R"({"largeTable": {"rows": -1}})", "largeTable.rows must be a number of rows"},
      {R"({"largeTable": {"bytes": "1Xi"}})", "largeTable.bytes must be bytes"},
      {R"({"largeTable": {"bytes": "nan"}})", "largeTable.bytes must be bytes"},
      {R"({"largeTable": {"size": 5}})", "there is no field largeTable.size"},
      {R"({"heavyWrites": {"window": "0s"}})", "heavyWrites.window must be longer than 0s"},
      {R"({"heavyWrites": {"window": 5}})", "heavyWrites.window must be a duration"},
      {R"({"probeTimeout": "-1s"})", "probeTimeout must be a duration"},
      {R"({"rules": {}})", "rules must be a list"},
      {R"({"rules": ["x"]})", "rules[0] must be an object"},
      {R"({"rules": [{"rule": "no.such", "mode": "Off"}]})", "rules[0].rule: there is no rule no.such"},
      {R"({"rules": [{"rule": "hint.unsupported"}]})", "rules[0].mode must be Block, Warn or Off"},
      {R"({"tables": [{"mode": "Off"}]})", "tables[0].table must be a text"},
      {R"({"tables": [{"table": "a", "heavyWrites": {"window": "1m"}}]})",
       "there is no field tables[0].heavyWrites.window"},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(PolicyFromJson(Json::parse(one.json)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(one.says)));
  }
}

}  // namespace
}  // namespace dba::agent::check
