// SPDX-License-Identifier: Apache-2.0
//
// A MariaDB or MySQL with one database, for tests of what these have beyond the contract of a Database.
#ifndef DBA_INTEGRATION_MYSQL_FIXTURE_H_
#define DBA_INTEGRATION_MYSQL_FIXTURE_H_

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/testing/status_matchers.h"
#include "integration/mysql_under_test.h"

namespace dba::agent {

struct MysqlCase {
  MysqlEnv::Kind kind;
  MysqlAdmin admin;
};

inline std::unique_ptr<MysqlUnderTest> MakeMysql(MysqlCase wanted) {
  MysqlEnv* env = SharedMysql(wanted.kind);
  return env == nullptr ? nullptr : std::make_unique<MysqlUnderTest>(env, wanted.admin);
}

class MysqlTest : public testing::TestWithParam<MysqlCase> {
 protected:
  void SetUp() override {
    test_ = MakeMysql(GetParam());
    ASSERT_NE(test_, nullptr);
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  Database& db() { return test_->database(); }
  absl::StatusOr<bool> Ensure(const std::string& name, AccountKind kind, Privileges privileges = Privileges::kReadWrite,
                              const std::string& password = "canary-password") {
    AccountSpec spec;
    spec.owner = "owner-1";
    spec.name = name;
    spec.kind = kind;
    spec.version = "v1";
    spec.password = Secret(password);
    spec.privileges = privileges;
    return db().EnsureAccount(spec, Soon());
  }
  absl::Status As(const std::string& user, const std::string& sql) {
    return test_->RunAs(user, "canary-password", sql).status();
  }
  // What is left when the agent stops between CREATE USER and its note of it.
  void MakeHalfMade(const std::string& name, const std::string& password, bool locked) {
    ASSERT_OK(Ensure("dba_other", AccountKind::kApplication));  // makes the table of marks
    test_->Run(
        "INSERT INTO dba_operator.account (name, owner, kind, version, password_digest, locked, creating) "
        "VALUES ('" +
        name + "', 'owner-1', 'application', 'v1', '', 0, 1)");
    test_->Run("CREATE USER " + name + "@'%' IDENTIFIED BY '" + password + "'" + (locked ? " ACCOUNT LOCK" : ""));
  }
  std::unique_ptr<MysqlUnderTest> test_;
};

}  // namespace dba::agent

#endif  // DBA_INTEGRATION_MYSQL_FIXTURE_H_
