// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_result.h"

#include <optional>
#include <string>

#include "dbagent/db/postgres/pg_error.h"

namespace dba::agent {

RowSet PgRows(const PGresult* result) {
  RowSet out;
  const int columns = PQnfields(result);
  for (int c = 0; c < columns; ++c) out.columns.emplace_back(PQfname(result, c));
  out.rows.resize(static_cast<size_t>(PQntuples(result)));
  for (size_t r = 0; r < out.rows.size(); ++r) {
    for (int c = 0; c < columns; ++c) {
      const int row = static_cast<int>(r);
      if (PQgetisnull(result, row, c) != 0) {
        out.rows[r].emplace_back(std::nullopt);
      } else {
        out.rows[r].emplace_back(
            std::string(PQgetvalue(result, row, c), static_cast<size_t>(PQgetlength(result, row, c))));
      }
    }
  }
  return out;
}

absl::Status PgResultStatus(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_PIPELINE_SYNC:
      return absl::OkStatus();
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      return absl::InvalidArgumentError("COPY is not allowed here");
    default:  // libpq's enum grows
      break;
  }
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || message == nullptr) return absl::UnavailableError("the statement has no result");
  return PgError(state, message);
}

}  // namespace dba::agent
