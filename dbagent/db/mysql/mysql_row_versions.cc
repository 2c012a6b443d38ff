// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_row_versions.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_catalog.h"

namespace dba::agent {
namespace {

// To find one table in INNODB_TABLES the server opens all, and waits where one is locked (measured on 9.7.4).
constexpr char kSomebodyLocks[] =
    "SELECT 1 FROM performance_schema.metadata_locks WHERE OBJECT_TYPE = 'TABLE' AND (LOCK_STATUS = 'PENDING' OR "
    "LOCK_TYPE IN ('EXCLUSIVE', 'SHARED_NO_READ_WRITE')) LIMIT 1";

// As INNODB_TABLES writes it; empty for names that are not plain: those stand there in the encoding of file names.
std::string PathOf(const hints::TableFacts& table) {
  const std::string path = absl::StrCat(table.name.schema, "/", table.name.table);
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '/';
  });
  return plain && table.exists() && table.kind != hints::TableKind::kView ? path : "";
}

void Use(const RowSet& rows, hints::TableFacts* table) {
  const std::string path = PathOf(*table);
  if (path.empty()) return;
  for (const auto& row : rows.rows) {
    const std::string name = TextOf(row, 0);
    if (!row[1] || !(absl::EqualsIgnoreCase(name, path) || absl::StartsWithIgnoreCase(name, path + "#p#"))) continue;
    table->mysql.row_versions = std::max(table->mysql.row_versions.value_or(0), static_cast<int>(NumberOf(row[1])));
  }
}

}  // namespace

absl::Status ReadMysqlRowVersions(MysqlConnection& connection, absl::Time deadline,
                                  std::vector<hints::TableFacts>* tables) {
  std::vector<std::string> terms;
  for (const hints::TableFacts& table : *tables) {
    const std::string path = PathOf(table);
    if (path.empty()) continue;
    terms.push_back(absl::StrCat("NAME = ", QuoteMysqlLiteral(path), " OR NAME LIKE ",
                                 QuoteMysqlLiteral(absl::StrCat(path, "#p#%"))));
  }
  if (connection.is_mariadb() || terms.empty()) return absl::OkStatus();
  const absl::StatusOr<RowSet> locks = connection.Run(kSomebodyLocks, deadline);
  if (!locks.ok() && connection.broken()) return locks.status();
  if (locks.ok() && !locks->rows.empty()) return absl::OkStatus();
  const absl::StatusOr<RowSet> rows =
      connection.Run(absl::StrCat("SELECT NAME, TOTAL_ROW_VERSIONS FROM information_schema.INNODB_TABLES WHERE ",
                                  absl::StrJoin(terms, " OR ")),
                     deadline);
  if (!rows.ok()) return connection.broken() ? rows.status() : absl::OkStatus();
  for (hints::TableFacts& table : *tables) Use(*rows, &table);
  return absl::OkStatus();
}

}  // namespace dba::agent
