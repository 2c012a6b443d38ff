// SPDX-License-Identifier: Apache-2.0
//
// docs/hints.md holds the catalogue as it is.
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "dbagent/hints/catalogue_markdown.h"
#include "dbagent/hints/rule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent::hints {
namespace {

using ::testing::HasSubstr;

TEST(CatalogueDocTest, TheDocumentHoldsTheCatalogue) {
  std::ifstream file("docs/hints.md");
  const std::string document((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(document.empty());
  EXPECT_THAT(document, HasSubstr(CatalogueMarkdown()))
      << "put the output of: bazel run //dbagent/hints:print_catalogue into docs/hints.md";
}

TEST(CatalogueDocTest, EveryRuleIsWholeAndNamedOnce) {
  std::set<std::string> ids;
  std::set<int> scenarios;
  for (const RuleInfo& rule : Catalogue()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    scenarios.insert(rule.scenario);
    for (const char* text : {rule.says, rule.evidence, rule.remedy, rule.source}) EXPECT_STRNE(text, "") << rule.id;
    EXPECT_NE(rule.engines, 0U) << rule.id;
    EXPECT_EQ(FindRule(rule.id), &rule);
  }
  for (int scenario = 1; scenario <= 9; ++scenario) EXPECT_EQ(scenarios.count(scenario), 1U) << scenario;
}

}  // namespace
}  // namespace dba::agent::hints
