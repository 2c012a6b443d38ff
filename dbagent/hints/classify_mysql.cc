// SPDX-License-Identifier: Apache-2.0
//
// Sources: mysql_way.h. Every ALTER needs the exclusive metadata lock for a moment, at the latest when it ends: it
// waits for every transaction that has touched the table, and everybody who comes later waits behind it.
#include <string>

#include "absl/strings/str_cat.h"
#include "dbagent/hints/classify.h"
#include "dbagent/hints/mysql_way.h"

namespace dba::agent::hints {
namespace {

Work WorkOf(MysqlWay way) {
  switch (way) {
    case MysqlWay::kInstant:
    case MysqlWay::kInPlace:
      return Work::kMetadata;
    case MysqlWay::kIndexBuild:
      return Work::kIndexBuild;
    case MysqlWay::kRebuild:
    case MysqlWay::kCopy:
      return Work::kRewrite;
  }
  return Work::kMetadata;
}

std::string LockOf(const MysqlChange& change) {
  if (change.blocks_reads) return "LOCK=EXCLUSIVE";
  return change.blocks_writes ? "LOCK=SHARED" : "LOCK=NONE";
}

std::string ReasonOf(const MysqlChange& change) {
  const std::string why = change.why.empty() ? "" : absl::StrCat(" (", change.why, ")");
  switch (change.way) {
    case MysqlWay::kInstant:
      return absl::StrCat("changes the dictionary alone", why);
    case MysqlWay::kInPlace:
      return absl::StrCat("changes the table in place without writing rows", why);
    case MysqlWay::kIndexBuild:
      return absl::StrCat("reads all rows to build an index", why);
    case MysqlWay::kRebuild:
      return absl::StrCat("writes the table anew in place", why);
    case MysqlWay::kCopy:
      return absl::StrCat("copies the table, ALGORITHM=COPY", why);
  }
  return "";
}

// The way that does not block. A copying tool loses rows that a new unique index refuses: it must not be named there.
std::string RemedyOf(const Hint& hint, const MysqlChange& change) {
  if (!change.blocks_writes) return "";
  const bool unique = hint.unique.value_or(false) || hint.type == ConstraintType::kUnique ||
                      hint.type == ConstraintType::kPrimaryKey || (hint.column && hint.column->unique.value_or(false));
  const char* state = "State ALGORITHM and LOCK=NONE in the migration, so that the server refuses instead of blocking";
  if (unique) return absl::StrCat(state, ", and run it when nobody writes.");
  return absl::StrCat(state, "; change the table with gh-ost or pt-online-schema-change, or when nobody writes.");
}

}  // namespace

Impact ClassifyMysql(const Hint& hint, const SchemaState& state) {
  const TableFacts& table = state.Table(hint.table);
  Impact impact;
  if (!table.exists() && hint.operation != Operation::kCreateTable) return impact;
  if (hint.operation == Operation::kCreateTable) {
    impact.reason = "makes a table";
    return impact;
  }
  if (table.created_here) return impact;
  const MysqlChange change = MysqlChangeOf(hint, table, state.server());
  impact.work = WorkOf(change.way);
  impact.blocks_writes = change.blocks_writes && impact.work != Work::kMetadata;
  impact.blocks_reads = change.blocks_reads && impact.work != Work::kMetadata;
  impact.waits_for = Impact::WaitsFor::kEverybody;
  // A copy begins with SHARED_NO_WRITE, also the one of MariaDB 11.2 that then lets writers on; it ends with EXCLUSIVE.
  impact.writers_first = change.way == MysqlWay::kCopy && !change.blocks_reads;
  impact.lock = LockOf(change);
  impact.reason = ReasonOf(change);
  impact.remedy = RemedyOf(hint, change);
  impact.blocks_writes_of = change.blocks_writes_of;
  impact.unknown = change.unknown;
  return impact;
}

}  // namespace dba::agent::hints
