// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 28 "INFORMATION_SCHEMA Tables", MariaDB 10.11 "Information Schema Tables".
#include "dbagent/db/mysql/mysql_table_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

using hints::ColumnFacts;
using hints::ConstraintFacts;
using hints::ConstraintType;
using hints::IndexFacts;
using hints::TableFacts;
using hints::TableKind;

constexpr const char* kSettings[] = {"sql_mode",
                                     "old_mode",
                                     "foreign_key_checks",
                                     "innodb_instant_alter_column_allowed",
                                     "innodb_online_alter_log_max_size",
                                     "lock_wait_timeout",
                                     "max_connections",
                                     "lower_case_table_names",
                                     "system_versioning_alter_history"};

std::string Text(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

double Number(const std::optional<std::string>& text) {
  double number = 0;
  return text && absl::SimpleAtod(*text, &number) ? number : 0;
}

class TableReader {
 public:
  TableReader(MysqlConnection& connection, TableFacts* table, absl::Time deadline)
      : connection_(connection), table_(table), deadline_(deadline) {}

  absl::Status Read();

 private:
  // Rows of an information_schema table about this table; `where` follows the conditions on schema and name.
  absl::StatusOr<RowSet> Select(absl::string_view columns, absl::string_view from, absl::string_view where = "") {
    return connection_.Run(absl::StrCat("SELECT ", columns, " FROM information_schema.", from,
                                        " WHERE TABLE_SCHEMA = ", Literal(table_->name.schema),
                                        " AND TABLE_NAME = ", Literal(table_->name.table), where),
                           deadline_);
  }
  // MySQL 9.7.4 writes a condition on KEY_COLUMN_USAGE anew with \' for a quote, and then takes that for two words when
  // NO_BACKSLASH_ESCAPES is set.
  std::string Literal(const std::string& text) const {
    if (connection_.is_mariadb() || !absl::StrContains(text, "'")) return QuoteMysqlLiteral(text);
    return absl::StrCat("CONVERT(0x", absl::BytesToHexString(text), " USING utf8mb4)");
  }
  absl::Status ReadTable();
  absl::Status ReadColumns();
  absl::Status ReadIndexes();
  absl::Status ReadForeignKeys();
  absl::Status ReadCascades();
  absl::Status ReadReferencing();
  absl::Status ReadChecks();
  absl::Status ReadTriggers();
  absl::Status ReadPartitions();
  absl::Status ReadRowVersions();
  void AddUniqueConstraints();

  MysqlConnection& connection_;
  TableFacts* const table_;
  const absl::Time deadline_;
};

TableKind KindOf(const std::string& type, const std::string& options) {
  if (absl::StrContains(type, "VIEW")) return TableKind::kView;
  if (type != "BASE TABLE" && type != "SYSTEM VERSIONED") return TableKind::kOther;
  return absl::StrContains(options, "partitioned") ? TableKind::kPartitioned : TableKind::kTable;
}

absl::Status TableReader::ReadTable() {
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       Select("TABLE_TYPE, ENGINE, ROW_FORMAT, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH, "
                              "TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT",
                              "TABLES"));
  if (rows.rows.empty()) return absl::OkStatus();
  const auto& row = rows.rows[0];
  table_->kind = KindOf(Text(row, 0), Text(row, 7));
  table_->mysql.storage_engine = Text(row, 1);
  table_->mysql.row_format = Text(row, 2);
  table_->mysql.system_versioned = Text(row, 0) == "SYSTEM VERSIONED";
  const std::string collation = Text(row, 6);
  table_->mysql.character_set = collation.substr(0, collation.find('_'));
  table_->rows_source = "information_schema.TABLES";
  if (row[3]) {
    table_->rows = Number(row[3]);
    table_->bytes = static_cast<int64_t>(Number(row[4]) + Number(row[5]));
    table_->index_bytes = static_cast<int64_t>(Number(row[5]));
  } else {
    // A table that cannot be opened, for example because it is locked, is a row of NULLs.
    const std::string why = absl::StrCat("the server tells no size: ", Text(row, 8));
    table_->rows = hints::Fact<double>::Unknown(why);
    table_->bytes = hints::Fact<int64_t>::Unknown(why);
  }
  return absl::OkStatus();
}

// MariaDB writes a default as in SQL, MySQL its value; "NULL" on MariaDB and no value on both stand for none.
std::string DefaultText(const std::optional<std::string>& value, bool mariadb, bool expression) {
  if (!value || (mariadb && *value == "NULL")) return "";
  return mariadb || expression ? *value : QuoteMysqlLiteral(*value);
}

absl::Status TableReader::ReadColumns() {
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       Select("COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME, "
                              "COLLATION_NAME, GENERATION_EXPRESSION",
                              "COLUMNS", " ORDER BY ORDINAL_POSITION"));
  for (const auto& row : rows.rows) {
    ColumnFacts column;
    column.name = Text(row, 0);
    column.type = Text(row, 1);
    column.not_null = Text(row, 2) == "NO";
    const std::string extra = Text(row, 4);
    column.default_expression =
        DefaultText(row[3], connection_.is_mariadb(), absl::StrContains(extra, "DEFAULT_GENERATED"));
    column.identity = absl::StrContains(extra, "auto_increment");
    if (absl::StrContains(extra, "VIRTUAL GENERATED")) column.generated = hints::GeneratedKind::kVirtual;
    if (absl::StrContains(extra, "STORED GENERATED")) column.generated = hints::GeneratedKind::kStored;
    if (column.generated) column.default_expression = Text(row, 7);
    column.character_set = Text(row, 5);
    column.collation = Text(row, 6);
    table_->columns.push_back(std::move(column));
  }
  return absl::OkStatus();
}

absl::Status TableReader::ReadIndexes() {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, Select("INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, INDEX_TYPE",
                                                 "STATISTICS", " ORDER BY INDEX_NAME, SEQ_IN_INDEX"));
  for (const auto& row : rows.rows) {
    const std::string name = Text(row, 0);
    if (table_->indexes.empty() || table_->indexes.back().name != name) {
      IndexFacts index;
      index.name = name;
      index.unique = Text(row, 1) == "0";
      index.primary = name == "PRIMARY";
      index.method = absl::AsciiStrToLower(Text(row, 4));
      table_->indexes.push_back(std::move(index));
    }
    IndexFacts& index = table_->indexes.back();
    index.columns.push_back(Text(row, 2));
    index.has_expressions = index.has_expressions || !row[2];
    index.prefix = index.prefix || (row[3] && index.method == "btree");
  }
  return absl::OkStatus();
}

void TableReader::AddUniqueConstraints() {
  for (const IndexFacts& index : table_->indexes) {
    if (!index.unique) continue;
    ConstraintFacts constraint;
    constraint.name = index.name;
    constraint.type = index.primary ? ConstraintType::kPrimaryKey : ConstraintType::kUnique;
    constraint.columns = index.columns;
    table_->constraints.push_back(std::move(constraint));
  }
}

absl::Status TableReader::ReadForeignKeys() {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, Select("CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, "
                                                 "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME",
                                                 "KEY_COLUMN_USAGE",
                                                 " AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY CONSTRAINT_NAME, "
                                                 "ORDINAL_POSITION"));
  for (const auto& row : rows.rows) {
    std::vector<ConstraintFacts>& all = table_->constraints;
    if (all.empty() || all.back().type != ConstraintType::kForeignKey || all.back().name != Text(row, 0)) {
      ConstraintFacts key;
      key.name = Text(row, 0);
      key.type = ConstraintType::kForeignKey;
      key.references = {Text(row, 2), Text(row, 3)};
      all.push_back(std::move(key));
    }
    all.back().columns.push_back(Text(row, 1));
    all.back().referenced_columns.push_back(Text(row, 4));
  }
  return rows.rows.empty() ? absl::OkStatus() : ReadCascades();
}

absl::Status TableReader::ReadCascades() {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection_.Run(
          absl::StrCat("SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ",
                       Literal(table_->name.schema), " AND TABLE_NAME = ", Literal(table_->name.table),
                       " AND (UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR DELETE_RULE NOT IN "
                       "('RESTRICT', 'NO ACTION')) LIMIT 1"),
          deadline_));
  table_->mysql.cascades = !rows.rows.empty();
  return absl::OkStatus();
}

// Within the schema: MariaDB would open every table of the server to find more.
absl::Status TableReader::ReadReferencing() {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection_.Run(
          absl::StrCat("SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME ",
                       "FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ", Literal(table_->name.schema),
                       " AND REFERENCED_TABLE_SCHEMA = ", Literal(table_->name.schema), " AND REFERENCED_TABLE_NAME = ",
                       Literal(table_->name.table), " ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"),
          deadline_));
  for (const auto& row : rows.rows) {
    auto& all = table_->referenced_by;
    if (all.empty() || all.back().name != Text(row, 2) || all.back().table.table != Text(row, 1)) {
      hints::ReferencingKey key;
      key.table = {Text(row, 0), Text(row, 1)};
      key.name = Text(row, 2);
      all.push_back(std::move(key));
    }
    all.back().columns.push_back(Text(row, 3));
    all.back().referenced_columns.push_back(Text(row, 4));
  }
  return absl::OkStatus();
}

absl::Status TableReader::ReadChecks() {
  const std::string schema = Literal(table_->name.schema);
  const std::string name = Literal(table_->name.table);
  const std::string sql =
      connection_.is_mariadb()
          ? absl::StrCat("SELECT CONSTRAINT_NAME, CHECK_CLAUSE, 'YES' FROM information_schema.CHECK_CONSTRAINTS WHERE ",
                         "CONSTRAINT_SCHEMA = ", schema, " AND TABLE_NAME = ", name)
          : absl::StrCat("SELECT c.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED FROM ",
                         "information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c ",
                         "USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) WHERE t.CONSTRAINT_TYPE = 'CHECK' AND ",
                         "t.TABLE_SCHEMA = ", schema, " AND t.TABLE_NAME = ", name);
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection_.Run(sql, deadline_));
  for (const auto& row : rows.rows) {
    ConstraintFacts check;
    check.name = Text(row, 0);
    check.definition = Text(row, 1);
    check.enforced = Text(row, 2) == "YES";
    table_->constraints.push_back(std::move(check));
  }
  return absl::OkStatus();
}

absl::Status TableReader::ReadTriggers() {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection_.Run(absl::StrCat("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ",
                                   Literal(table_->name.schema),
                                   " AND EVENT_OBJECT_TABLE = ", Literal(table_->name.table), " ORDER BY 1"),
                      deadline_));
  for (const auto& row : rows.rows) table_->triggers.push_back(Text(row, 0));
  return absl::OkStatus();
}

absl::Status TableReader::ReadPartitions() {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, Select("PARTITION_EXPRESSION, COALESCE(SUBPARTITION_EXPRESSION, '')",
                                                 "PARTITIONS", " AND PARTITION_NAME IS NOT NULL"));
  table_->partitions = static_cast<int>(rows.rows.size());
  if (rows.rows.empty()) return absl::OkStatus();
  const std::string expression = absl::StrCat(Text(rows.rows[0], 0), " ", Text(rows.rows[0], 1));
  // Of an expression the columns are what counts: a unique key must hold them all.
  std::string word;
  for (const char c : expression + " ") {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
        static_cast<unsigned char>(c) > 127) {
      word += c;
      continue;
    }
    const ColumnFacts* column = word.empty() ? nullptr : table_->FindColumn(word);
    if (column != nullptr) table_->partition_columns.push_back(column->name);
    word.clear();
  }
  return absl::OkStatus();
}

// Of a plain name alone: others stand in INNODB_TABLES in the encoding of file names.
absl::Status TableReader::ReadRowVersions() {
  const std::string path = absl::StrCat(table_->name.schema, "/", table_->name.table);
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '/';
  });
  if (connection_.is_mariadb() || !plain) return absl::OkStatus();
  const absl::StatusOr<RowSet> rows = connection_.Run(
      absl::StrCat("SELECT MAX(TOTAL_ROW_VERSIONS) FROM information_schema.INNODB_TABLES WHERE NAME = ",
                   QuoteMysqlLiteral(path), " OR NAME LIKE ", QuoteMysqlLiteral(absl::StrCat(path, "#p#%"))),
      deadline_);
  // Before 8.0.29 there is no such column, and without PROCESS no such table: not known.
  if (!rows.ok()) return connection_.broken() ? rows.status() : absl::OkStatus();
  if (!rows->rows.empty() && rows->rows[0][0]) table_->mysql.row_versions = static_cast<int>(Number(rows->rows[0][0]));
  return absl::OkStatus();
}

absl::Status TableReader::Read() {
  DBA_RETURN_IF_ERROR(ReadTable());
  if (!table_->exists()) return absl::OkStatus();
  DBA_RETURN_IF_ERROR(ReadColumns());
  if (table_->kind == TableKind::kView) return absl::OkStatus();
  DBA_RETURN_IF_ERROR(ReadIndexes());
  AddUniqueConstraints();
  DBA_RETURN_IF_ERROR(ReadForeignKeys());
  DBA_RETURN_IF_ERROR(ReadReferencing());
  DBA_RETURN_IF_ERROR(ReadChecks());
  DBA_RETURN_IF_ERROR(ReadTriggers());
  if (table_->kind == TableKind::kPartitioned) DBA_RETURN_IF_ERROR(ReadPartitions());
  return ReadRowVersions();
}

}  // namespace

int MysqlVersionNumber(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text.substr(0, text.find_first_not_of("0123456789.")), '.');
  int number = 0;
  for (size_t i = 0; i < 3; ++i) {
    int part = 0;
    if (i < parts.size() && !absl::SimpleAtoi(parts[i], &part)) part = 0;
    number = number * 100 + part;
  }
  return number;
}

absl::StatusOr<hints::ServerFacts> ReadMysqlServer(MysqlConnection& connection, absl::Time deadline) {
  hints::ServerFacts server;
  server.engine = connection.is_mariadb() ? Engine::kMariadb : Engine::kMysql;
  server.version_text = connection.server_version();
  server.version = MysqlVersionNumber(server.version_text);
  std::vector<std::string> names;
  for (const char* name : kSettings) names.push_back(QuoteMysqlLiteral(name));
  std::string list;
  for (const std::string& name : names) absl::StrAppend(&list, list.empty() ? "" : ", ", name);
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(absl::StrCat("SHOW GLOBAL VARIABLES WHERE Variable_name IN (", list, ", 'read_only')"), deadline));
  for (const auto& row : rows.rows) server.settings[Text(row, 0)] = Text(row, 1);
  server.standby = server.Setting("read_only", "OFF") == "ON";
  return server;
}

absl::StatusOr<hints::TableFacts> ReadMysqlTable(MysqlConnection& connection, const TableName& requested,
                                                 const std::string& schema, absl::Time deadline) {
  TableFacts table;
  table.requested = requested;
  table.name = {requested.schema.empty() ? schema : requested.schema, requested.table};
  table.ignore_case = true;
  DBA_RETURN_IF_ERROR(TableReader(connection, &table, deadline).Read());
  return table;
}

}  // namespace dba::agent
