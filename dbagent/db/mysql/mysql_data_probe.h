// SPDX-License-Identifier: Apache-2.0
//
// Questions about rows, on one connection in a read-only transaction.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_DATA_PROBE_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_DATA_PROBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/hints/probe.h"

namespace dba::agent {

// The caller resets the connection afterwards.
absl::StatusOr<hints::ProbeAnswer> ProbeMysqlData(MysqlConnection& connection, const hints::DataProbe& probe,
                                                  absl::Duration timeout, absl::Time deadline);

// The SELECT that answers a probe, one row for each witness, up to a hundred. Pure.
std::string MysqlProbeSql(const hints::DataProbe& probe);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_DATA_PROBE_H_
