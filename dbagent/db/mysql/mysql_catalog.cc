// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_catalog.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dba::agent {

absl::StatusOr<RowSet> MysqlCatalog::About(absl::string_view columns, absl::string_view from, absl::string_view where) {
  return Run(absl::StrCat("SELECT ", columns, " FROM information_schema.", from, " WHERE TABLE_SCHEMA = ", schema(),
                          " AND TABLE_NAME = ", name(), where));
}

// MySQL 9.7.4 writes a condition on KEY_COLUMN_USAGE anew with \' for a quote, and then takes that for two words when
// NO_BACKSLASH_ESCAPES is set.
std::string MysqlCatalog::Literal(const std::string& text) const {
  if (is_mariadb() || !absl::StrContains(text, "'")) return QuoteMysqlLiteral(text);
  return absl::StrCat("CONVERT(0x", absl::BytesToHexString(text), " USING utf8mb4)");
}

std::string TextOf(const std::vector<std::optional<std::string>>& row, size_t column) {
  return row[column].value_or("");
}

double NumberOf(const std::optional<std::string>& text) {
  double number = 0;
  return text && absl::SimpleAtod(*text, &number) ? number : 0;
}

}  // namespace dba::agent
