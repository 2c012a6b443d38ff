// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 28 "INFORMATION_SCHEMA Tables", MariaDB 10.11 "Information Schema Tables".
#include "dbagent/db/mysql/mysql_table_facts.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_catalog.h"
#include "dbagent/db/mysql/mysql_constraint_facts.h"

namespace dba::agent {
namespace {

using hints::ColumnFacts;
using hints::IndexFacts;
using hints::TableFacts;
using hints::TableKind;

TableKind KindOf(const std::string& type, const std::string& options) {
  if (absl::StrContains(type, "VIEW")) return TableKind::kView;
  if (type != "BASE TABLE" && type != "SYSTEM VERSIONED") return TableKind::kOther;
  return absl::StrContains(options, "partitioned") ? TableKind::kPartitioned : TableKind::kTable;
}

absl::Status ReadTable(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       catalog.About("TABLE_TYPE, ENGINE, ROW_FORMAT, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH, "
                                     "TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT",
                                     "TABLES"));
  if (rows.rows.empty()) return absl::OkStatus();
  const auto& row = rows.rows[0];
  table->kind = KindOf(TextOf(row, 0), TextOf(row, 7));
  table->mysql.storage_engine = TextOf(row, 1);
  table->mysql.row_format = TextOf(row, 2);
  table->mysql.system_versioned = TextOf(row, 0) == "SYSTEM VERSIONED";
  const std::string collation = TextOf(row, 6);
  table->mysql.character_set = collation.substr(0, collation.find('_'));
  table->rows_source = "information_schema.TABLES";
  if (row[3]) {
    table->rows = NumberOf(row[3]);
    table->bytes = static_cast<int64_t>(NumberOf(row[4]) + NumberOf(row[5]));
    table->index_bytes = static_cast<int64_t>(NumberOf(row[5]));
  } else {
    // A table that cannot be opened, for example because it is locked, is a row of NULLs.
    const std::string why = absl::StrCat("the server tells no size: ", TextOf(row, 8));
    table->rows = hints::Fact<double>::Unknown(why);
    table->bytes = hints::Fact<int64_t>::Unknown(why);
  }
  return absl::OkStatus();
}

// MariaDB writes a default as in SQL, MySQL its value; "NULL" on MariaDB and no value on both stand for none.
std::string DefaultText(const std::optional<std::string>& value, bool mariadb, bool expression) {
  if (!value || (mariadb && *value == "NULL")) return "";
  return mariadb || expression ? *value : QuoteMysqlLiteral(*value);
}

absl::Status ReadColumns(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      catalog.About("COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME, "
                    "COLLATION_NAME, GENERATION_EXPRESSION",
                    "COLUMNS", " ORDER BY ORDINAL_POSITION"));
  for (const auto& row : rows.rows) {
    ColumnFacts column;
    column.name = TextOf(row, 0);
    column.type = TextOf(row, 1);
    column.not_null = TextOf(row, 2) == "NO";
    const std::string extra = TextOf(row, 4);
    column.default_expression =
        DefaultText(row[3], catalog.is_mariadb(), absl::StrContains(extra, "DEFAULT_GENERATED"));
    column.identity = absl::StrContains(extra, "auto_increment");
    if (absl::StrContains(extra, "VIRTUAL GENERATED")) column.generated = hints::GeneratedKind::kVirtual;
    if (absl::StrContains(extra, "STORED GENERATED")) column.generated = hints::GeneratedKind::kStored;
    if (column.generated) column.default_expression = TextOf(row, 7);
    column.character_set = TextOf(row, 5);
    column.collation = TextOf(row, 6);
    table->columns.push_back(std::move(column));
  }
  return absl::OkStatus();
}

absl::Status ReadIndexes(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, catalog.About("INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, INDEX_TYPE",
                                                        "STATISTICS", " ORDER BY INDEX_NAME, SEQ_IN_INDEX"));
  for (const auto& row : rows.rows) {
    const std::string name = TextOf(row, 0);
    if (table->indexes.empty() || table->indexes.back().name != name) {
      IndexFacts index;
      index.name = name;
      index.unique = TextOf(row, 1) == "0";
      index.primary = name == "PRIMARY";
      index.method = absl::AsciiStrToLower(TextOf(row, 4));
      table->indexes.push_back(std::move(index));
    }
    IndexFacts& index = table->indexes.back();
    index.columns.push_back(TextOf(row, 2));
    index.has_expressions = index.has_expressions || !row[2];
    index.prefix = index.prefix || (row[3] && index.method == "btree");
  }
  return absl::OkStatus();
}

absl::Status ReadTriggers(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      catalog.Run(absl::StrCat("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ",
                               catalog.schema(), " AND EVENT_OBJECT_TABLE = ", catalog.name(), " ORDER BY 1")));
  for (const auto& row : rows.rows) table->triggers.push_back(TextOf(row, 0));
  return absl::OkStatus();
}

absl::Status ReadPartitions(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, catalog.About("PARTITION_EXPRESSION, COALESCE(SUBPARTITION_EXPRESSION, '')",
                                                        "PARTITIONS", " AND PARTITION_NAME IS NOT NULL"));
  table->partitions = static_cast<int>(rows.rows.size());
  if (rows.rows.empty()) return absl::OkStatus();
  const std::string expression = absl::StrCat(TextOf(rows.rows[0], 0), " ", TextOf(rows.rows[0], 1));
  // Of an expression the columns are what counts: a unique key must hold them all.
  std::string word;
  for (const char c : expression + " ") {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
        static_cast<unsigned char>(c) > 127) {
      word += c;
      continue;
    }
    const ColumnFacts* column = word.empty() ? nullptr : table->FindColumn(word);
    if (column != nullptr) table->partition_columns.push_back(column->name);
    word.clear();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<hints::TableFacts> ReadMysqlTable(MysqlConnection& connection, const TableName& requested,
                                                 const std::string& schema, absl::Time deadline) {
  TableFacts table;
  table.requested = requested;
  table.name = {requested.schema.empty() ? schema : requested.schema, requested.table};
  table.ignore_case = true;
  MysqlCatalog catalog(connection, table.name, deadline);
  DBA_RETURN_IF_ERROR(ReadTable(catalog, &table));
  if (!table.exists()) return table;
  DBA_RETURN_IF_ERROR(ReadColumns(catalog, &table));
  if (table.kind == TableKind::kView) return table;
  DBA_RETURN_IF_ERROR(ReadIndexes(catalog, &table));
  DBA_RETURN_IF_ERROR(ReadMysqlConstraints(catalog, &table));
  DBA_RETURN_IF_ERROR(ReadTriggers(catalog, &table));
  if (table.kind == TableKind::kPartitioned) DBA_RETURN_IF_ERROR(ReadPartitions(catalog, &table));
  return table;
}

}  // namespace dba::agent
