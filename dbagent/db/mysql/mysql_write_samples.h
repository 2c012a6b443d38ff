// SPDX-License-Identifier: Apache-2.0
//
// The servers' own counters of written rows.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_WRITE_SAMPLES_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_WRITE_SAMPLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/facts_source.h"
#include "dbagent/db/mysql/mysql_connection.h"

namespace dba::agent {

// By the first source that the server keeps: performance_schema (on by default on MySQL), user statistics (MariaDB with
// userstat=ON), else InnoDB's counter of rows modified since it last gathered statistics, which falls back to 0 then
// and counts rows that were rolled back twice.
//   schema  of names without one
absl::StatusOr<WriteSamples> SampleMysqlWrites(MysqlConnection& connection, const std::vector<TableName>& tables,
                                               const std::string& schema, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_WRITE_SAMPLES_H_
