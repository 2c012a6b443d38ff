// SPDX-License-Identifier: Apache-2.0
//
// What every Database promises, as tests; each engine and the fake instantiate them:
//   INSTANTIATE_TEST_SUITE_P(Postgres, DatabaseContractTest, testing::Values(MakePostgres));
#ifndef DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_
#define DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_

#include "common/testing/status_matchers.h"
#include "dbagent/testing/database_contract_accounts_test.h"
#include "dbagent/testing/database_contract_fence_test.h"
#include "dbagent/testing/database_contract_fixture.h"

namespace dba::agent {

TEST_P(DatabaseContractTest, DescribesTheServer) {
  ASSERT_OK_AND_ASSIGN(const ServerInfo info, db().Describe(Soon()));
  EXPECT_NE(info.version, "");
  EXPECT_NE(info.identity, "");
  EXPECT_NE(info.database, "");
  EXPECT_NE(info.port, 0);
}

TEST_P(DatabaseContractTest, SelectTellsAMissingTableFromOtherErrors) {
  EXPECT_THAT(db().Select({"SELECT version_num FROM no_such_table", 10, 100}, Soon()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(DatabaseContractTest, MetricsOfAMissingTableAreNotFound) {
  EXPECT_THAT(db().EstimateRows("no_such_table", Soon()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(db().NextId("no_such_table", Soon()), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_DATABASE_CONTRACT_TEST_H_
