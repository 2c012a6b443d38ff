// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/yaml_json.h"

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"

namespace dba::agent::check {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::StatusCode kBad = absl::StatusCode::kInvalidArgument;

Json One(absl::string_view text) {
  const absl::StatusOr<std::vector<YamlDocument>> documents = ReadYaml(text);
  EXPECT_OK(documents);
  return documents.ok() && documents->size() == 1 ? documents->front().value : Json("not one document");
}

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<std::vector<YamlDocument>> documents = ReadYaml(text);
  EXPECT_THAT(documents, StatusIs(kBad));
  return std::string(documents.status().message());
}

TEST(YamlJsonTest, PlainWordsHaveTypesAndQuotedOnesAreTexts) {
  EXPECT_EQ(One("[a, 5, -7, 1.5, 2e3, true, no, y, null, ~, '', '5', \"true\", !!str 5, 1.2.3, inf, 0x1F]"),
            Json::parse(R"(["a", 5, -7, 1.5, 2000.0, true, false, true, null, null, "", "5", "true", "5", "1.2.3",
                            "inf", "0x1F"])"));
}

TEST(YamlJsonTest, KnowsTheLineOfEveryValue) {
  const auto documents = ReadYaml("# comment\n- operation: A\n  columns:\n  - x\n- operation: B\n---\na/b: {c~d: 1}\n");
  ASSERT_OK(documents);
  ASSERT_THAT(*documents, SizeIs(2));
  const YamlDocument& first = documents->front();
  EXPECT_EQ(first.Line("/0"), 2);
  EXPECT_EQ(first.Line("/0/columns/0"), 4);
  EXPECT_EQ(first.Line("/1"), 5);
  EXPECT_EQ(first.Line("/1/absent/deep"), 5) << "the nearest around it";
  EXPECT_EQ(documents->back().Line("/a~1b/c~0d"), 7);
}

TEST(YamlJsonTest, ExpandsAliasesAndMerges) {
  EXPECT_EQ(One("base: &b {t: image, u: 1}\nlist:\n- *b\n- {<<: *b, u: 2}\n- {<<: [*b, {t: other, v: 3}]}\n"),
            Json::parse(R"({"base": {"t": "image", "u": 1},
                            "list": [{"t": "image", "u": 1}, {"t": "image", "u": 2},
                                     {"t": "image", "u": 1, "v": 3}]})"));
}

TEST(YamlJsonTest, NoDocument) {
  EXPECT_THAT(*ReadYaml(""), IsEmpty());
  EXPECT_THAT(*ReadYaml("# nothing but a comment\n"), IsEmpty());
}

TEST(YamlJsonTest, ErrorsNameTheLine) {
  EXPECT_THAT(ErrorOf("a: 1\nb: [\n"), HasSubstr("not YAML"));
  EXPECT_THAT(ErrorOf("a: 1\na: 2\n"), HasSubstr("line 2: key a is there twice"));
  EXPECT_THAT(ErrorOf("a: 1\n? [x]\n: 2\n"), HasSubstr("line 2: a key must be a text"));
  EXPECT_THAT(ErrorOf("a: 1\nb: !secret x\n"), HasSubstr("line 2: there is no tag !secret"));
  EXPECT_THAT(ErrorOf("a: *nowhere\n"), HasSubstr("line 1: not YAML"));
  EXPECT_THAT(ErrorOf("a: {<<: 5}\n"), HasSubstr("line 1: the value of << must be"));
  EXPECT_THAT(ErrorOf("\tx: 1"), HasSubstr("line 1: not YAML"));
}

TEST(YamlJsonTest, RefusesWhatIsNoText) {
  EXPECT_EQ(ErrorOf(absl::string_view("a: \0b", 5)), "not text in UTF-8");
  EXPECT_EQ(ErrorOf("a: \xff\xfe"), "not text in UTF-8");
  EXPECT_EQ(One("größe: \"\\U0001F4A9\""), Json::parse(R"({"größe": "💩"})"));
}

TEST(YamlJsonTest, RefusesWhatIsTooLarge) {
  EXPECT_EQ(ErrorOf(std::string((1 << 20) + 1, '#')), "longer than 1 MiB");
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    absl::StrAppend(&laughs, "a", i, ": &a", i, " [");
    for (int k = 0; k < 10; ++k) absl::StrAppend(&laughs, "*a", i - 1, k < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(ErrorOf(laughs), HasSubstr("more than 100,000 values"));
  std::string long_text = absl::StrCat("- &a ", std::string(1 << 19, 'x'), "\n");
  for (int i = 0; i < 20; ++i) absl::StrAppend(&long_text, "- *a\n");
  EXPECT_THAT(ErrorOf(long_text), HasSubstr("more than 8 MiB"));
}

TEST(YamlJsonTest, RefusesWhatIsNestedTooDeeply) {
  EXPECT_THAT(ErrorOf(absl::StrCat(std::string(70, '['), std::string(70, ']'))), HasSubstr("64 levels"));
  EXPECT_EQ(ErrorOf(std::string(200000, '[')), "line 1: nested too deeply");
  EXPECT_THAT(ErrorOf("a: &a [*a]"), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf("&a {<<: *a}"), HasSubstr("line 1: "));
}

}  // namespace
}  // namespace dba::agent::check
