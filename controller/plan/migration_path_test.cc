// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/migration_path.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = api::SchemaVersion::State;
using Migrations = std::map<std::string, api::DatabaseMigration>;

// Pairs of name and previous; the version of each is "rev-<name>".
Migrations Chain(const std::vector<std::pair<std::string, std::string>>& links) {
  Migrations migrations;
  for (const auto& [name, previous] : links) {
    migrations[name].meta.name = name;
    migrations[name].previous = previous;
    migrations[name].version = "rev-" + name;
  }
  return migrations;
}

const Migrations& FourVersions() {
  static const auto* migrations = new Migrations(Chain({{"v1", ""}, {"v2", "v1"}, {"v3", "v2"}, {"v4", "v3"}}));
  return *migrations;
}

Verdict VerdictOf(const Migrations& migrations, const std::string& desired, const api::SchemaVersion& version) {
  const auto result = FindMigrationPath(migrations, desired, version);
  EXPECT_TRUE(std::holds_alternative<Verdict>(result));
  return std::holds_alternative<Verdict>(result) ? std::get<Verdict>(result) : Verdict();
}

TEST(MigrationPathTest, RunsEverythingOnAnEmptyDatabase) {
  const auto path = std::get<MigrationPath>(FindMigrationPath(FourVersions(), "v3", {State::kNone, {}, ""}));
  EXPECT_EQ(path.current, "");
  EXPECT_THAT(path.pending, ElementsAre("v1", "v2", "v3"));
}

TEST(MigrationPathTest, RunsWhatIsMissing) {
  const auto path = std::get<MigrationPath>(FindMigrationPath(FourVersions(), "v4", {State::kKnown, {"rev-v2"}, ""}));
  EXPECT_EQ(path.current, "v2");
  EXPECT_THAT(path.pending, ElementsAre("v3", "v4"));
}

TEST(MigrationPathTest, RunsNothingAtTheDesiredVersion) {
  const auto path = std::get<MigrationPath>(FindMigrationPath(FourVersions(), "v2", {State::kKnown, {"rev-v2"}, ""}));
  EXPECT_EQ(path.current, "v2");
  EXPECT_THAT(path.pending, IsEmpty());
}

TEST(MigrationPathTest, DoesNotMissWhatLiesBehindTheCurrentVersion) {
  const Migrations rest = Chain({{"v3", "v2"}, {"v4", "v3"}});
  const auto path = std::get<MigrationPath>(FindMigrationPath(rest, "v4", {State::kKnown, {"rev-v3"}, ""}));
  EXPECT_THAT(path.pending, ElementsAre("v4"));
}

TEST(MigrationPathTest, AGapNamesTheMissingMigrationAndWhoWantsIt) {
  const Verdict verdict = VerdictOf(Chain({{"v1", ""}, {"v3", "v2"}}), "v3", {State::kKnown, {"rev-v1"}, ""});
  EXPECT_EQ(verdict.reason, "MissingMigration");
  EXPECT_EQ(verdict.progress, Progress::kTerminal);
  EXPECT_THAT(verdict.message, HasSubstr("DatabaseMigration v2, which v3 names"));
}

TEST(MigrationPathTest, ADesiredVersionThatDoesNotExistIsMissing) {
  EXPECT_EQ(VerdictOf(FourVersions(), "v9", {State::kNone, {}, ""}).reason, "MissingMigration");
}

TEST(MigrationPathTest, StopsAtACycle) {
  const Migrations circle = Chain({{"v1", "v3"}, {"v2", "v1"}, {"v3", "v2"}});
  const Verdict verdict = VerdictOf(circle, "v3", {State::kNone, {}, ""});
  EXPECT_EQ(verdict.reason, "MigrationCycle");
  EXPECT_THAT(verdict.message, HasSubstr("v3 -> v2 -> v1 -> v3"));
  EXPECT_EQ(VerdictOf(Chain({{"v1", "v1"}}), "v1", {State::kNone, {}, ""}).reason, "MigrationCycle");
}

TEST(MigrationPathTest, ACycleBehindTheCurrentVersionDoesNotMatter) {
  const Migrations circle = Chain({{"v1", "v2"}, {"v2", "v1"}, {"v3", "v2"}});
  const auto path = std::get<MigrationPath>(FindMigrationPath(circle, "v3", {State::kKnown, {"rev-v2"}, ""}));
  EXPECT_THAT(path.pending, ElementsAre("v3"));
}

TEST(MigrationPathTest, AFork) {
  const Migrations fork = Chain({{"v1", ""}, {"v2a", "v1"}, {"v2b", "v1"}, {"v3", "v2b"}});
  EXPECT_EQ(VerdictOf(fork, "v3", {State::kKnown, {"rev-v2a"}, ""}).reason, "MigrationFork");
}

TEST(MigrationPathTest, NothingIsRolledBack) {
  EXPECT_EQ(VerdictOf(FourVersions(), "v1", {State::kKnown, {"rev-v3"}, ""}).reason, "DesiredVersionOlder");
}

TEST(MigrationPathTest, AVersionThatNoMigrationHas) {
  const Verdict verdict = VerdictOf(FourVersions(), "v4", {State::kKnown, {"abc"}, ""});
  EXPECT_EQ(verdict.reason, "UnknownVersion");
  EXPECT_THAT(verdict.message, HasSubstr("\"abc\""));
}

TEST(MigrationPathTest, AVersionThatTwoMigrationsHave) {
  Migrations migrations = FourVersions();
  migrations["v3"].version = "rev-v2";
  EXPECT_EQ(VerdictOf(migrations, "v4", {State::kKnown, {"rev-v2"}, ""}).reason, "DuplicateVersion");
}

TEST(MigrationPathTest, TwoHeads) {
  const Verdict verdict = VerdictOf(FourVersions(), "v4", {State::kKnown, {"rev-v2", "rev-v3"}, ""});
  EXPECT_EQ(verdict.reason, "MultipleHeads");
  EXPECT_THAT(verdict.message, HasSubstr("rev-v2, rev-v3"));
}

TEST(MigrationPathTest, AnUnknownVersionIsNotAnEmptyDatabase) {
  EXPECT_EQ(VerdictOf(FourVersions(), "v4", {State::kUnknown, {}, "permission denied"}).reason, "VersionUnknown");
  EXPECT_EQ(VerdictOf(FourVersions(), "v4", {State::kDirty, {"rev-v2"}, "dirty"}).reason, "VersionTableDirty");
}

TEST(MigrationPathTest, HasReachedLooksBackAlongTheChain) {
  const api::SchemaVersion at_v3 = {State::kKnown, {"rev-v3"}, ""};
  EXPECT_TRUE(HasReached(FourVersions(), "v3", at_v3));
  EXPECT_TRUE(HasReached(FourVersions(), "v1", at_v3));
  EXPECT_FALSE(HasReached(FourVersions(), "v4", at_v3));
  EXPECT_FALSE(HasReached(FourVersions(), "v1", {State::kNone, {}, ""}));
  EXPECT_FALSE(HasReached(FourVersions(), "v1", {State::kUnknown, {"rev-v1"}, ""}));
}

}  // namespace
}  // namespace dba::plan
