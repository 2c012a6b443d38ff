// SPDX-License-Identifier: Apache-2.0
//
// One MariaDB or MySQL server for all tests of a program, and a new database on it for each.
#ifndef DBA_INTEGRATION_MYSQL_UNDER_TEST_H_
#define DBA_INTEGRATION_MYSQL_UNDER_TEST_H_

#include <mysql.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"
#include "dbagent/testing/database_under_test.h"
#include "integration/mysql_env.h"

namespace dba::agent {

// The server of that kind, started at the first call; nullptr, with the reason printed, when it cannot be.
MysqlEnv* SharedMysql(MysqlEnv::Kind kind = MysqlEnv::Kind::kMariadb);

// What the admin account of the test may do.
enum class MysqlAdmin { kRoot, kLimited, kWithoutProcess };

class MysqlUnderTest : public DatabaseUnderTest {
 public:
  // Makes the database and its admin anew, without accounts of earlier tests.
  MysqlUnderTest(MysqlEnv* env, MysqlAdmin admin, const std::string& database = "sh_op",
                 const std::string& admin_password = "admin-password");
  ~MysqlUnderTest() override;

  Database& database() override { return *database_; }
  bool OpenSession(const std::string& name, const std::string& password) override;
  void CloseSessions(const std::string& name) override;
  void AddForeignAccount(const std::string& name) override;

  // As root.
  std::string Run(const std::string& sql);
  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& sql);
  const Dsn& dsn() const { return dsn_; }
  MysqlEnv& env() { return *env_; }

 private:
  MysqlEnv* const env_;
  Dsn dsn_;
  std::unique_ptr<Database> database_;
  std::map<std::string, std::vector<MYSQL*>> sessions_;
};

}  // namespace dba::agent

#endif  // DBA_INTEGRATION_MYSQL_UNDER_TEST_H_
