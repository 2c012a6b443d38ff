// SPDX-License-Identifier: Apache-2.0
//
// One PostgreSQL server for all tests of a program, and a new database on it for each.
#ifndef DBA_INTEGRATION_POSTGRES_UNDER_TEST_H_
#define DBA_INTEGRATION_POSTGRES_UNDER_TEST_H_

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbagent/db/connect_options.h"
#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"
#include "dbagent/testing/database_under_test.h"
#include "integration/postgres_env.h"

namespace dba::agent {

// The server, started at the first call and ended with the program; nullptr, with the reason printed, when it cannot
// be.
PostgresEnv* SharedPostgres();

// What the admin account of the test may do.
enum class PgAdmin { kSuperuser, kCreateRoleAndDatabaseOwner };

class PostgresUnderTest : public DatabaseUnderTest {
 public:
  // Makes a new database and its admin. Roles are of the whole server: what an earlier test left is dropped.
  PostgresUnderTest(PostgresEnv* env, PgAdmin admin, const std::string& database = "shop",
                    const std::string& admin_password = "admin-password");
  ~PostgresUnderTest() override;

  Database& database() override { return *database_; }
  bool OpenSession(const std::string& name, const std::string& password) override;
  void CloseSessions(const std::string& name) override;
  void AddForeignAccount(const std::string& name) override;

  // As the superuser, in the test's database. Aborts the test on an error.
  std::string Run(const std::string& sql);
  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& sql);
  const Dsn& dsn() const { return dsn_; }
  PostgresEnv& env() { return *env_; }

 private:
  PostgresEnv* const env_;
  Dsn dsn_;
  std::unique_ptr<Database> database_;
  std::map<std::string, std::vector<PGconn*>> sessions_;
};

}  // namespace dba::agent

#endif  // DBA_INTEGRATION_POSTGRES_UNDER_TEST_H_
