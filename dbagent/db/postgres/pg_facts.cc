// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_replace.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/json_fields.h"
#include "dbagent/db/postgres/pg_accounts.h"
#include "dbagent/db/postgres/pg_facts_json.h"
#include "dbagent/db/postgres/pg_facts_sql.h"
#include "dbagent/db/postgres/pg_locked_facts.h"
#include "dbagent/db/postgres/pg_names.h"
#include "dbagent/db/postgres/pg_table_json.h"
#include "dbagent/db/postgres/pg_table_sql.h"
#include "dbagent/db/postgres/pg_write_samples.h"

namespace dba::agent {
namespace {

using hints::HintFacts;
using hints::LockHolder;

constexpr int kNullsNotDistinct = 150000;
constexpr int kEnforced = 180000;

// The objects of one column; JSON's null for NULL.
absl::StatusOr<std::vector<Json>> Objects(const RowSet& rows, size_t column) {
  std::vector<Json> objects;
  for (const auto& row : rows.rows) {
    DBA_ASSIGN_OR_RETURN(Json object, ParseJson(row[column].value_or("null")));
    objects.push_back(std::move(object));
  }
  return objects;
}

PgStatement TablesStatement(int version, const std::vector<TableName>& tables,
                            const std::vector<std::string>& schemas) {
  return AboutPgTables(
      absl::StrReplaceAll(pg_sql::kTableFacts,
                          {{"NULLS_NOT_DISTINCT", version >= kNullsNotDistinct ? "i.indnullsnotdistinct" : "false"},
                           {"ENFORCED", version >= kEnforced ? "k.conenforced" : "true"}}),
      tables, schemas);
}

// A name that no schema has gets the one where it would be made.
absl::StatusOr<std::vector<PgTableRow>> ReadTables(const RowSet& rows, const std::vector<TableName>& requested,
                                                   const std::string& default_schema, int version) {
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> objects, Objects(rows, 1));
  std::vector<PgTableRow> tables;
  for (size_t i = 0; i < requested.size() && i < objects.size(); ++i) {
    tables.push_back(PgTableFromJson(objects[i], requested[i], version));
    tables.back().facts.name = {rows.rows[i][0].value_or(default_schema), requested[i].table};
  }
  return tables;
}

absl::Status ReadLocks(PgConnection& connection, absl::Time deadline, std::vector<PgTableRow>* tables) {
  std::vector<std::string> oids;
  for (const PgTableRow& table : *tables) oids.insert(oids.end(), table.tree.begin(), table.tree.end());
  if (oids.empty()) return absl::OkStatus();
  DBA_ASSIGN_OR_RETURN(const std::vector<RowSet> read,
                       connection.RunAll({{pg_sql::kLocks, {PgArray(oids)}}}, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> locks, Objects(read[0], 0));
  for (PgTableRow& table : *tables) {
    std::vector<LockHolder> holders;
    for (const Json& lock : locks) {
      const std::string relation = TextField(lock, "relation");
      if (std::find(table.tree.begin(), table.tree.end(), relation) == table.tree.end()) continue;
      holders.push_back(PgLockHolderFromJson(lock));
    }
    table.facts.lock_holders = std::move(holders);
  }
  return absl::OkStatus();
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

// By the counters that the estimates of rows are made of, too.
WriteSamples SamplesOf(const std::vector<PgTableRow>& tables, const HintFacts& facts, const Json& words) {
  const PgCounters counters = {facts.server.standby, facts.server.Setting("track_counts", "on") == "on",
                               TextField(words, "stats_reset")};
  WriteSamples samples;
  samples.at = facts.sampled_at;
  for (const PgTableRow& table : tables) {
    if (!table.facts.exists()) continue;
    double writes = 0;
    for (const PgMember& member : table.members) writes += member.written;
    samples.tables.push_back(PgWriteSample(table.facts.name, table.oid, writes, counters));
  }
  return samples;
}

}  // namespace

absl::StatusOr<GatheredFacts> GatherPgFacts(PgConnection& connection, const hints::FactsRequest& request,
                                            absl::Time deadline) {
  GatheredFacts gathered;
  HintFacts& facts = gathered.facts;
  const int version = connection.server_version_number();
  DBA_ASSIGN_OR_RETURN(const PgSearchPath path, EnterPgCatalog(connection, request.types, deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<RowSet> read,
                       connection.RunAll({{pg_sql::kWords,
                                           {PgArray(request.types), PgArray(path.type_oids), PgArray(request.functions),
                                            PgArray(request.relations), PgArray(path.schemas)}},
                                          TablesStatement(version, request.tables, path.schemas),
                                          {pg_sql::kOldSnapshots, {}}},
                                         deadline));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> words, Objects(read[0], 0));
  PgServerFromJson(words[0], &facts);
  facts.default_schema = path.schemas.empty() ? "public" : path.schemas[0];
  DBA_ASSIGN_OR_RETURN(std::vector<PgTableRow> tables,
                       ReadTables(read[1], request.tables, facts.default_schema, version));
  DBA_ASSIGN_OR_RETURN(const std::vector<Json> snapshots, Objects(read[2], 0));
  for (const Json& snapshot : snapshots) facts.old_snapshots.push_back(PgLockHolderFromJson(snapshot));
  DBA_RETURN_IF_ERROR(ReadLocks(connection, deadline, &tables));
  DBA_RETURN_IF_ERROR(ReadLockedPgFacts(connection, deadline, &tables));
  DBA_RETURN_IF_ERROR(ReadOldWriters(connection, request.owner, deadline, &facts));
  gathered.writes = SamplesOf(tables, facts, words[0]);
  for (PgTableRow& table : tables) facts.tables.push_back(std::move(table.facts));
  return gathered;
}

}  // namespace dba::agent
