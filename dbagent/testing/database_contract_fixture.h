// SPDX-License-Identifier: Apache-2.0
//
// A server with one database, and the calls that the contract of Database is made of.
#ifndef DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FIXTURE_H_
#define DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/testing/status_matchers.h"
#include "dbagent/db/database.h"
#include "dbagent/testing/database_under_test.h"

namespace dba::agent {

class DatabaseContractTest : public testing::TestWithParam<MakeDatabaseUnderTest> {
 protected:
  void SetUp() override {
    test_ = GetParam()();
    ASSERT_NE(test_, nullptr) << "no server to test on: see the log above";
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  Database& db() { return test_->database(); }

  static AccountSpec Spec(const std::string& name, const std::string& owner = "owner-1") {
    AccountSpec spec;
    spec.owner = owner;
    spec.name = name;
    spec.version = "v1";
    spec.password = Secret("pass-" + name);
    return spec;
  }
  static std::string PasswordOf(const std::string& name) { return "pass-" + name; }

  ProbeResult::Outcome Probe(const std::string& name, const std::string& password) {
    const absl::StatusOr<ProbeResult> result = db().ProbeAccount(name, Secret(password), Soon());
    EXPECT_OK(result);
    return result.ok() ? result->outcome : ProbeResult::Outcome::kRefused;
  }
  std::vector<Account> List(const std::string& owner) {
    const absl::StatusOr<AccountList> list = db().ListAccounts(owner, Soon());
    EXPECT_OK(list);
    return list.ok() ? list->accounts : std::vector<Account>();
  }
  absl::StatusOr<bool> Drop(const std::string& name, uint64_t epoch = 0) {
    return db().DropAccount({"owner-1", name, epoch}, Soon());
  }
  absl::Status SetLocked(const std::string& name, bool locked, uint64_t epoch = 0) {
    return db().SetAccountLocked({"owner-1", name, epoch}, locked, Soon());
  }
  absl::StatusOr<uint32_t> Terminate(const std::string& name, uint64_t epoch = 0) {
    return db().TerminateSessions({"owner-1", name, epoch}, Soon());
  }
  // With a version table that says `found`.
  absl::Status Begin(const std::vector<std::string>& expected, const std::vector<std::string>& found,
                     uint64_t epoch = 0) {
    const auto read = [&] {
      return SchemaVersion{found.empty() ? SchemaVersion::State::kNone : SchemaVersion::State::kKnown, found, ""};
    };
    return db().BeginMigration({"owner-1", epoch, expected}, read, Soon());
  }
  uint64_t Epoch(const std::string& owner = "owner-1") {
    const absl::StatusOr<AccountList> list = db().ListAccounts(owner, Soon());
    EXPECT_OK(list);
    return list.ok() ? list->epoch : 0;
  }

  std::unique_ptr<DatabaseUnderTest> test_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_CONTRACT_FIXTURE_H_
