// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_table_json.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "dbagent/db/postgres/json_fields.h"

namespace dba::agent {
namespace {

using hints::ColumnFacts;
using hints::ConstraintFacts;
using hints::ConstraintType;
using hints::IndexFacts;
using hints::TableFacts;
using hints::TableKind;

ColumnFacts ColumnFromJson(const Json& json) {
  ColumnFacts column;
  column.name = TextField(json, "name");
  column.type = TextField(json, "type");
  column.not_null = FlagField(json, "not_null");
  const std::string generated = TextField(json, "generated");
  if (generated == "s") column.generated = hints::GeneratedKind::kStored;
  if (generated == "v") column.generated = hints::GeneratedKind::kVirtual;
  // The expression itself can only be read under a lock of the table.
  if (FlagField(json, "has_default") && generated.empty()) column.default_expression = "DEFAULT";
  column.identity = FlagField(json, "identity") || FlagField(json, "serial");
  column.collation = TextField(json, "collation");
  return column;
}

IndexFacts IndexFromJson(const Json& json) {
  IndexFacts index;
  index.name = TextField(json, "name");
  index.columns = TextsField(json, "columns");
  index.unique = FlagField(json, "unique");
  index.primary = FlagField(json, "primary");
  index.valid = FlagField(json, "valid");
  index.immediate = FlagField(json, "immediate");
  index.method = TextField(json, "method");
  if (FlagField(json, "partial")) index.predicate = "WHERE …";
  index.has_expressions = FlagField(json, "expressions");
  index.nulls_not_distinct = FlagField(json, "nulls_not_distinct");
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
  for (const Json& item : ListField(json, "constraints")) {
    const std::optional<ConstraintType> type = TypeOf(TextField(item, "type"));
    if (!type) continue;
    ConstraintFacts constraint;
    constraint.name = TextField(item, "name");
    constraint.type = *type;
    constraint.columns = TextsField(item, "columns");
    constraint.validated = FlagField(item, "validated");
    constraint.enforced = FlagField(item, "enforced");
    const auto parent = item.find("parent");
    if (parent != item.end() && parent->is_object()) {
      constraint.references = {TextField(*parent, "schema"), TextField(*parent, "table")};
    }
    constraint.referenced_columns = TextsField(item, "parent_columns");
    table->constraints.push_back(std::move(constraint));
  }
  for (const Json& item : ListField(json, "referenced_by")) {
    table->referenced_by.push_back({{TextField(item, "schema"), TextField(item, "table")},
                                    TextField(item, "name"),
                                    TextsField(item, "columns"),
                                    TextsField(item, "parent_columns")});
  }
}

TableKind KindOf(const std::string& code) {
  if (code == "r" || code == "t") return TableKind::kTable;
  if (code == "p") return TableKind::kPartitioned;
  if (code == "v" || code == "m") return TableKind::kView;
  return TableKind::kOther;
}

}  // namespace

PgTableRow PgTableFromJson(const Json& json, const TableName& requested, int server_version) {
  PgTableRow row;
  TableFacts& table = row.facts;
  table.requested = requested;
  table.name = requested;
  if (!json.is_object()) return row;
  row.oid = TextField(json, "oid");
  table.name = {TextField(json, "schema"), TextField(json, "name")};
  table.kind = KindOf(TextField(json, "kind"));
  table.pg.unlogged = TextField(json, "persistence") == "u";
  table.pg.temporary = TextField(json, "persistence") == "t";
  table.pg.materialized = TextField(json, "kind") == "m";
  table.pg.is_partition = FlagField(json, "is_partition");
  table.pg.row_security = FlagField(json, "row_security");
  if (!FlagField(json, "readable")) {
    table.read_denied = "the agent's account has no SELECT on it; grant it SELECT";
  } else if (table.pg.row_security) {
    table.read_denied = "row-level security hides rows from the agent; give its account BYPASSRLS";
  }
  for (const Json& member : ListField(json, "tree")) {
    row.tree.push_back(TextField(member, "oid"));
    if (row.tree.back() == row.oid) continue;
    if (FlagField(member, "partition")) {
      ++table.partitions;
    } else {
      table.pg.children.push_back(TextField(member, "name"));
    }
  }
  ReadPgStatistics(ListField(json, "stats"), server_version, &table, &row.members);
  for (const Json& item : ListField(json, "columns")) {
    table.columns.push_back(ColumnFromJson(item));
    std::vector<std::string> views = TextsField(item, "views");
    if (!views.empty()) table.pg.views_by_column[table.columns.back().name] = std::move(views);
  }
  for (const Json& item : ListField(json, "indexes")) table.indexes.push_back(IndexFromJson(item));
  ReadConstraints(json, &table);
  table.partition_columns = TextsField(json, "partition_columns");
  table.triggers = TextsField(json, "triggers");
  return row;
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

}  // namespace dba::agent
