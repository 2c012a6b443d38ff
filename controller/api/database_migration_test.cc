// SPDX-License-Identifier: Apache-2.0
#include "controller/api/database_migration.h"

#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"

namespace dba::api {
namespace {

using nlohmann::json;

json Migration(const json& spec) { return {{"metadata", {{"name", "v2"}}}, {"spec", spec}}; }

TEST(DatabaseMigrationTest, VersionIsTheNameUnlessSaid) {
  const auto migration = ParseDatabaseMigration(Migration({{"container", {{"image", "x"}}}}));
  ASSERT_TRUE(migration.ok()) << migration.status();
  EXPECT_EQ(migration->version, "v2");
  EXPECT_EQ(migration->previous, "");
  EXPECT_EQ(migration->parallelism, 1);
}

TEST(DatabaseMigrationTest, NeedsExactlyOneOfContainerAndTemplate) {
  EXPECT_FALSE(ParseDatabaseMigration(Migration(json::object())).ok());
  EXPECT_FALSE(ParseDatabaseMigration(Migration({{"container", json::object()}, {"template", json::object()}})).ok());
}

TEST(DatabaseMigrationTest, RefusesParallelismOutOfRange) {
  for (const int parallelism : {0, -1, 1001}) {
    const auto migration =
        ParseDatabaseMigration(Migration({{"container", json::object()}, {"parallelism", parallelism}}));
    EXPECT_EQ(migration.status().code(), absl::StatusCode::kInvalidArgument) << parallelism;
  }
}

TEST(DatabaseMigrationTest, HintsAreKeptAsTheyAre) {
  const json hints = {{{"operation", "CreateIndex"}, {"table", "t"}, {"tool", {{"name", "x"}}}}};
  const auto migration = ParseDatabaseMigration(Migration({{"container", json::object()}, {"hints", hints}}));
  ASSERT_TRUE(migration.ok()) << migration.status();
  EXPECT_EQ(json(migration->hints), hints);
}

TEST(DatabaseMigrationTest, AWrongTypeIsAnErrorThatNamesTheField) {
  const auto migration = ParseDatabaseMigration(Migration({{"container", json::object()}, {"previous", 7}}));
  ASSERT_FALSE(migration.ok());
  EXPECT_NE(migration.status().message().find("previous"), absl::string_view::npos) << migration.status();
}

}  // namespace
}  // namespace dba::api
