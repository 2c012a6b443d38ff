// SPDX-License-Identifier: Apache-2.0
#include "common/json.h"

#include <string>

#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kText[] =
    R"({"metadata": {"name": "shop", "labels": {"a.b/c": "d"}, "generation": 7, "none": null},
  "spec": {"on": true, "list": [1], "ratio": 1.5, "huge": 18446744073709551615, "min": -9223372036854775808}})";

class JsonTest : public testing::Test {
 protected:
  const Json root_ = *ParseJson(kText);
};

TEST_F(JsonTest, ReadsEachType) {
  EXPECT_THAT(GetString(root_, {"metadata", "labels", "a.b/c"}), IsOkAndHolds("d"));
  EXPECT_THAT(GetInt(root_, {"metadata", "generation"}), IsOkAndHolds(7));
  EXPECT_THAT(GetInt(root_, {"spec", "min"}), IsOkAndHolds(INT64_MIN));
  EXPECT_THAT(GetBool(root_, {"spec", "on"}), IsOkAndHolds(true));
  ASSERT_OK_AND_ASSIGN(const Json* object, GetObject(root_, {"metadata"}));
  EXPECT_THAT(GetString(*object, {"name"}), IsOkAndHolds("shop"));
  ASSERT_OK_AND_ASSIGN(const Json* array, GetArray(root_, {"spec", "list"}));
  EXPECT_EQ(array->size(), 1u);
}

TEST_F(JsonTest, NamesThePathOfAMissingField) {
  for (const absl::Status& status :
       {GetString(root_, {"spec", "none", "x"}).status(), GetObject(root_, {"spec", "none", "x"}).status()}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, "field spec.none.x is missing"));
  }
  EXPECT_THAT(GetString(root_, {"metadata", "none"}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(GetString(root_, {"metadata", "name", "deeper"}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(JsonTest, RefusesOtherTypesAlsoWithAFallback) {
  EXPECT_THAT(GetStringOr(root_, {"metadata", "generation"}, "x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field metadata.generation must be a string, but is of type number"));
  EXPECT_THAT(GetIntOr(root_, {"spec", "ratio"}, 1), Not(IsOk()));
  EXPECT_THAT(GetIntOr(root_, {"spec", "huge"}, 1), Not(IsOk()));
  EXPECT_THAT(GetBoolOr(root_, {"metadata", "name"}, true), Not(IsOk()));
  EXPECT_THAT(GetObjectOrEmpty(root_, {"spec", "list"}), Not(IsOk()));
  EXPECT_THAT(GetArrayOrEmpty(root_, {"spec"}), Not(IsOk()));
}

TEST_F(JsonTest, UsesTheFallbackForAbsentAndNull) {
  EXPECT_THAT(GetStringOr(root_, {"metadata", "none"}, "x"), IsOkAndHolds("x"));
  EXPECT_THAT(GetIntOr(root_, {"nowhere"}, 3), IsOkAndHolds(3));
  EXPECT_THAT(GetBoolOr(root_, {"nowhere"}, true), IsOkAndHolds(true));
  ASSERT_OK_AND_ASSIGN(const Json* object, GetObjectOrEmpty(root_, {"nowhere"}));
  EXPECT_TRUE(object->is_object() && object->empty());
  ASSERT_OK_AND_ASSIGN(const Json* array, GetArrayOrEmpty(root_, {"nowhere"}));
  EXPECT_TRUE(array->is_array() && array->empty());
}

TEST(ParseJsonTest, RefusesWhatIsNotOneJsonValueAndDoesNotQuoteIt) {
  for (const std::string& text :
       {std::string(""), std::string("{\"password\": hunter2}"), std::string("{} {}"), std::string(100000, '[')}) {
    const absl::Status status = ParseJson(text).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
  }
}

TEST(DumpJsonTest, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(DumpJson(Json{{"a", "x\xff"}}), "{\"a\":\"x\xef\xbf\xbd\"}");
}

TEST(DumpJsonTest, KeepsLargeIntegers) { EXPECT_EQ(DumpJson(*ParseJson("9007199254740993")), "9007199254740993"); }

}  // namespace
}  // namespace dba
