// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_DBAGENT_TESTING_DATABASE_UNDER_TEST_H_
#define DBA_DBAGENT_TESTING_DATABASE_UNDER_TEST_H_

#include <functional>
#include <memory>
#include <string>

#include "dbagent/db/database.h"

namespace dba::agent {

// A database for one test, and what its applications and other people do with it.
class DatabaseUnderTest {
 public:
  virtual ~DatabaseUnderTest() = default;
  virtual Database& database() = 0;
  // Logs in and stays; false when refused.
  virtual bool OpenSession(const std::string& name, const std::string& password) = 0;
  virtual void CloseSessions(const std::string& name) = 0;
  virtual void AddForeignAccount(const std::string& name) = 0;
};

using MakeDatabaseUnderTest = std::function<std::unique_ptr<DatabaseUnderTest>()>;

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_UNDER_TEST_H_
