// SPDX-License-Identifier: Apache-2.0
//
// Questions to information_schema about one table.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_CATALOG_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_CATALOG_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_connection.h"

namespace dba::agent {

class MysqlCatalog {
 public:
  // table  with its schema
  MysqlCatalog(MysqlConnection& connection, TableName table, absl::Time deadline)
      : connection_(connection), table_(std::move(table)), deadline_(deadline) {}

  // Rows of an information_schema table about this table; `where` follows the conditions on schema and name.
  absl::StatusOr<RowSet> About(absl::string_view columns, absl::string_view from, absl::string_view where = "");
  absl::StatusOr<RowSet> Run(const std::string& sql) { return connection_.Run(sql, deadline_); }

  // The schema and the name as SQL.
  std::string schema() const { return Literal(table_.schema); }
  std::string name() const { return Literal(table_.table); }
  bool is_mariadb() const { return connection_.is_mariadb(); }

 private:
  std::string Literal(const std::string& text) const;

  MysqlConnection& connection_;
  const TableName table_;
  const absl::Time deadline_;
};

// A column of a row; NULL is empty, or 0.
std::string TextOf(const std::vector<std::optional<std::string>>& row, size_t column);
double NumberOf(const std::optional<std::string>& text);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_CATALOG_H_
