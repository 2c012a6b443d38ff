// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_marks.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

constexpr unsigned kNoSuchDatabase = 1049;  // of a statement: MySQL says so of a table in a schema that is not there
constexpr unsigned kNoSuchTable = 1146;
constexpr char kRights[] = "GRANT ALL ON dba_operator.* TO the admin account of the credentials";
constexpr char kSelect[] =
    "SELECT name, owner, kind, version, password_digest, locked, creating FROM "
    "dba_operator.account";

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

bool IsNoTable(const absl::Status& status) {
  const unsigned number = MysqlErrorNumber(status);
  return number == kNoSuchTable || number == kNoSuchDatabase;
}

std::string Where(absl::string_view name) { return absl::StrCat(" WHERE name = ", QuoteMysqlLiteral(name)); }

absl::StatusOr<std::vector<MysqlMark>> ReadMarks(MysqlConnection& connection, absl::string_view condition,
                                                 absl::Time deadline) {
  const absl::StatusOr<RowSet> rows = connection.Run(absl::StrCat(kSelect, condition), deadline);
  std::vector<MysqlMark> marks;
  if (IsNoTable(rows.status())) return marks;
  if (!rows.ok()) return ExplainMysqlDenial(rows.status(), kRights);
  for (const auto& row : rows->rows) {
    marks.push_back({Cell(row, 0), Cell(row, 1), Cell(row, 2), Cell(row, 3), Cell(row, 4), Cell(row, 5) == "1",
                     Cell(row, 6) == "1"});
  }
  return marks;
}

}  // namespace

absl::Status MakeMysqlMarkTables(MysqlConnection& connection, absl::Time deadline) {
  for (const char* sql :
       {"CREATE SCHEMA IF NOT EXISTS dba_operator CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "CREATE TABLE IF NOT EXISTS dba_operator.account (name VARCHAR(32) PRIMARY KEY, owner VARCHAR(128) NOT NULL, "
        "kind VARCHAR(16) NOT NULL, version VARCHAR(253) NOT NULL, password_digest VARCHAR(97) NOT NULL, "
        "locked BOOLEAN NOT NULL, creating BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) "
        "ENGINE = InnoDB",
        "CREATE TABLE IF NOT EXISTS dba_operator.fence (owner VARCHAR(128) PRIMARY KEY, epoch BIGINT UNSIGNED NOT "
        "NULL) ENGINE = InnoDB"}) {
    DBA_RETURN_IF_ERROR(ExplainMysqlDenial(connection.Run(sql, deadline).status(), kRights));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MysqlMark>> FindMysqlMark(MysqlConnection& connection, absl::string_view name,
                                                       absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(std::vector<MysqlMark> marks, ReadMarks(connection, Where(name), deadline));
  if (marks.empty()) return std::optional<MysqlMark>();
  return std::optional<MysqlMark>(std::move(marks[0]));
}

absl::StatusOr<std::vector<MysqlMark>> ListMysqlMarks(MysqlConnection& connection, absl::string_view owner,
                                                      absl::Time deadline) {
  return ReadMarks(connection, absl::StrCat(" WHERE owner = ", QuoteMysqlLiteral(owner), " ORDER BY name"), deadline);
}

absl::Status AddMysqlMark(MysqlConnection& connection, const MysqlMark& mark, absl::Time deadline) {
  return connection
      .Run(absl::StrCat("INSERT INTO dba_operator.account (name, owner, kind, version, password_digest, locked, ",
                        "creating) VALUES (", QuoteMysqlLiteral(mark.name), ", ", QuoteMysqlLiteral(mark.owner), ", ",
                        QuoteMysqlLiteral(mark.kind), ", ", QuoteMysqlLiteral(mark.version), ", ",
                        QuoteMysqlLiteral(mark.password_digest), ", ", mark.locked ? 1 : 0, ", ", mark.creating ? 1 : 0,
                        ")"),
           deadline)
      .status();
}

absl::Status SetMysqlMark(MysqlConnection& connection, absl::string_view name, absl::string_view assignments,
                          absl::Time deadline) {
  return connection.Run(absl::StrCat("UPDATE dba_operator.account SET ", assignments, Where(name)), deadline).status();
}

absl::Status DeleteMysqlMark(MysqlConnection& connection, absl::string_view name, absl::Time deadline) {
  return connection.Run(absl::StrCat("DELETE FROM dba_operator.account", Where(name)), deadline).status();
}

absl::StatusOr<std::unique_ptr<MysqlOwnerLock>> MysqlOwnerLock::Take(MysqlConnection& connection,
                                                                     absl::string_view owner, absl::Time deadline) {
  const std::string name = GroupRolesOf(owner).owner;
  const double seconds = absl::ToDoubleSeconds(deadline - absl::Now()) * 0.8;
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(absl::StrCat("SELECT GET_LOCK(", QuoteMysqlLiteral(name), ", ", seconds, ")"), deadline));
  if (Cell(rows.rows[0], 0) != "1") {
    return absl::DeadlineExceededError("another agent is changing the accounts of this owner; try again");
  }
  return std::unique_ptr<MysqlOwnerLock>(new MysqlOwnerLock(connection, name, deadline));
}

MysqlOwnerLock::MysqlOwnerLock(MysqlConnection& connection, std::string name, absl::Time deadline)
    : connection_(connection), name_(std::move(name)), deadline_(deadline) {}

MysqlOwnerLock::~MysqlOwnerLock() {
  if (!connection_.Run(absl::StrCat("DO RELEASE_LOCK(", QuoteMysqlLiteral(name_), ")"), deadline_).ok()) {
    connection_.Discard();
  }
}

absl::StatusOr<uint64_t> ReadMysqlEpoch(MysqlConnection& connection, absl::string_view owner, absl::Time deadline) {
  const absl::StatusOr<RowSet> rows = connection.Run(
      absl::StrCat("SELECT epoch FROM dba_operator.fence WHERE owner = ", QuoteMysqlLiteral(owner)), deadline);
  if (IsNoTable(rows.status())) return 0;
  if (!rows.ok()) return ExplainMysqlDenial(rows.status(), kRights);
  uint64_t epoch = 0;
  if (rows->rows.empty()) return epoch;
  if (!absl::SimpleAtoi(Cell(rows->rows[0], 0), &epoch)) return absl::InternalError("dba_operator.fence is damaged");
  return epoch;
}

absl::Status PassMysqlFence(MysqlConnection& connection, absl::string_view owner, uint64_t epoch, absl::Time deadline) {
  if (epoch == 0) return absl::OkStatus();
  DBA_ASSIGN_OR_RETURN(const uint64_t highest, ReadMysqlEpoch(connection, owner, deadline));
  DBA_RETURN_IF_ERROR(CheckEpoch(epoch, highest));
  if (epoch == highest) return absl::OkStatus();
  const absl::Status kept =
      connection
          .Run(absl::StrCat("INSERT INTO dba_operator.fence (owner, epoch) VALUES (", QuoteMysqlLiteral(owner), ", ",
                            epoch, ") ON DUPLICATE KEY UPDATE epoch = GREATEST(epoch, ", epoch, ")"),
               deadline)
          .status();
  return IsNoTable(kept) ? absl::OkStatus() : kept;
}

}  // namespace dba::agent
