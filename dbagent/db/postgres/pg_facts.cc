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
#include "dbagent/db/postgres/pg_error.h"
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

// The schemas in which names without one are looked for; leaves the session with pg_catalog alone.
absl::StatusOr<std::vector<std::string>> ReadSchemas(PgConnection& connection, const std::vector<std::string>& types,
                                                     std::vector<std::string>* type_oids, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> path, JsonRows(connection, pg_sql::kSchemas, {}, 0, deadline));
  for (const std::string& type : types) {
    // A text that cannot be a type's name is an error, which must not end the transaction.
    DBA_RETURN_IF_ERROR(connection.Run("SAVEPOINT dba_type", deadline));
    const absl::StatusOr<RowSet> rows = connection.Query(pg_sql::kType, {type}, deadline);
    DBA_RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT dba_type", deadline));
    if (!rows.ok() && SqlState(rows.status()).empty()) return rows.status();
    type_oids->push_back(rows.ok() ? rows->rows[0][0].value_or("0") : "0");
  }
  DBA_RETURN_IF_ERROR(connection.Run(pg_sql::kOnlyCatalog, deadline));
  std::vector<std::string> schemas;
  for (const Json& schema : path[0]) {
    if (schema.is_string()) schemas.push_back(schema.get_ref<const std::string&>());
  }
  return schemas;
}

// The tables with their schemas; a name that no schema has gets the one where it would be made.
absl::StatusOr<std::vector<TableName>> Qualify(PgConnection& connection, const std::vector<TableName>& tables,
                                               const std::vector<std::string>& schemas, absl::Time deadline) {
  std::vector<std::string> names;
  for (const TableName& table : tables) names.push_back(table.table);
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       connection.Query(pg_sql::kFindSchemas, {PgArray(schemas), PgArray(names)}, deadline));
  std::vector<TableName> qualified = tables;
  for (size_t i = 0; i < tables.size() && i < rows.rows.size(); ++i) {
    if (!tables[i].schema.empty()) continue;
    qualified[i].schema = rows.rows[i][1].value_or(schemas.empty() ? "public" : schemas[0]);
  }
  return qualified;
}

absl::StatusOr<std::vector<PgTableRow>> ReadTables(PgConnection& connection, const std::vector<TableName>& tables,
                                                   const std::vector<std::string>& schemas, absl::Time deadline) {
  const int version = connection.server_version_number();
  const std::string sql = absl::StrReplaceAll(
      pg_sql::kTableFacts, {{"NULLS_NOT_DISTINCT", version >= kNullsNotDistinct ? "i.indnullsnotdistinct" : "false"},
                            {"ENFORCED", version >= kEnforced ? "k.conenforced" : "true"}});
  DBA_ASSIGN_OR_RETURN(const std::vector<TableName> names, Qualify(connection, tables, schemas, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> objects, JsonRows(connection, sql, {QuotedArray(names)}, 1, deadline));
  std::vector<PgTableRow> rows;
  for (size_t i = 0; i < tables.size() && i < objects.size(); ++i) {
    rows.push_back(PgTableFromJson(objects[i], tables[i], version));
    rows.back().facts.name = names[i];
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
  std::vector<std::string> types;
  DBA_ASSIGN_OR_RETURN(const std::vector<std::string> schemas,
                       ReadSchemas(connection, request.types, &types, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> words,
                       JsonRows(connection, pg_sql::kWords,
                                {PgArray(request.types), PgArray(types), PgArray(request.functions),
                                 PgArray(request.relations), PgArray(schemas)},
                                0, deadline));
  PgServerFromJson(words[0], &facts);
  facts.default_schema = schemas.empty() ? "public" : schemas[0];
  DBA_ASSIGN_OR_RETURN(std::vector<PgTableRow> tables, ReadTables(connection, request.tables, schemas, deadline));
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
  std::vector<std::string> no_types;
  DBA_ASSIGN_OR_RETURN(const std::vector<std::string> schemas, ReadSchemas(connection, {}, &no_types, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<TableName> names, Qualify(connection, tables, schemas, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Query(pg_sql::kWrites, {QuotedArray(names)}, deadline));
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
