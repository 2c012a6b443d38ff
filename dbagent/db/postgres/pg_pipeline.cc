// SPDX-License-Identifier: Apache-2.0
//
// PgConnection's RunAll. Source: PostgreSQL 15 manual, 34.5 "Pipeline Mode".
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

absl::StatusOr<bool> PgConnection::SendPrepared(const PgStatement& statement) {
  const auto [entry, is_new] = prepared_.emplace(statement.sql, "");
  if (is_new) entry->second = absl::StrCat("dba_", ++last_name_);
  const char* name = entry->second.c_str();
  if (is_new && PQsendPrepare(connection_, name, statement.sql.c_str(), 0, nullptr) == 0) return Broken("send");
  std::vector<const char*> values;
  for (const std::string& parameter : statement.parameters) values.push_back(parameter.c_str());
  if (PQsendQueryPrepared(connection_, name, static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0) ==
      0) {
    return Broken("send");
  }
  return is_new;
}

absl::StatusOr<RowSet> PgConnection::PipelineResult(const PgStatement& statement, bool parsed, absl::Time deadline) {
  absl::Status status;
  RowSet rows;
  for (int part = parsed ? 0 : 1; part < 2; ++part) {
    DBA_ASSIGN_OR_RETURN(const PgResultPtr result, NextResult(deadline));
    if (result == nullptr) return Broken("pipeline");
    // What follows an error is not run.
    const bool aborted = PQresultStatus(result.get()) == PGRES_PIPELINE_ABORTED;
    const absl::Status got = aborted ? absl::CancelledError() : PgResultStatus(result.get());
    if (part == 0 && !got.ok()) prepared_.erase(statement.sql);
    if (status.ok()) status = got;
    if (got.ok()) rows = PgRows(result.get());
    DBA_ASSIGN_OR_RETURN(const PgResultPtr end, NextResult(deadline));
    if (end != nullptr) return Broken("pipeline");
  }
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<std::vector<RowSet>> PgConnection::RunAll(const std::vector<PgStatement>& statements,
                                                         absl::Time deadline) {
  // Whatever leaves this function early leaves results behind that the next caller must not see.
  broken_ = true;
  if (PQenterPipelineMode(connection_) == 0) return Broken("pipeline");
  std::vector<bool> parsed;
  for (const PgStatement& statement : statements) {
    DBA_ASSIGN_OR_RETURN(const bool is_new, SendPrepared(statement));
    parsed.push_back(is_new);
  }
  if (PQpipelineSync(connection_) == 0) return Broken("send");
  DBA_RETURN_IF_ERROR(Flush(deadline));
  std::vector<RowSet> all;
  absl::Status status;
  for (size_t i = 0; i < statements.size(); ++i) {
    absl::StatusOr<RowSet> rows = PipelineResult(statements[i], parsed[i], deadline);
    if (rows.ok()) {
      all.push_back(*std::move(rows));
    } else if (status.ok()) {
      status = rows.status();
    }
    if (rows.ok() || absl::IsCancelled(rows.status())) continue;
    if (SqlState(rows.status()).empty()) {
      return absl::IsUnavailable(rows.status()) ? Broken("statement") : rows.status();
    }
    if (PQstatus(connection_) == CONNECTION_BAD) return status;
  }
  DBA_ASSIGN_OR_RETURN(const PgResultPtr sync, NextResult(deadline));
  if (sync == nullptr || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return Broken("pipeline");
  if (PQexitPipelineMode(connection_) == 0) return Broken("pipeline");
  broken_ = false;
  if (!status.ok()) return status;
  return all;
}

}  // namespace dba::agent
