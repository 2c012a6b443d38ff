// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_locked_facts.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "dbagent/db/postgres/pg_error.h"
#include "dbagent/db/postgres/pg_facts_json.h"
#include "dbagent/db/postgres/pg_facts_sql.h"

namespace dba::agent {
namespace {

using hints::LockHolder;

constexpr char kBegin[] = "SAVEPOINT dba_facts";
constexpr char kShortLockTimeout[] = "SET LOCAL lock_timeout = 50";
constexpr char kUndo[] = "ROLLBACK TO SAVEPOINT dba_facts";
constexpr char kEnd[] = "RELEASE SAVEPOINT dba_facts";

bool StronglyLocked(const PgTableRow& table) {
  const auto& holders = table.facts.lock_holders;
  return holders.known() &&
         std::any_of(holders->begin(), holders->end(), [](const LockHolder& holder) { return holder.strong; });
}

double NumberOf(const std::optional<std::string>& text) {
  double number = 0;
  return text && absl::SimpleAtod(*text, &number) ? number : 0;
}

struct Size {
  double table = 0;
  double indexes = 0;
  double heap = 0;  // the table's own pages alone
};

void UseSizes(const RowSet& result, std::vector<PgTableRow>* tables) {
  std::map<std::string, Size> sizes;
  for (const auto& row : result.rows) {
    sizes[row[0].value_or("")] = {NumberOf(row[1]), NumberOf(row[2]), NumberOf(row[3])};
  }
  for (PgTableRow& table : *tables) {
    if (table.tree.empty() || sizes.count(table.tree[0]) == 0) continue;
    Size total;
    for (const std::string& oid : table.tree) {
      total.table += sizes[oid].table;
      total.indexes += sizes[oid].indexes;
    }
    table.facts.bytes = static_cast<int64_t>(total.table + total.indexes);
    table.facts.index_bytes = static_cast<int64_t>(total.indexes);
    double rows = 0;
    bool known = true;
    for (const PgMember& member : table.members) {
      const double heap = sizes[member.oid].heap;
      const std::optional<double> estimate = heap == 0 ? 0 : PgRowEstimate(member, heap);
      known = known && estimate.has_value();
      rows += estimate.value_or(0);
    }
    if (known) table.facts.rows = rows;
  }
}

void UseConditions(const RowSet& rows, std::vector<PgTableRow>* tables) {
  for (const auto& row : rows.rows) {
    for (PgTableRow& table : *tables) {
      if (table.oid != row[0].value_or("")) continue;
      for (hints::ConstraintFacts& constraint : table.facts.constraints) {
        if (constraint.name == row[1].value_or("")) constraint.definition = PgCondition(row[2].value_or(""));
      }
    }
  }
}

}  // namespace

absl::Status ReadLockedPgFacts(PgConnection& connection, absl::Time deadline, std::vector<PgTableRow>* tables) {
  std::vector<std::string> oids;
  for (const PgTableRow& table : *tables) {
    if (!StronglyLocked(table)) oids.insert(oids.end(), table.tree.begin(), table.tree.end());
  }
  if (oids.empty()) return absl::OkStatus();
  const std::vector<std::string> parameters = {PgArray(oids)};
  const auto read = connection.RunAll({{kBegin, {}},
                                       {kShortLockTimeout, {}},
                                       {pg_sql::kSizes, parameters},
                                       {pg_sql::kConditions, parameters},
                                       {kUndo, {}},
                                       {kEnd, {}}},
                                      deadline);
  if (!read.ok()) {
    if (SqlState(read.status()).empty()) return read.status();
    return connection.Run(kUndo, deadline);
  }
  UseSizes((*read)[2], tables);
  UseConditions((*read)[3], tables);
  return absl::OkStatus();
}

}  // namespace dba::agent
