// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_sessions.h"

#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

Session ToSession(const std::vector<std::optional<std::string>>& row) {
  Session session = {Cell(row, 0), Cell(row, 2), Cell(row, 3), absl::InfinitePast()};
  double seconds = 0;
  if (row[4] && absl::SimpleAtod(*row[4], &seconds)) {
    session.since = absl::FromUnixMicros(static_cast<int64_t>(seconds * 1e6));
  }
  return session;
}

}  // namespace

// The order of the two reads is what makes it safe: see pg_sql.h.
absl::StatusOr<PgUse> ReadPgUse(PgConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet backends, connection.Query(pg_sql::kBackendsInTransaction, {}, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet sessions, connection.Query(pg_sql::kSessions, {}, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet prepared, connection.Query(pg_sql::kPreparedTransactions, {}, deadline));
  PgUse use;
  std::set<std::string> named;
  for (const auto& row : sessions.rows) {
    named.insert(Cell(row, 0));
    use.sessions[Cell(row, 1)].push_back(ToSession(row));
  }
  for (const auto& row : backends.rows) {
    if (named.count(Cell(row, 0)) == 0) ++use.logins_in_flight;
  }
  for (const auto& row : prepared.rows) {
    uint32_t count = 0;
    if (absl::SimpleAtoi(Cell(row, 1), &count)) use.prepared[Cell(row, 0)] = count;
  }
  return use;
}

}  // namespace dba::agent
