// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_data_probe.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

using hints::DataProbe;
using hints::ProbeAnswer;

constexpr int kMostWitnesses = 100;
constexpr int kFewRows = 20000;
constexpr unsigned kTimeouts[] = {1969, 3024};            // of the statement: MariaDB, MySQL
constexpr unsigned kLockTimeouts[] = {1205, 1203};        // of a lock
constexpr unsigned kDenied[] = {1142, 1143, 1044, 1370};  // no right to SELECT

template <size_t n>
bool IsOneOf(unsigned number, const unsigned (&numbers)[n]) {
  return std::find(std::begin(numbers), std::end(numbers), number) != std::end(numbers);
}

std::string Quoted(const TableName& name) {
  const std::string table = QuoteMysqlIdentifier(name.table);
  return name.schema.empty() ? table : absl::StrCat(QuoteMysqlIdentifier(name.schema), ".", table);
}

std::vector<std::string> QuotedAll(const std::vector<std::string>& columns, absl::string_view prefix) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(absl::StrCat(prefix, QuoteMysqlIdentifier(column)));
  return quoted;
}

// GROUP BY compares as the column's collation does, which is how the index will compare: case, accents, trailing
// spaces.
//   source  the table, or a subquery with its columns
std::string DuplicatesSql(const DataProbe& probe, const std::string& source) {
  std::vector<std::string> keys = QuotedAll(probe.columns, "");
  for (const std::string& expression : probe.expressions) keys.push_back(absl::StrCat("(", expression, ")"));
  std::vector<std::string> terms;
  for (const std::string& key : keys) terms.push_back(absl::StrCat(key, " IS NOT NULL"));
  return absl::StrCat("SELECT 1 FROM ", source, " WHERE ", absl::StrJoin(terms, " AND "), " GROUP BY ",
                      absl::StrJoin(keys, ", "), " HAVING COUNT(*) > 1 LIMIT ", kMostWitnesses);
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
                      " AND NOT EXISTS (SELECT 1 FROM ", Quoted(probe.parent), " p WHERE ",
                      absl::StrJoin(equal, " AND "), ")");
}

// Duplicates among a few rows prove as much, and a table without an index over them takes long to sort.
std::string FewDuplicatesSql(const DataProbe& probe) {
  const std::string columns = probe.expressions.empty() ? absl::StrJoin(QuotedAll(probe.columns, ""), ", ") : "*";
  return DuplicatesSql(probe,
                       absl::StrCat("(SELECT ", columns, " FROM ", Quoted(probe.table), " LIMIT ", kFewRows, ") few"));
}

// Runs the SELECT in a transaction of its own, by the server's clock until `end`.
absl::StatusOr<RowSet> Select(MysqlConnection& connection, const std::string& sql, absl::Time end,
                              absl::Time deadline) {
  DBA_RETURN_IF_ERROR(connection.LimitTime(end));
  DBA_RETURN_IF_ERROR(
      connection.Run("SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1", deadline).status());
  DBA_RETURN_IF_ERROR(connection.Run("START TRANSACTION READ ONLY", deadline).status());
  absl::StatusOr<RowSet> rows = connection.RunPrepared(sql, kMostWitnesses, 64, deadline);
  if (!connection.broken()) DBA_RETURN_IF_ERROR(connection.Run("ROLLBACK", deadline).status());
  return rows;
}

ProbeAnswer UnknownFor(const absl::Status& status, absl::Duration timeout) {
  const unsigned number = MysqlErrorNumber(status);
  if (IsOneOf(number, kTimeouts) || absl::IsDeadlineExceeded(status)) {
    return ProbeAnswer::Unknown(absl::StrCat("the query over the rows did not end within ",
                                             absl::FormatDuration(timeout), "; raise hints.probeTimeout"));
  }
  if (IsOneOf(number, kLockTimeouts)) {
    return ProbeAnswer::Unknown("another session holds, or waits for, a lock on the whole table", true);
  }
  if (IsOneOf(number, kDenied)) {
    return ProbeAnswer::Unknown("the agent's account may not read the rows; grant it SELECT");
  }
  return ProbeAnswer::Unknown(absl::StrCat("the query over the rows failed: ", status.message()));
}

absl::StatusOr<ProbeAnswer> Failed(const MysqlConnection& connection, const absl::Status& status,
                                   absl::Duration timeout) {
  if (connection.broken() && !absl::IsDeadlineExceeded(status)) return status;
  return UnknownFor(status, timeout);
}

}  // namespace

std::string MysqlProbeSql(const DataProbe& probe) {
  const std::string from = absl::StrCat("SELECT 1 FROM ", Quoted(probe.table));
  const std::string limit = absl::StrCat(" LIMIT ", kMostWitnesses);
  switch (probe.kind) {
    case DataProbe::Kind::kHasRows:
      return absl::StrCat(from, " LIMIT 1");
    case DataProbe::Kind::kNulls:
      return absl::StrCat(from, " WHERE ", absl::StrJoin(QuotedAll(probe.columns, ""), " IS NULL OR "), " IS NULL",
                          limit);
    case DataProbe::Kind::kDuplicates:
      return DuplicatesSql(probe, Quoted(probe.table));
    case DataProbe::Kind::kCheck:
      return absl::StrCat(from, " WHERE NOT (", probe.condition, ")", limit);
    case DataProbe::Kind::kOrphans:
      return OrphansSql(probe) + limit;
    case DataProbe::Kind::kTypeViolation:
      return absl::StrCat(from, " WHERE ", probe.condition, limit);
  }
  return from;
}

absl::StatusOr<ProbeAnswer> ProbeMysqlData(MysqlConnection& connection, const DataProbe& probe, absl::Duration timeout,
                                           absl::Time deadline) {
  // Statements are told to stop a little before (LimitTime). MariaDB's limit also ends its wait for a metadata lock;
  // MySQL's does not, and that of lock waits counts in whole seconds: there a query with less than a second left may go
  // on waiting in its place for the rest of that second, when its connection is closed already.
  // READ COMMITTED: no old read view stays open.
  absl::StatusOr<RowSet> rows =
      connection.Run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY", deadline);
  if (!rows.ok()) return Failed(connection, rows.status(), timeout);
  if (probe.kind == DataProbe::Kind::kDuplicates) {
    rows = Select(connection, FewDuplicatesSql(probe), std::min(deadline, absl::Now() + timeout / 4), deadline);
  }
  if (!connection.broken() && (!rows.ok() || rows->rows.empty())) {
    rows = Select(connection, MysqlProbeSql(probe), deadline, deadline);
  }
  if (!rows.ok()) return Failed(connection, rows.status(), timeout);
  if (rows->rows.empty()) return ProbeAnswer::Clean(absl::Now());
  return ProbeAnswer::Violated(static_cast<int64_t>(rows->rows.size()), absl::Now());
}

}  // namespace dba::agent
