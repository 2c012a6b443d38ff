// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_facts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_accounts.h"
#include "dbagent/db/postgres/pg_facts_json.h"
#include "dbagent/db/postgres/pg_facts_sql.h"

namespace dba::agent {
namespace {

using hints::Fact;
using hints::HintFacts;
using hints::LockHolder;

constexpr char kShortLockTimeout[] = "SAVEPOINT dba_facts; SET LOCAL lock_timeout = 50";
constexpr char kUndo[] = "ROLLBACK TO SAVEPOINT dba_facts; RELEASE SAVEPOINT dba_facts";
constexpr int kNullsNotDistinct = 150000;
constexpr int kEnforced = 180000;

std::string Quoted(const TableName& name) {
  const std::string table = QuotePostgresIdentifier(name.table);
  return name.schema.empty() ? table : absl::StrCat(QuotePostgresIdentifier(name.schema), ".", table);
}

std::string QuotedArray(const std::vector<TableName>& tables) {
  std::vector<std::string> names;
  for (const TableName& table : tables) names.push_back(Quoted(table));
  return PgArray(names);
}

absl::StatusOr<std::vector<Json>> JsonRows(PgConnection& connection, const std::string& sql,
                                           const std::vector<std::string>& parameters, size_t column,
                                           absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(sql, parameters, deadline));
  std::vector<Json> objects;
  for (const auto& row : rows.rows) {
    if (!row[column]) {
      objects.emplace_back();
      continue;
    }
    DBA_ASSIGN_OR_RETURN(Json object, ParseJson(*row[column]));
    objects.push_back(std::move(object));
  }
  return objects;
}

absl::StatusOr<std::vector<PgTableRow>> ReadTables(PgConnection& connection, const std::vector<TableName>& tables,
                                                   const HintFacts& facts, absl::Time deadline) {
  const int version = connection.server_version_number();
  const std::string sql = absl::StrReplaceAll(
      pg_sql::kTableFacts, {{"NULLS_NOT_DISTINCT", version >= kNullsNotDistinct ? "i.indnullsnotdistinct" : "false"},
                            {"ENFORCED", version >= kEnforced ? "k.conenforced" : "true"}});
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> objects, JsonRows(connection, sql, {QuotedArray(tables)}, 1, deadline));
  std::vector<PgTableRow> rows;
  for (size_t i = 0; i < tables.size() && i < objects.size(); ++i) {
    rows.push_back(PgTableFromJson(objects[i], tables[i], version));
    TableName& name = rows.back().facts.name;
    if (name.schema.empty()) name.schema = facts.default_schema;
  }
  return rows;
}

absl::Status ReadLocks(PgConnection& connection, absl::Time deadline, std::vector<PgTableRow>* tables) {
  std::vector<std::string> oids;
  for (const PgTableRow& table : *tables) oids.insert(oids.end(), table.tree.begin(), table.tree.end());
  if (oids.empty()) return absl::OkStatus();
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> locks,
                       JsonRows(connection, pg_sql::kLocks, {PgArray(oids)}, 0, deadline));
  for (PgTableRow& table : *tables) {
    std::vector<LockHolder> holders;
    for (const Json& lock : locks) {
      const std::string relation = GetStringOr(lock, {"relation"}, "").value_or("");
      if (std::find(table.tree.begin(), table.tree.end(), relation) == table.tree.end()) continue;
      holders.push_back(PgLockHolderFromJson(lock));
    }
    table.facts.lock_holders = std::move(holders);
  }
  return absl::OkStatus();
}

bool StronglyLocked(const PgTableRow& table) {
  const auto& holders = table.facts.lock_holders;
  return holders.known() &&
         std::any_of(holders->begin(), holders->end(), [](const LockHolder& holder) { return holder.strong; });
}

double NumberOf(const std::optional<std::string>& text) {
  double number = 0;
  return text && absl::SimpleAtod(*text, &number) ? number : 0;
}

void UseSizes(const RowSet& rows, std::vector<PgTableRow>* tables) {
  std::map<std::string, std::pair<double, double>> sizes;
  for (const auto& row : rows.rows) sizes[row[0].value_or("")] = {NumberOf(row[1]), NumberOf(row[2])};
  for (PgTableRow& table : *tables) {
    if (table.tree.empty() || sizes.count(table.tree[0]) == 0) continue;
    double heap = 0;
    double indexes = 0;
    for (const std::string& oid : table.tree) {
      heap += sizes[oid].first;
      indexes += sizes[oid].second;
    }
    table.facts.bytes = static_cast<int64_t>(heap + indexes);
    table.facts.index_bytes = static_cast<int64_t>(indexes);
    if (heap == 0) table.facts.rows = 0.0;
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

// What can only be read under a lock of the table; left as it is where somebody else's lock is in the way.
absl::Status ReadUnderLock(PgConnection& connection, absl::Time deadline, std::vector<PgTableRow>* tables) {
  std::vector<std::string> oids;
  for (const PgTableRow& table : *tables) {
    if (!StronglyLocked(table)) oids.insert(oids.end(), table.tree.begin(), table.tree.end());
  }
  if (oids.empty()) return absl::OkStatus();
  DBA_RETURN_IF_ERROR(connection.Run(kShortLockTimeout, deadline));
  const absl::StatusOr<RowSet> sizes = connection.Query(pg_sql::kSizes, {PgArray(oids)}, deadline);
  if (sizes.ok()) UseSizes(*sizes, tables);
  if (sizes.ok()) {
    const absl::StatusOr<RowSet> conditions = connection.Query(pg_sql::kConditions, {PgArray(oids)}, deadline);
    if (conditions.ok()) UseConditions(*conditions, tables);
  }
  return connection.Run(kUndo, deadline);
}

absl::Status ReadOldWriters(PgConnection& connection, const std::string& owner, absl::Time deadline, HintFacts* facts) {
  if (owner.empty()) return absl::OkStatus();
  DBA_ASSIGN_OR_RETURN(const AccountList list, ListPgAccounts(connection, owner, deadline));
  std::vector<hints::OldWriter> writers;
  for (const Account& account : list.accounts) {
    if (account.kind != AccountKind::kApplication || account.sessions.empty()) continue;
    writers.push_back({account.name, account.version, static_cast<int>(account.sessions.size())});
  }
  facts->old_writers = std::move(writers);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HintFacts> GatherPgFacts(PgConnection& connection, const hints::FactsRequest& request,
                                        absl::Time deadline) {
  HintFacts facts;
  DBA_ASSIGN_OR_RETURN(
      const std::vector<Json> words,
      JsonRows(connection, pg_sql::kWords,
               {PgArray(request.types), PgArray(request.functions), PgArray(request.relations)}, 0, deadline));
  PgServerFromJson(words[0], &facts);
  DBA_ASSIGN_OR_RETURN(std::vector<PgTableRow> tables, ReadTables(connection, request.tables, facts, deadline));
  DBA_RETURN_IF_ERROR(ReadLocks(connection, deadline, &tables));
  DBA_RETURN_IF_ERROR(ReadUnderLock(connection, deadline, &tables));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> snapshots, JsonRows(connection, pg_sql::kOldSnapshots, {}, 0, deadline));
  for (const Json& snapshot : snapshots) facts.old_snapshots.push_back(PgLockHolderFromJson(snapshot));
  DBA_RETURN_IF_ERROR(ReadOldWriters(connection, request.owner, deadline, &facts));
  for (PgTableRow& table : tables) facts.tables.push_back(std::move(table.facts));
  return facts;
}

absl::StatusOr<WriteSamples> SamplePgWrites(PgConnection& connection, const std::vector<TableName>& tables,
                                            absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kWrites, {QuotedArray(tables)}, deadline));
  WriteSamples samples;
  for (size_t i = 0; i < tables.size() && i < rows.rows.size(); ++i) {
    const auto& row = rows.rows[i];
    samples.at = absl::FromUnixMicros(static_cast<int64_t>(NumberOf(row[4]) * 1e6));
    WriteSample sample;
    sample.table = tables[i];
    sample.epoch = absl::StrCat(row[1].value_or(""), "/", row[3].value_or(""));
    if (!row[1]) {
      sample.unknown = "there is no such table";
    } else if (row[5].value_or("") == "t") {
      sample.unknown = "the server is a standby, which does not see the writes of its primary";
    } else if (row[6].value_or("") != "on") {
      sample.unknown = "track_counts is off";
    } else {
      sample.writes = NumberOf(row[2]);
    }
    samples.tables.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace dba::agent
