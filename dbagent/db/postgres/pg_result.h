// SPDX-License-Identifier: Apache-2.0
//
// What libpq hands out for a statement, as rows and statuses. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_RESULT_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_RESULT_H_

#include <libpq-fe.h>

#include <memory>

#include "absl/status/status.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct PgResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResultPtr = std::unique_ptr<PGresult, PgResultDeleter>;

// The values as text.
RowSet PgRows(const PGresult* result);

// OK for rows and for a command without; else with the server's SQLSTATE. UNAVAILABLE: the error is libpq's own, the
// connection is of no further use. INVALID_ARGUMENT: COPY.
absl::Status PgResultStatus(const PGresult* result);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_RESULT_H_
