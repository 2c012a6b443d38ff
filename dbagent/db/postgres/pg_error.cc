// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_error.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dba::agent {
namespace {

constexpr char kPayload[] = "dbaoperator.dev/sqlstate";

absl::StatusCode CodeOf(absl::string_view state) {
  struct Entry {
    absl::string_view prefix;  // of the SQLSTATE; the first that fits counts
    absl::StatusCode code;
  };
  static constexpr Entry kTable[] = {
      {"42501", absl::StatusCode::kPermissionDenied},    // insufficient_privilege
      {"42P01", absl::StatusCode::kNotFound},            // undefined_table
      {"3F000", absl::StatusCode::kNotFound},            // invalid_schema_name
      {"3D000", absl::StatusCode::kFailedPrecondition},  // invalid_catalog_name: no such database
      {"28", absl::StatusCode::kUnauthenticated},
      {"57014", absl::StatusCode::kDeadlineExceeded},  // query_canceled: our statement_timeout
      {"55P03", absl::StatusCode::kDeadlineExceeded},  // lock_not_available: our lock_timeout
      {"08", absl::StatusCode::kUnavailable},
      {"53", absl::StatusCode::kUnavailable},  // too many connections, disk full, out of memory
      {"57", absl::StatusCode::kUnavailable},  // shutting down, starting up
      {"58", absl::StatusCode::kUnavailable},  // system error
      {"40", absl::StatusCode::kAborted},
      {"25006", absl::StatusCode::kFailedPrecondition},  // read_only_sql_transaction
      {"2BP01", absl::StatusCode::kFailedPrecondition},  // dependent_objects_still_exist
      {"42", absl::StatusCode::kInvalidArgument},
      {"22", absl::StatusCode::kInvalidArgument},
      {"0A", absl::StatusCode::kInvalidArgument},
  };
  for (const Entry& entry : kTable) {
    if (absl::StartsWith(state, entry.prefix)) return entry.code;
  }
  return absl::StatusCode::kInternal;
}

absl::string_view Remedy(absl::string_view state) {
  if (state == "53300") return "; close connections or raise max_connections of the server";
  if (state == "3D000") return "; create the database, or correct dbname in the credentials";
  if (state == "28P01") return "; correct username and password in the admin credentials";
  if (state == "28000") return "; allow the account to log in, and its address in pg_hba.conf";
  if (state == "55P03") return "; another session holds the lock: end it, or try again";
  return "";
}

}  // namespace

absl::Status PgError(absl::string_view sqlstate, absl::string_view message) {
  // Two sessions that change one catalog row: an internal error (XX000) for PostgreSQL, gone at the next try.
  const bool concurrent = sqlstate == "XX000" && absl::StrContains(message, "concurrently");
  const absl::StatusCode code = concurrent ? absl::StatusCode::kAborted : CodeOf(sqlstate);
  absl::Status status(code, absl::StrCat(message, " (SQLSTATE ", sqlstate, ")", Remedy(sqlstate)));
  status.SetPayload(kPayload, absl::Cord(sqlstate));
  return status;
}

std::string SqlState(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  return payload ? std::string(*payload) : "";
}

std::string SqlStateOfConnectError(absl::string_view message) {
  constexpr absl::string_view kBefore = ":  ";
  constexpr size_t kLength = 5;
  for (size_t at = message.find(kBefore); at != message.npos; at = message.find(kBefore, at + 1)) {
    const absl::string_view rest = message.substr(at + kBefore.size());
    const absl::string_view state = rest.substr(0, kLength);
    if (state.size() == kLength && absl::StartsWith(rest.substr(kLength), ":") &&
        std::all_of(state.begin(), state.end(),
                    [](char c) { return absl::ascii_isdigit(c) || absl::ascii_isupper(c); })) {
      return std::string(state);
    }
  }
  return "";
}

}  // namespace dba::agent
