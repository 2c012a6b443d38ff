// SPDX-License-Identifier: Apache-2.0
//
// Error numbers of MySQL and MariaDB as statuses. Pure.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_ERROR_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dba::agent {

// The status for an error, with the number as a payload. The text of a syntax error is replaced: it would repeat the
// statement, which may hold a verifier.
//   number  source: MariaDB 10.11 documentation, "Error Codes"; MySQL 8.0 Error Reference
absl::Status MysqlError(unsigned number, absl::string_view message);

// The number in such a status, or 0.
unsigned MysqlErrorNumber(const absl::Status& status);

// Whether the client library made the error itself: the connection is of no more use.
bool IsMysqlClientError(unsigned number);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_ERROR_H_
