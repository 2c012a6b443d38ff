// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints_convert.h"

#include <string>

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent {
namespace {

using ::testing::HasSubstr;

TEST(HintsConvertTest, AStructKeepsItsWords) {
  google::protobuf::Struct message;
  (*message.mutable_fields())["operation"].set_string_value("DropTable");
  (*message.mutable_fields())["table"].set_string_value("größe");
  (*message.mutable_fields())["unique"].set_bool_value(true);
  (*message.mutable_fields())["columns"].mutable_list_value()->add_values()->set_string_value("a");
  (*message.mutable_fields())["name"].set_null_value(google::protobuf::NULL_VALUE);
  const auto json = JsonFromStruct(message);
  ASSERT_OK(json);
  EXPECT_EQ(DumpJson(*json), R"({"columns":["a"],"name":null,"operation":"DropTable","table":"größe","unique":true})");
}

TEST(HintsConvertTest, DeepAndLongHintsAreFindingsNotCrashes) {
  v1::CheckHintsRequest request;
  google::protobuf::Struct* deep = request.add_hints();
  for (int i = 0; i < 50; ++i) deep = (*deep->mutable_fields())["column"].mutable_struct_value();
  (*request.add_hints()->mutable_fields())["check"].set_string_value(std::string(100 << 10, 'x'));
  (*request.add_hints()->mutable_fields())["operation"].set_number_value(3);
  const auto hints = HintsFromProto(request);
  EXPECT_THAT(std::string(hints[0].status().message()), HasSubstr("nested"));
  EXPECT_THAT(std::string(hints[1].status().message()), HasSubstr("64 KiB"));
  EXPECT_THAT(std::string(hints[2].status().message()), HasSubstr("operation must be a text"));
}

TEST(HintsConvertTest, WhatAPolicyLeavesOutHasDefaults) {
  const auto defaults = PolicyFromProto({});
  ASSERT_OK(defaults);
  EXPECT_EQ(defaults->mode, hints::Mode::kBlock);
  EXPECT_EQ(defaults->on_unknown, hints::Mode::kWarn);
  EXPECT_EQ(defaults->thresholds.large_rows, 1e6);
  EXPECT_EQ(defaults->thresholds.large_bytes, int64_t{1} << 30);
  EXPECT_EQ(defaults->thresholds.heavy_writes_per_second, 50);
  EXPECT_EQ(defaults->write_window, absl::Minutes(5));
  EXPECT_EQ(defaults->probe_timeout, absl::Seconds(2));
}

TEST(HintsConvertTest, ATableOverridesOnlyWhatItNames) {
  v1::HintPolicy message;
  message.mutable_thresholds()->set_large_rows(10);
  message.mutable_probe_timeout();
  auto* table = message.add_tables();
  table->set_table("shop.image");
  table->mutable_thresholds()->set_heavy_writes_per_second(7);
  const auto policy = PolicyFromProto(message);
  ASSERT_OK(policy);
  EXPECT_EQ(policy->probe_timeout, absl::ZeroDuration());
  const hints::Thresholds& own = policy->For({"", "image"}, {"shop", "image"});
  EXPECT_EQ(own.large_rows, 10);
  EXPECT_EQ(own.heavy_writes_per_second, 7);
  EXPECT_EQ(policy->For({"", "other"}, {"shop", "other"}).heavy_writes_per_second, 50);
}

TEST(HintsConvertTest, UnknownFactsAreMarkedAndExplained) {
  hints::TableFacts facts;
  facts.kind = hints::TableKind::kTable;
  facts.rows = hints::Fact<double>::Unknown("never analyzed");
  facts.bytes = int64_t{5};
  const v1::TableFacts message = ToProto(facts);
  EXPECT_EQ(message.rows(), -1);
  EXPECT_EQ(message.bytes(), 5);
  EXPECT_EQ(message.writes_per_second(), -1);
  EXPECT_THAT(message.unknown(), HasSubstr("rows: never analyzed"));
}

}  // namespace
}  // namespace dba::agent
