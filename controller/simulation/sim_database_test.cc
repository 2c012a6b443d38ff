// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_database.h"

#include "gtest/gtest.h"

namespace dba::simulation {
namespace {

SimDatabase WithAccount() {
  SimDatabase database;
  database.PutAccount("a", {"uid", api::AccountKind::kApplication, "v1", "secret", false});
  return database;
}

TEST(SimDatabaseTest, ALoginThatBeganBeforeTheLockBecomesASession) {
  SimDatabase database = WithAccount();
  const absl::StatusOr<int> login = database.BeginLogin("a", "secret", "client");
  ASSERT_TRUE(login.ok());
  database.SetLocked("a", true);
  EXPECT_EQ(database.SessionsOf("a"), 0);
  EXPECT_EQ(database.logins_in_flight(), 1);
  EXPECT_TRUE(database.FinishLogin(*login));
  EXPECT_EQ(database.SessionsOf("a"), 1);
  EXPECT_FALSE(database.BeginLogin("a", "secret", "client").ok());
}

TEST(SimDatabaseTest, RefusesAnotherPassword) {
  SimDatabase database = WithAccount();
  EXPECT_FALSE(database.BeginLogin("a", "guess", "client").ok());
  EXPECT_TRUE(database.CanLogIn("a", "secret"));
}

TEST(SimDatabaseTest, OneTransactionAtATimeHoldsTheVersionTable) {
  SimDatabase database;
  EXPECT_TRUE(database.LockVersionTable(1));
  EXPECT_FALSE(database.LockVersionTable(2));
  database.Close(1);
  EXPECT_TRUE(database.LockVersionTable(2));
  database.CommitMigration(2, "r1");
  EXPECT_TRUE(database.LockVersionTable(3));
  EXPECT_EQ(database.image().version, "r1");
}

TEST(SimDatabaseTest, AFailoverLosesTheLastChangesAndAllConnections) {
  SimDatabase database = WithAccount();
  const absl::StatusOr<int> login = database.BeginLogin("a", "secret", "client");
  ASSERT_TRUE(login.ok());
  database.CommitMigration(0, "r1");
  database.CommitMigration(0, "r2");
  database.Fail(1);
  EXPECT_EQ(database.image().version, "r1");
  EXPECT_EQ(database.image().effects.count("r2"), 0u);
  EXPECT_FALSE(database.FinishLogin(*login));
}

TEST(SimDatabaseTest, ARestoreKeepsAccountsUnlessTheBackupHoldsThem) {
  SimDatabase database = WithAccount();
  const DatabaseImage backup = database.image();
  database.CommitMigration(0, "r1");
  database.EraseAccount("a");
  database.Restore(backup, false);
  EXPECT_EQ(database.image().version, "");
  EXPECT_EQ(database.Find("a"), nullptr);
  database.Restore(backup, true);
  EXPECT_NE(database.Find("a"), nullptr);
}

}  // namespace
}  // namespace dba::simulation
