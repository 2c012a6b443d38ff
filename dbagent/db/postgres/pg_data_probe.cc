// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_data_probe.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_error.h"

namespace dba::agent {
namespace {

using hints::DataProbe;
using hints::ProbeAnswer;

constexpr int kMostWitnesses = 100;
constexpr int kLockTimeoutMs = 200;

std::string Quoted(const TableName& name) {
  const std::string table = QuotePostgresIdentifier(name.table);
  return name.schema.empty() ? table : absl::StrCat(QuotePostgresIdentifier(name.schema), ".", table);
}

std::vector<std::string> QuotedAll(const std::vector<std::string>& columns, absl::string_view prefix) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(absl::StrCat(prefix, QuotePostgresIdentifier(column)));
  return quoted;
}

std::string DuplicatesSql(const DataProbe& probe) {
  std::vector<std::string> keys = QuotedAll(probe.columns, "");
  for (const std::string& expression : probe.expressions) keys.push_back(absl::StrCat("(", expression, ")"));
  std::vector<std::string> terms;
  if (!probe.nulls_not_distinct) {
    for (const std::string& key : keys) terms.push_back(absl::StrCat(key, " IS NOT NULL"));
  }
  if (!probe.condition.empty()) terms.push_back(absl::StrCat("(", probe.condition, ")"));
  return absl::StrCat("SELECT 1 FROM ", Quoted(probe.table), terms.empty() ? "" : " WHERE ",
                      absl::StrJoin(terms, " AND "), " GROUP BY ", absl::StrJoin(keys, ", "), " HAVING count(*) > 1");
}

std::string OrphansSql(const DataProbe& probe) {
  const std::vector<std::string> child = QuotedAll(probe.columns, "c.");
  const std::vector<std::string> parent = QuotedAll(probe.parent_columns, "p.");
  std::vector<std::string> terms;
  std::vector<std::string> equal;
  for (size_t i = 0; i < child.size(); ++i) {
    terms.push_back(absl::StrCat(child[i], " IS NOT NULL"));
    if (i < parent.size()) equal.push_back(absl::StrCat(parent[i], " = ", child[i]));
  }
  return absl::StrCat("SELECT 1 FROM ", Quoted(probe.table), " c WHERE ", absl::StrJoin(terms, " AND "),
                      " AND NOT EXISTS (SELECT FROM ", Quoted(probe.parent), " p WHERE ", absl::StrJoin(equal, " AND "),
                      ")");
}

ProbeAnswer UnknownFor(const absl::Status& status, absl::Duration timeout) {
  const std::string state = SqlState(status);
  if (state == "57014" || (state.empty() && absl::IsDeadlineExceeded(status))) {
    return ProbeAnswer::Unknown(absl::StrCat("the query over the rows did not end within ",
                                             absl::FormatDuration(timeout), "; raise hints.probeTimeout"));
  }
  if (state == "55P03") return ProbeAnswer::Unknown("another session holds a strong lock on the table", true);
  if (state == "42501") return ProbeAnswer::Unknown("the agent's account may not read the rows; grant it SELECT");
  return ProbeAnswer::Unknown(absl::StrCat("the query over the rows failed: ", status.message()));
}

}  // namespace

std::string PgProbeSql(const DataProbe& probe) {
  const std::string from = absl::StrCat("SELECT 1 FROM ", Quoted(probe.table));
  const std::string limit = absl::StrCat(" LIMIT ", kMostWitnesses);
  switch (probe.kind) {
    case DataProbe::Kind::kHasRows:
      return absl::StrCat(from, " LIMIT 1");
    case DataProbe::Kind::kNulls:
      return absl::StrCat(from, " WHERE ", absl::StrJoin(QuotedAll(probe.columns, ""), " IS NULL OR "), " IS NULL",
                          limit);
    case DataProbe::Kind::kDuplicates:
      return DuplicatesSql(probe) + limit;
    case DataProbe::Kind::kCheck:
      return absl::StrCat(from, " WHERE NOT (", probe.condition, ")", limit);
    case DataProbe::Kind::kOrphans:
      return OrphansSql(probe) + limit;
    case DataProbe::Kind::kTypeViolation:
      return absl::StrCat(from, " WHERE ", probe.condition, limit);
  }
  return from;
}

absl::StatusOr<ProbeAnswer> ProbePgData(PgConnection& connection, const DataProbe& probe, absl::Duration timeout,
                                        absl::Time deadline) {
  absl::Status status = connection.Begin(/*read_only=*/true, deadline);
  // A hint's expression finds functions and operators in pg_catalog alone; row_security = off turns rows hidden by a
  // policy into an error.
  if (status.ok()) {
    status =
        connection.Run(absl::StrFormat("SET LOCAL lock_timeout = %d; SET LOCAL max_parallel_workers_per_gather = 0; "
                                       "SET LOCAL row_security = off; SET LOCAL search_path TO pg_catalog",
                                       kLockTimeoutMs),
                       deadline);
  }
  // A cursor takes nothing but one SELECT, which matters for the expressions that a hint brings along.
  if (status.ok()) {
    status = connection.Query(absl::StrCat("DECLARE dba_probe NO SCROLL CURSOR FOR ", PgProbeSql(probe)), {}, deadline)
                 .status();
  }
  absl::StatusOr<RowSet> rows =
      status.ok() ? connection.Query(absl::StrCat("FETCH ", kMostWitnesses, " FROM dba_probe"), {}, deadline)
                  : absl::StatusOr<RowSet>(status);
  if (!rows.ok()) {
    if (SqlState(rows.status()).empty() && !absl::IsDeadlineExceeded(rows.status())) return rows.status();
    return UnknownFor(rows.status(), timeout);
  }
  if (rows->rows.empty()) return ProbeAnswer::Clean(absl::Now());
  return ProbeAnswer::Violated(static_cast<int64_t>(rows->rows.size()), absl::Now());
}

}  // namespace dba::agent
