// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/hint_file.h"

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"

namespace dba::agent::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::StatusCode kBad = absl::StatusCode::kInvalidArgument;

std::string Migration(const std::string& name, const std::string& previous, const std::string& table) {
  return absl::StrCat("---\nkind: DatabaseMigration\nmetadata: {name: ", name, "}\nspec:\n  previous: ", previous,
                      "\n  hints:\n  - {operation: DropTable, table: ", table, ", transaction: t}\n");
}

std::vector<LocatedHint> Read(const std::string& text, const std::vector<std::string>& chosen = {}) {
  absl::StatusOr<HintFile> file = ReadHintFile(text, "f.yaml");
  EXPECT_OK(file);
  if (!file.ok()) return {};
  std::vector<HintFile> files;
  files.push_back(*std::move(file));
  const auto hints = InOrder(std::move(files), chosen);
  EXPECT_OK(hints);
  return hints.ok() ? *hints : std::vector<LocatedHint>();
}

std::vector<std::string> Titles(const std::vector<LocatedHint>& hints) {
  std::vector<std::string> titles;
  for (const LocatedHint& hint : hints) titles.push_back(absl::StrCat(hint.line, " ", hint.title));
  return titles;
}

TEST(HintFileTest, AListOfHints) {
  const auto hints = Read(
      "# of v3\n- operation: AddColumn\n  table: app.image\n  column: {name: size}\n"
      "- {operation: CreateIndex, table: image, name: idx, columns: [size]}\n- {operation: Frob, table: image}\n- 5\n");
  EXPECT_THAT(Titles(hints), ElementsAre("2 AddColumn app.image.size", "5 CreateIndex image, idx", "6 ", "7 "));
  EXPECT_OK(hints[0].hint);
  EXPECT_THAT(hints[2].hint, StatusIs(kBad, HasSubstr("operation is \"Frob\"; it may be AddColumn")));
  EXPECT_THAT(hints[3].hint, StatusIs(kBad));
}

TEST(HintFileTest, MigrationsRunEachAfterItsPrevious) {
  const auto hints = Read(Migration("v3", "v2", "c") + Migration("v2", "v1", "b") + Migration("v1", "''", "a") +
                          "---\nkind: ConfigMap\ndata: {x: [on]}\n");
  EXPECT_THAT(Titles(hints), ElementsAre("21 DropTable a", "14 DropTable b", "7 DropTable c"));
  EXPECT_EQ(hints[0].migration, "v1");
  EXPECT_EQ(hints[0].hint->transaction, "v1/t") << "no transaction goes over two migrations";
}

TEST(HintFileTest, OnlyTheChosenMigrations) {
  const std::string text = Migration("v2", "v1", "b") + Migration("v1", "''", "a");
  EXPECT_THAT(Titles(Read(text, {"v2"})), ElementsAre("7 DropTable b"));
  std::vector<HintFile> files;
  files.push_back(*ReadHintFile(text, "f.yaml"));
  EXPECT_THAT(InOrder(std::move(files), {"v9"}), StatusIs(kBad, HasSubstr("there is no DatabaseMigration v9")));
}

TEST(HintFileTest, AMigrationWithoutHintsAndAListOfKubernetes) {
  EXPECT_THAT(Read("kind: DatabaseMigration\nmetadata: {name: v1}\n"), IsEmpty());
  const auto hints = Read(
      "kind: List\nitems:\n- kind: DatabaseMigration\n  metadata: {name: v1}\n  spec:\n    hints:\n"
      "    - {operation: DropTable, table: a}\n");
  EXPECT_THAT(Titles(hints), ElementsAre("7 DropTable a"));
}

TEST(HintFileTest, ThePolicyOfTheManagedDatabase) {
  const auto file = ReadHintFile(
      Migration("v1", "''", "a") + "---\nkind: ManagedDatabase\nspec:\n  hints: {mode: Warn, probeTimeout: 1s}\n",
      "f.yaml");
  ASSERT_OK(file);
  EXPECT_EQ(file->policy->mode, hints::Mode::kWarn);
  const auto bare = ReadPolicyFile("mode: Warn\n", "p.yaml");
  ASSERT_OK(bare);
  EXPECT_EQ(bare->mode, hints::Mode::kWarn);
  const auto none = ReadPolicyFile("kind: ManagedDatabase\nspec: {}\n", "p.yaml");
  ASSERT_OK(none);
  EXPECT_EQ(none->mode, hints::Mode::kBlock);
}

TEST(HintFileTest, ErrorsNameFileAndLine) {
  const struct {
    const char* text;
    const char* says;
  } cases[] = {
      {"", "f.yaml holds no hints; write a list of hints"},
      {"kind: ConfigMap\n", "f.yaml holds no hints"},
      {"a: [\n", "f.yaml: line"},
      {"hello\n", "f.yaml:1: is neither a list of hints nor a DatabaseMigration"},
      {"---\noperation: DropTable\ntable: x\n", "f.yaml:2: is neither"},
      {"kind: DatabaseMigration\nmetadata: {name: v1}\nspec:\n  hints: {a: 1}\n",
       "f.yaml:4: spec.hints must be a list"},
      {"kind: DatabaseMigration\nspec: {}\n", "f.yaml:1: metadata.name"},
      {"kind: DatabaseMigration\nmetadata: {name: v1}\nspec: {previous: 5}\n", "spec.previous must be a text"},
      {"kind: ManagedDatabase\nspec:\n  hints:\n    mode: Maybe\n", "f.yaml:4: mode must be Block, Warn or Off"},
      {"kind: ManagedDatabase\n---\nkind: ManagedDatabase\n", "f.yaml:3: is a second ManagedDatabase"},
  };
  for (const auto& one : cases) EXPECT_THAT(ReadHintFile(one.text, "f.yaml"), StatusIs(kBad, HasSubstr(one.says)));
  EXPECT_THAT(ReadPolicyFile("", "p.yaml"), StatusIs(kBad, HasSubstr("p.yaml holds no policy")));
  EXPECT_THAT(ReadPolicyFile("[]", "p.yaml"), StatusIs(kBad, HasSubstr("p.yaml:1: the policy must be an object")));
  EXPECT_THAT(ReadPolicyFile("mode: Warn\n---\nmode: Off\n", "p.yaml"), StatusIs(kBad, HasSubstr("second policy")));
}

TEST(HintFileTest, RefusesACircleTwoOfOneNameAndTooMany) {
  const auto error = [](const std::string& text) {
    std::vector<HintFile> files;
    files.push_back(*ReadHintFile(text, "f.yaml"));
    return InOrder(std::move(files), {});
  };
  EXPECT_THAT(error(Migration("v1", "v2", "a") + Migration("v2", "v1", "b")),
              StatusIs(kBad, HasSubstr("circle at v1")));
  EXPECT_THAT(error(Migration("v1", "v1", "a")), StatusIs(kBad, HasSubstr("circle at v1")));
  EXPECT_THAT(error(Migration("v1", "''", "a") + Migration("v1", "''", "b")),
              StatusIs(kBad, HasSubstr("two DatabaseMigrations v1")));
  std::string many;
  for (int i = 0; i < 1001; ++i) absl::StrAppend(&many, "- {operation: DropTable, table: t", i, "}\n");
  EXPECT_THAT(error(many), StatusIs(kBad, HasSubstr("there are 1001 hints")));
  many.resize(many.rfind("- {"));
  EXPECT_THAT(Read(many), SizeIs(1000));
}

}  // namespace
}  // namespace dba::agent::check
