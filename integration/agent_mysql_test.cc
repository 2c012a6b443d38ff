// SPDX-License-Identifier: Apache-2.0
//
// The contract of a Database on MariaDB, with root and with a limited admin account, and what only these engines have.
#include <memory>

#include "dbagent/testing/database_contract_test.h"
#include "integration/mysql_accounts_test.h"
#include "integration/mysql_calls_test.h"
#include "integration/mysql_fixture.h"

namespace dba::agent {
namespace {

constexpr MysqlCase kRoot = {MysqlEnv::Kind::kMariadb, MysqlAdmin::kRoot};
constexpr MysqlCase kLimited = {MysqlEnv::Kind::kMariadb, MysqlAdmin::kLimited};

std::unique_ptr<DatabaseUnderTest> MakeWithRoot() { return MakeMysql(kRoot); }
std::unique_ptr<DatabaseUnderTest> MakeWithLimited() { return MakeMysql(kLimited); }

INSTANTIATE_TEST_SUITE_P(MariadbRoot, DatabaseContractTest, testing::Values(MakeWithRoot));
INSTANTIATE_TEST_SUITE_P(MariadbLimited, DatabaseContractTest, testing::Values(MakeWithLimited));
INSTANTIATE_TEST_SUITE_P(Mariadb, MysqlTest, testing::Values(kRoot, kLimited));
INSTANTIATE_TEST_SUITE_P(Mariadb, MysqlServerTest, testing::Values(MysqlEnv::Kind::kMariadb));

}  // namespace
}  // namespace dba::agent
