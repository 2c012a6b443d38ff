// SPDX-License-Identifier: Apache-2.0
//
// PostgreSQL's error codes as statuses. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_ERROR_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dba::agent {

// The status for an error that the server reported, with the code as a payload.
//   sqlstate  five characters; source: PostgreSQL 15 manual, appendix A
//   message   the server's primary message, which repeats no statement text
absl::Status PgError(absl::string_view sqlstate, absl::string_view message);

// The code in such a status, or empty.
std::string SqlState(const absl::Status& status);

// Finds the code in a connection error printed with PQERRORS_VERBOSE ("FATAL:  28P01: password …"), whatever the
// server's language; empty when it holds none, as when no server answered.
std::string SqlStateOfConnectError(absl::string_view message);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_ERROR_H_
