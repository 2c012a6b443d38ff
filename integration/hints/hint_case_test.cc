// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/hint_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"

namespace dba::hints {
namespace {

constexpr char kFile[] = R"(
engines: [mysql, mariadb]
fixtures:
  image:
    engines: [mysql, mariadb]
    table: image
    create: CREATE TABLE image (id INT)
    writer: [INSERT, UPDATE]
    reader: SELECT
cases:
- id: a
  versions: {mysql: "8.0-9.0"}
  ddl: ALTER TABLE image ADD COLUMN x INT
  hints: [{operation: AddColumn, table: image, column: {name: x, nullable: true, defaultExpression: "5", size: 7}}]
- id: b
  engines: [mariadb]
  rows: large
  background: long_reader
  ddl: [SET x = 1, ALTER]
  writer: OTHER
  hints: [{operation: DropColumn, columns: [a, b]}]
)";

absl::StatusOr<CaseFile> Load(const std::string& text, const std::string& engine, int version) {
  const TempDir folder;
  return LoadCases({folder.Write("cases.yaml", text)}, engine, version);
}

std::vector<std::string> Ids(const CaseFile& file) {
  std::vector<std::string> ids;
  for (const HintCase& hint_case : file.cases) ids.push_back(hint_case.id);
  return ids;
}

TEST(HintCaseTest, ChoosesTheCasesOfAnEngineAndAVersion) {
  ASSERT_OK_AND_ASSIGN(const CaseFile mysql8, Load(kFile, "mysql", 804));
  ASSERT_OK_AND_ASSIGN(const CaseFile mysql9, Load(kFile, "mysql", 907));
  ASSERT_OK_AND_ASSIGN(const CaseFile mariadb, Load(kFile, "mariadb", 1011));
  EXPECT_THAT(Ids(mysql8), ::testing::ElementsAre("a"));
  EXPECT_THAT(Ids(mysql9), ::testing::IsEmpty());
  EXPECT_THAT(Ids(mariadb), ::testing::ElementsAre("a", "b"));
}

TEST(HintCaseTest, TakesTheApplicationFromTheFixtureUnlessTheCaseHasItsOwn) {
  ASSERT_OK_AND_ASSIGN(const CaseFile file, Load(kFile, "mariadb", 1011));
  EXPECT_THAT(file.cases[0].writer, ::testing::ElementsAre("INSERT", "UPDATE"));
  EXPECT_THAT(file.cases[1].writer, ::testing::ElementsAre("OTHER"));
  EXPECT_EQ(file.cases[1].reader, "SELECT");
  EXPECT_EQ(file.cases[1].background, Background::kLongReader);
}

TEST(HintCaseTest, AHintKeepsTextTextAndNumbersNumbers) {
  ASSERT_OK_AND_ASSIGN(const CaseFile file, Load(kFile, "mariadb", 1011));
  const auto& column = file.cases[0].hints[0].fields().at("column").struct_value().fields();
  EXPECT_TRUE(column.at("nullable").bool_value());
  EXPECT_EQ(column.at("defaultExpression").string_value(), "5");
  EXPECT_EQ(column.at("size").number_value(), 7);
  EXPECT_EQ(file.cases[1].hints[0].fields().at("columns").list_value().values_size(), 2);
}

TEST(HintCaseTest, NamesTheCaseThatIsWrong) {
  const std::string head = "engines: [mysql]\ncases:\n";
  EXPECT_THAT(Load(head + "- {id: c, ddl: X, hints: [{a: b}], oops: 1}", "mysql", 907).status().message(),
              ::testing::HasSubstr("c: unknown word oops"));
  EXPECT_THAT(Load(head + "- {id: c, ddl: X, hints: [{a: b}]}", "mysql", 907).status().message(),
              ::testing::HasSubstr("c: there is no fixture mysql/image"));
  EXPECT_FALSE(Load(head + "- {id: c, ddl: [", "mysql", 907).ok());
}

}  // namespace
}  // namespace dba::hints
