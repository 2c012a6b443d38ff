// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/names.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

api::ManagedDatabase Database(const std::string& name, const std::string& uid) {
  api::ManagedDatabase database;
  database.meta.name = name;
  database.meta.uid = uid;
  return database;
}

api::DatabaseMigration Migration(const std::string& name, const std::string& uid) {
  api::DatabaseMigration migration;
  migration.meta.name = name;
  migration.meta.uid = uid;
  return migration;
}

TEST(NamesTest, AccountsFitEveryEngineAndDiffer) {
  const std::string account = ApplicationAccount("u1", "v1");
  EXPECT_THAT(account, ::testing::MatchesRegex("dba_[0-9a-f]{24}"));
  EXPECT_EQ(account.size(), 28u);
  EXPECT_NE(account, ApplicationAccount("u2", "v1"));
  EXPECT_NE(account, ApplicationAccount("u1", "v2"));
  EXPECT_NE(account, MigratorAccount("u1", "v1"));
  EXPECT_NE(ApplicationAccount("u1", "1v"), ApplicationAccount("u11", "v"));
}

TEST(NamesTest, AnAccountKeepsItsNameForEver) {
  // A change of this value would orphan the accounts of every installation.
  EXPECT_EQ(ApplicationAccount("8d7b0f2e-0000-4000-8000-000000000001", "v1"), "dba_772de39a3e8caad5f79237b3");
}

TEST(NamesTest, SecretsAreNamedAfterDatabaseAndVersion) {
  EXPECT_EQ(ApplicationSecret("shop", "v3"), "shop-v3");
  const std::string cut = ApplicationSecret(std::string(63, 'a'), std::string(250, 'b'));
  EXPECT_EQ(cut.size(), 253u);
  EXPECT_NE(cut, ApplicationSecret(std::string(63, 'a'), std::string(251, 'b')));
}

TEST(NamesTest, JobNamesAreLabels) {
  const std::string name = JobName(Database(std::string(63, 'a'), "u1"), Migration(std::string(63, 'b'), "u2"));
  EXPECT_EQ(name.size(), 63u);
  EXPECT_THAT(JobName(Database("shop", "u1"), Migration("v1.2", "u2")),
              ::testing::MatchesRegex("shop-v1-2-[0-9a-f]{8}"));
  EXPECT_THAT(JobName(Database(std::string(53, 'a') + "-", "u1"), Migration("v1", "u2")),
              ::testing::MatchesRegex("a{53}-[0-9a-f]{8}"));
}

TEST(NamesTest, EachAttemptHasItsOwnJob) {
  api::ManagedDatabase database = Database("shop", "u1");
  const api::DatabaseMigration migration = Migration("v1", "u2");
  const std::string first = JobName(database, migration);
  EXPECT_EQ(first, JobName(database, migration));
  EXPECT_NE(first, JobName(database, Migration("v1", "created-anew")));
  EXPECT_NE(first, JobName(Database("shop", "created-anew"), migration));

  database.status.history.push_back({"v1", first, "Failed", "", {}, {}});
  EXPECT_EQ(first, JobName(database, migration)) << "a failure is not repeated by itself";
  database.status.history.push_back({"v1", first, "Succeeded", "", {}, {}});
  const std::string after_restore = JobName(database, migration);
  EXPECT_NE(first, after_restore) << "a success that is pending again is run again";
  database.meta.annotations[std::string(kRetryAnnotation)] = "1";
  EXPECT_NE(after_restore, JobName(database, migration)) << "a human asked for a retry";
}

}  // namespace
}  // namespace dba::plan
