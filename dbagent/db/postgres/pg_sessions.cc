// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_sessions.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_sql.h"

namespace dba::agent {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(10);

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

Session ToSession(const std::vector<std::optional<std::string>>& row) {
  Session session = {Cell(row, 0), Cell(row, 2), Cell(row, 3), absl::InfinitePast()};
  double seconds = 0;
  if (row[4] && absl::SimpleAtod(*row[4], &seconds)) {
    session.since = absl::FromUnixMicros(static_cast<int64_t>(seconds * 1e6));
  }
  return session;
}

// Fills the sessions; who is in flight. The order of the two reads is what makes it safe: see pg_sql.h.
absl::StatusOr<std::set<std::string>> ReadSessions(PgConnection& connection, absl::Time deadline, PgUse* use) {
  DBA_ASSIGN_OR_RETURN(const RowSet backends, connection.Query(pg_sql::kBackendsInTransaction, {}, deadline));
  DBA_RETURN_IF_ERROR(connection.Query("SELECT pg_stat_clear_snapshot()", {}, deadline).status());
  DBA_ASSIGN_OR_RETURN(const RowSet sessions, connection.Query(pg_sql::kSessions, {}, deadline));
  use->sessions.clear();
  std::set<std::string> in_flight;
  for (const auto& row : backends.rows) in_flight.insert(Cell(row, 0));
  for (const auto& row : sessions.rows) {
    in_flight.erase(Cell(row, 0));
    use->sessions[Cell(row, 1)].push_back(ToSession(row));
  }
  return in_flight;
}

}  // namespace

absl::StatusOr<PgUse> ReadPgUse(PgConnection& connection, absl::Duration patience, absl::Time deadline) {
  const absl::Time end = std::min(absl::Now() + patience, deadline);
  PgUse use;
  DBA_ASSIGN_OR_RETURN(std::set<std::string> noted, ReadSessions(connection, deadline, &use));
  while (!noted.empty() && absl::Now() < end) {
    absl::SleepFor(kPause);
    DBA_ASSIGN_OR_RETURN(const std::set<std::string> in_flight, ReadSessions(connection, deadline, &use));
    for (auto pid = noted.begin(); pid != noted.end();) pid = in_flight.count(*pid) == 0 ? noted.erase(pid) : ++pid;
  }
  use.logins_in_flight = static_cast<uint32_t>(noted.size());
  DBA_ASSIGN_OR_RETURN(const RowSet prepared, connection.Query(pg_sql::kPreparedTransactions, {}, deadline));
  for (const auto& row : prepared.rows) {
    uint32_t count = 0;
    if (absl::SimpleAtoi(Cell(row, 1), &count)) use.prepared[Cell(row, 0)] = count;
  }
  return use;
}

}  // namespace dba::agent
