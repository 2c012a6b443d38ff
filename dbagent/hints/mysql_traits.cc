// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/mysql_traits.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace dba::agent::hints {
namespace {

constexpr int kOnlineCopy = 110200;

bool Off(const std::string& setting) { return setting == "0" || absl::EqualsIgnoreCase(setting, "OFF"); }

bool IsVirtual(const TableFacts& table, absl::string_view name) {
  const ColumnFacts* column = table.FindColumn(name);
  return column != nullptr && column->generated == GeneratedKind::kVirtual;
}

bool IndexesVirtual(const TableFacts& table, const IndexFacts& index) {
  return std::any_of(index.columns.begin(), index.columns.end(),
                     [&](const std::string& name) { return IsVirtual(table, name); });
}

bool IsTimestampWord(absl::string_view text) {
  for (const char* word : {"current_timestamp", "now", "localtime", "localtimestamp"}) {
    absl::string_view rest = text;
    if (!absl::ConsumePrefix(&rest, word)) continue;
    if (rest.empty()) return true;
    return rest.front() == '(' && rest.back() == ')' && rest.find_first_not_of("0123456789", 1) == rest.size() - 1;
  }
  return false;
}

bool IsLiteral(absl::string_view text) {
  double number = 0;
  if (absl::SimpleAtod(text, &number)) return true;
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "true" || lower == "false" || IsTimestampWord(lower)) return true;
  // A date or bit literal has a word before the quote, and nothing after the closing one.
  absl::string_view rest = lower;
  for (const char* word : {"date", "timestamp", "time", "_utf8mb4", "b", "x", "n"}) {
    if (absl::StartsWith(rest, word) && absl::StrContains(rest.substr(0, rest.find('\'') + 1), '\'')) {
      rest.remove_prefix(std::string(word).size());
      break;
    }
  }
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (rest.size() < 2 || rest.front() != rest.back() || (rest.front() != '\'' && rest.front() != '"')) return false;
  return rest.substr(1, rest.size() - 2).find(rest.front()) == absl::string_view::npos || absl::StrContains(rest, "''");
}

// Words of the expression, outside texts, that are columns of the table.
bool ReadsColumn(absl::string_view expression, const TableFacts& table) {
  std::string word;
  bool quoted = false;
  for (size_t i = 0; i <= expression.size(); ++i) {
    const char c = i < expression.size() ? expression[i] : ' ';
    if (c == '\'') quoted = !quoted;
    if (!quoted && (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$')) {
      word += c;
      continue;
    }
    if (!word.empty() && c != '(' && table.FindColumn(word) != nullptr) return true;
    word.clear();
  }
  return false;
}

}  // namespace

bool StrictMode(const ServerFacts& server) {
  const std::string mode = absl::AsciiStrToUpper(server.Setting("sql_mode", "STRICT_TRANS_TABLES"));
  return absl::StrContains(mode, "STRICT_TRANS_TABLES") || absl::StrContains(mode, "STRICT_ALL_TABLES");
}

MysqlTraits TraitsOf(const TableFacts& table, const ServerFacts& server) {
  MysqlTraits traits;
  traits.mariadb = server.mariadb();
  traits.version = server.version;
  traits.innodb = table.mysql.storage_engine.empty() || absl::EqualsIgnoreCase(table.mysql.storage_engine, "InnoDB");
  traits.compressed = absl::EqualsIgnoreCase(table.mysql.row_format, "Compressed");
  traits.redundant = absl::EqualsIgnoreCase(table.mysql.row_format, "Redundant");
  traits.partitioned = table.kind == TableKind::kPartitioned;
  for (const IndexFacts& index : table.indexes) {
    traits.fulltext = traits.fulltext || index.method == "fulltext";
    traits.spatial = traits.spatial || index.method == "spatial" || index.method == "rtree";
    traits.indexed_virtual = traits.indexed_virtual || IndexesVirtual(table, index);
  }
  for (const ColumnFacts& column : table.columns) {
    traits.virtual_column = traits.virtual_column || column.generated == GeneratedKind::kVirtual;
    traits.stored_column = traits.stored_column || column.generated == GeneratedKind::kStored;
  }
  traits.has_foreign_key =
      std::any_of(table.constraints.begin(), table.constraints.end(),
                  [](const ConstraintFacts& constraint) { return constraint.type == ConstraintType::kForeignKey; });
  traits.online_copy = traits.mariadb && traits.version >= kOnlineCopy && !table.mysql.cascades &&
                       !absl::StrContains(server.Setting("old_mode", ""), "LOCK_ALTER_TABLE_COPY");
  traits.no_instant = server.Setting("innodb_instant_alter_column_allowed", "") == "never";
  traits.strict = StrictMode(server);
  traits.foreign_key_checks = !Off(server.Setting("foreign_key_checks", "ON"));
  return traits;
}

bool CallsRandom(absl::string_view expression) {
  static const auto& functions =
      *new std::vector<std::string>{"uuid", "uuid_short", "uuid_v4", "uuid_v7", "sys_guid", "rand", "random_bytes"};
  const std::vector<std::string> called = FunctionsIn(expression);
  return std::any_of(called.begin(), called.end(), [&](const std::string& function) {
    return std::find(functions.begin(), functions.end(), function) != functions.end();
  });
}

MysqlDefault DefaultOf(const ColumnHint& column, const TableFacts& table) {
  if (column.default_expression) {
    const absl::string_view text = absl::StripAsciiWhitespace(*column.default_expression);
    if (text.empty() || absl::EqualsIgnoreCase(text, "NULL")) return MysqlDefault::kNone;
    if (IsLiteral(text)) return MysqlDefault::kLiteral;
    const bool per_row = CallsRandom(text) || ReadsColumn(text, table);
    return per_row ? MysqlDefault::kPerRow : MysqlDefault::kExpression;
  }
  if (!column.default_kind) return MysqlDefault::kNone;
  switch (*column.default_kind) {
    case DefaultKind::kNone:
    case DefaultKind::kIdentity:
    case DefaultKind::kGenerated:
      return MysqlDefault::kNone;
    case DefaultKind::kConstant:
      return MysqlDefault::kLiteral;
    case DefaultKind::kVolatile:
      return MysqlDefault::kUnknown;
  }
  return MysqlDefault::kUnknown;
}

bool NotNull(const ColumnHint& column) { return column.nullable.has_value() && !*column.nullable; }

}  // namespace dba::agent::hints
