// SPDX-License-Identifier: Apache-2.0
#include "dbagent/testing/fake_database.h"

#include "dbagent/testing/database_contract_test.h"

namespace dba::agent {
namespace {

class FakeUnderTest : public DatabaseUnderTest {
 public:
  Database& database() override { return fake_; }
  bool OpenSession(const std::string& name, const std::string& password) override {
    return fake_.OpenSession(name, password);
  }
  void CloseSessions(const std::string& name) override { fake_.CloseSessions(name); }
  void AddForeignAccount(const std::string& name) override { fake_.AddForeignAccount(name); }

 private:
  FakeDatabase fake_;
};

INSTANTIATE_TEST_SUITE_P(Fake, DatabaseContractTest, testing::Values([] { return std::make_unique<FakeUnderTest>(); }));

}  // namespace
}  // namespace dba::agent
