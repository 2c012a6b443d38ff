// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_INTEGRATION_HINTS_MYSQL_HINT_SERVER_H_
#define DBA_INTEGRATION_HINTS_MYSQL_HINT_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "integration/hints/sql_session.h"
#include "integration/mysql_env.h"

namespace dba::hints {

// The server that MysqlEnv finds. A table harness.seq holds the numbers that fixtures are made from.
absl::StatusOr<std::unique_ptr<HintServer>> StartMysqlHintServer(MysqlEnv::Kind kind);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_MYSQL_HINT_SERVER_H_
