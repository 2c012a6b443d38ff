// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/migration_gate.h"

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

using State = SchemaVersion::State;

Account Migrator(const std::string& name) {
  Account account;
  account.name = name;
  account.kind = AccountKind::kMigrator;
  return account;
}

TEST(MigrationGateTest, OnlyTheExpectedVersionPasses) {
  EXPECT_OK(CheckVersionIs({State::kKnown, {"a", "b"}, ""}, {"a", "b"}));
  EXPECT_OK(CheckVersionIs({State::kNone, {}, ""}, {}));
  for (const SchemaVersion& version :
       {SchemaVersion{State::kKnown, {"b"}, ""}, SchemaVersion{State::kNone, {}, ""},
        SchemaVersion{State::kDirty, {"a"}, "dirty"}, SchemaVersion{State::kUnknown, {"a"}, "away"}}) {
    EXPECT_THAT(CheckVersionIs(version, {"a"}), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(CheckVersionIs({State::kKnown, {"a"}, ""}, {}), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckVersionIs({State::kUnknown, {}, "away"}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("away")));
}

TEST(MigrationGateTest, AnEarlierAttemptAtWorkIsNamed) {
  AccountList list;
  list.logins_in_flight = 1;
  list.accounts.push_back(Migrator("dba_m"));
  EXPECT_THAT(CheckNoMigratorAtWork(list),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("in flight")));
  list.accounts[0].prepared_transactions = 1;
  EXPECT_THAT(CheckNoMigratorAtWork(list),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("prepared")));
  list.accounts[0].sessions.push_back({"4711", "10.0.0.7", "", absl::InfinitePast()});
  EXPECT_THAT(CheckNoMigratorAtWork(list),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("4711 from 10.0.0.7")));
}

TEST(MigrationGateTest, ApplicationsAreNoHindrance) {
  AccountList list;
  list.logins_in_flight = 1;
  EXPECT_OK(CheckNoMigratorAtWork(list));
  list.accounts.push_back(Migrator("dba_a"));
  list.accounts[0].kind = AccountKind::kApplication;
  list.accounts[0].sessions.push_back({"4711", "", "", absl::InfinitePast()});
  EXPECT_OK(CheckNoMigratorAtWork(list));
  list.accounts[0].kind = AccountKind::kMigrator;
  list.accounts[0].sessions.clear();
  list.logins_in_flight = 0;
  EXPECT_OK(CheckNoMigratorAtWork(list));
}

}  // namespace
}  // namespace dba::agent
