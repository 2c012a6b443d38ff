// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/select_text.h"

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(SelectTextTest, TakesSelects) {
  for (const char* sql : {"SELECT 1", " \n select 1", "/* a */ -- b\nSELECT 1", "# c\n(SELECT 1)",
                          "WITH a AS (SELECT 1) SELECT 2", "values (1)", "SELECT(1)"}) {
    EXPECT_OK(CheckIsSelect(sql)) << sql;
  }
}

TEST(SelectTextTest, RefusesTheRest) {
  for (const char* sql : {"", "-- SELECT", "/* SELECT", "DELETE FROM t", "ANALYZE TABLE t", "CALL p()", "SHOW GRANTS",
                          "SELECTED", "/*!50000 DELETE FROM t */ SELECT 1", "SELECT 1 /*M! INTO @a */"}) {
    EXPECT_THAT(CheckIsSelect(sql), StatusIs(absl::StatusCode::kInvalidArgument)) << sql;
  }
}

}  // namespace
}  // namespace dba::agent
