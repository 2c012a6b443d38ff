// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_facts_json.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace dba::agent {
namespace {

using hints::ColumnFacts;
using hints::ConstraintFacts;
using hints::ConstraintType;
using hints::Fact;
using hints::IndexFacts;
using hints::TableFacts;
using hints::TableKind;

constexpr double kPageBytes = 8192;         // of every server that was not built otherwise
constexpr int kUnknownIsNegative = 140000;  // reltuples is -1 before the first ANALYZE only from 14 on
constexpr double kStaleShare = 0.2;         // of the rows changed since ANALYZE

// Absent and null fields are empty: our own SQL made the object.
std::string Text(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get_ref<const std::string&>() : "";
}

bool Flag(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && *found->get_ptr<const Json::boolean_t*>();
}

double Number(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

const Json& List(const Json& json, const char* key) {
  static const Json& empty = *new Json(Json::array());
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : empty;
}

std::vector<std::string> Texts(const Json& json, const char* key) {
  std::vector<std::string> texts;
  for (const Json& item : List(json, key)) {
    texts.push_back(item.is_string() ? item.get_ref<const std::string&>() : "");
  }
  return texts;
}

struct Statistics {
  double rows = 0;
  double table_bytes = 0;
  double index_bytes = 0;
  double modified = 0;
  bool known = true;
  bool analyzed = true;
  bool from_live = false;
};

// The rows of one table without its partitions. n_live_tup follows every commit, but begins at 0 after a reset of the
// statistics; reltuples stands still between two runs of ANALYZE or VACUUM.
void AddTable(const Json& json, int server_version, Statistics* total, PgMember* member) {
  const double live = Number(json, "live");
  const double deleted = Number(json, "del");
  const double changed = Number(json, "ins") + Number(json, "upd") + deleted;
  double reltuples = Number(json, "reltuples");
  if (server_version < kUnknownIsNegative && reltuples == 0 && Number(json, "relpages") == 0) reltuples = -1;
  const bool live_counts = live > 0 || changed > 0;
  const bool live_explains = live_counts && (reltuples < 0 || live + deleted >= 0.9 * reltuples);
  member->oid = Text(json, "oid");
  if (live_explains) member->live_rows = live;
  if (reltuples > 0 && Number(json, "relpages") > 0) member->density = reltuples / Number(json, "relpages");
  if (live_explains) {
    total->rows += live;
    total->from_live = true;
  } else if (reltuples >= 0) {
    total->rows += reltuples;
  } else {
    total->known = false;
  }
  total->table_bytes += kPageBytes * (Number(json, "relpages") + Number(json, "toast_pages"));
  total->index_bytes += kPageBytes * Number(json, "index_pages");
  total->modified += Number(json, "modified");
  total->analyzed = total->analyzed && Flag(json, "analyzed");
}

void ReadStatistics(const Json& json, int server_version, PgTableRow* row) {
  TableFacts* table = &row->facts;
  Statistics total;
  for (const Json& item : List(json, "stats")) {
    row->members.emplace_back();
    AddTable(item, server_version, &total, &row->members.back());
  }
  table->rows_source = total.from_live ? "pg_stat_get_live_tuples" : "pg_class.reltuples";
  if (total.known) {
    table->rows = total.rows;
  } else {
    table->rows = Fact<double>::Unknown("the table was never analyzed and has no statistics: run ANALYZE on it");
  }
  table->bytes = static_cast<int64_t>(total.table_bytes + total.index_bytes);
  table->index_bytes = static_cast<int64_t>(total.index_bytes);
  if (!total.analyzed) {
    table->stats_doubt = "the table was never analyzed";
  } else if (total.modified > kStaleShare * std::max(total.rows, 1000.0)) {
    table->stats_doubt = absl::StrFormat("%.0f rows changed since the last ANALYZE", total.modified);
  }
}

ColumnFacts ColumnFromJson(const Json& json) {
  ColumnFacts column;
  column.name = Text(json, "name");
  column.type = Text(json, "type");
  column.not_null = Flag(json, "not_null");
  const std::string generated = Text(json, "generated");
  if (generated == "s") column.generated = hints::GeneratedKind::kStored;
  if (generated == "v") column.generated = hints::GeneratedKind::kVirtual;
  // The expression itself can only be read under a lock of the table.
  if (Flag(json, "has_default") && generated.empty()) column.default_expression = "DEFAULT";
  column.identity = Flag(json, "identity") || Flag(json, "serial");
  column.collation = Text(json, "collation");
  return column;
}

IndexFacts IndexFromJson(const Json& json) {
  IndexFacts index;
  index.name = Text(json, "name");
  index.columns = Texts(json, "columns");
  index.unique = Flag(json, "unique");
  index.primary = Flag(json, "primary");
  index.valid = Flag(json, "valid");
  index.immediate = Flag(json, "immediate");
  index.method = Text(json, "method");
  if (Flag(json, "partial")) index.predicate = "WHERE …";
  index.has_expressions = Flag(json, "expressions");
  index.nulls_not_distinct = Flag(json, "nulls_not_distinct");
  return index;
}

std::optional<ConstraintType> TypeOf(const std::string& code) {
  if (code == "c") return ConstraintType::kCheck;
  if (code == "f") return ConstraintType::kForeignKey;
  if (code == "n") return ConstraintType::kNotNull;
  if (code == "p") return ConstraintType::kPrimaryKey;
  if (code == "u") return ConstraintType::kUnique;
  if (code == "x") return ConstraintType::kExclusion;
  return std::nullopt;
}

void ReadConstraints(const Json& json, TableFacts* table) {
  for (const Json& item : List(json, "constraints")) {
    const std::optional<ConstraintType> type = TypeOf(Text(item, "type"));
    if (!type) continue;
    ConstraintFacts constraint;
    constraint.name = Text(item, "name");
    constraint.type = *type;
    constraint.columns = Texts(item, "columns");
    constraint.validated = Flag(item, "validated");
    constraint.enforced = Flag(item, "enforced");
    const auto parent = item.find("parent");
    if (parent != item.end() && parent->is_object()) {
      constraint.references = {Text(*parent, "schema"), Text(*parent, "table")};
    }
    constraint.referenced_columns = Texts(item, "parent_columns");
    table->constraints.push_back(std::move(constraint));
  }
  for (const Json& item : List(json, "referenced_by")) {
    table->referenced_by.push_back({{Text(item, "schema"), Text(item, "table")},
                                    Text(item, "name"),
                                    Texts(item, "columns"),
                                    Texts(item, "parent_columns")});
  }
}

TableKind KindOf(const std::string& code) {
  if (code == "r" || code == "t") return TableKind::kTable;
  if (code == "p") return TableKind::kPartitioned;
  if (code == "v" || code == "m") return TableKind::kView;
  return TableKind::kOther;
}

}  // namespace

std::optional<double> PgRowEstimate(const PgMember& member, double bytes) {
  if (!member.density) return member.live_rows;
  const double by_size = *member.density * bytes / kPageBytes;
  return member.live_rows ? std::min(*member.live_rows, by_size) : by_size;
}

PgTableRow PgTableFromJson(const Json& json, const TableName& requested, int server_version) {
  PgTableRow row;
  TableFacts& table = row.facts;
  table.requested = requested;
  table.name = requested;
  if (!json.is_object()) return row;
  row.oid = Text(json, "oid");
  table.name = {Text(json, "schema"), Text(json, "name")};
  table.kind = KindOf(Text(json, "kind"));
  table.pg.unlogged = Text(json, "persistence") == "u";
  table.pg.temporary = Text(json, "persistence") == "t";
  table.pg.materialized = Text(json, "kind") == "m";
  table.pg.is_partition = Flag(json, "is_partition");
  table.pg.row_security = Flag(json, "row_security");
  if (!Flag(json, "readable")) {
    table.read_denied = "the agent's account has no SELECT on it; grant it SELECT";
  } else if (table.pg.row_security) {
    table.read_denied = "row-level security hides rows from the agent; give its account BYPASSRLS";
  }
  for (const Json& member : List(json, "tree")) {
    row.tree.push_back(Text(member, "oid"));
    if (row.tree.back() == row.oid) continue;
    if (Flag(member, "partition")) {
      ++table.partitions;
    } else {
      table.pg.children.push_back(Text(member, "name"));
    }
  }
  ReadStatistics(json, server_version, &row);
  for (const Json& item : List(json, "columns")) {
    table.columns.push_back(ColumnFromJson(item));
    std::vector<std::string> views = Texts(item, "views");
    if (!views.empty()) table.pg.views_by_column[table.columns.back().name] = std::move(views);
  }
  for (const Json& item : List(json, "indexes")) table.indexes.push_back(IndexFromJson(item));
  ReadConstraints(json, &table);
  table.partition_columns = Texts(json, "partition_columns");
  table.triggers = Texts(json, "triggers");
  return row;
}

void PgServerFromJson(const Json& json, hints::HintFacts* facts) {
  facts->server.engine = Engine::kPostgresql;
  facts->server.version = static_cast<int>(Number(json, "version"));
  facts->server.version_text = Text(json, "version_text");
  facts->server.standby = Flag(json, "standby");
  for (const char* setting : {"max_connections", "lock_timeout", "timezone", "track_counts"}) {
    facts->server.settings[setting] = Text(json, setting);
  }
  facts->sampled_at = absl::FromUnixMicros(static_cast<int64_t>(Number(json, "now") * 1e6));
  const auto types = json.find("types");
  if (types != json.end() && types->is_object()) {
    for (const auto& [written, type] : types->items()) {
      const std::string kind = Text(type, "kind");
      facts->types[written] = {Text(type, "canonical"), Flag(type, "constrained"), kind.empty() ? 'b' : kind[0]};
    }
  }
  const auto functions = json.find("functions");
  if (functions != json.end() && functions->is_object()) {
    for (const auto& [name, level] : functions->items()) {
      const double number = level.is_number() ? level.get<double>() : 3;
      facts->functions[name] = number >= 3   ? hints::Volatility::kVolatile
                               : number >= 2 ? hints::Volatility::kStable
                                             : hints::Volatility::kImmutable;
    }
  }
  for (const Json& relation : List(json, "relations")) {
    facts->relations[absl::StrCat(Text(relation, "schema"), ".", Text(relation, "name"))] = Text(relation, "table");
  }
}

hints::LockHolder PgLockHolderFromJson(const Json& json) {
  hints::LockHolder holder;
  holder.session = Text(json, "pid");
  holder.user = Text(json, "user");
  holder.application = Text(json, "application");
  holder.mode = Text(json, "mode");
  holder.age = absl::Seconds(std::max(0.0, Number(json, "age")));
  holder.waiting = json.contains("granted") && !Flag(json, "granted");
  holder.strong = holder.mode == "ShareLock" || holder.mode == "ShareRowExclusiveLock" ||
                  holder.mode == "ExclusiveLock" || holder.mode == "AccessExclusiveLock";
  holder.writes = holder.mode == "RowExclusiveLock" || holder.strong;
  const std::string state = Text(json, "state");
  if (Flag(json, "prepared")) {
    holder.kind = "prepared transaction";
  } else if (Text(json, "backend") == "autovacuum worker") {
    holder.kind = Flag(json, "wraparound") ? "autovacuum to prevent wraparound" : "autovacuum";
  } else if (holder.strong) {
    holder.kind = "DDL";
  } else {
    holder.kind = absl::StartsWith(state, "idle in transaction") ? "idle in transaction" : "transaction";
  }
  return holder;
}

std::string PgCondition(absl::string_view definition) {
  absl::ConsumePrefix(&definition, "CHECK ");
  absl::ConsumeSuffix(&definition, " NOT ENFORCED");
  absl::ConsumeSuffix(&definition, " NOT VALID");
  absl::ConsumeSuffix(&definition, " NO INHERIT");
  if (absl::StartsWith(definition, "(") && absl::EndsWith(definition, ")")) {
    definition = definition.substr(1, definition.size() - 2);
  }
  return std::string(definition);
}

std::string PgArray(const std::vector<std::string>& items) {
  std::string array = "{";
  for (const std::string& item : items) {
    if (array.size() > 1) array += ",";
    array += "\"";
    for (const char c : item) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += "\"";
  }
  return array + "}";
}

}  // namespace dba::agent
