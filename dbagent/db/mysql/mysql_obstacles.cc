// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_obstacles.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

using Obstacles = std::map<std::string, std::vector<std::string>>;

std::string Literals(const std::vector<std::string>& names, absl::string_view suffix) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(QuoteMysqlLiteral(absl::StrCat(name, suffix)));
  return absl::StrJoin(quoted, ", ");
}

// Two columns: the account and what is in the way.
absl::Status Add(MysqlConnection& connection, const std::string& sql, absl::Time deadline, Obstacles* obstacles) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Run(sql, deadline));
  for (const auto& row : rows.rows) {
    const std::string account = row[0].value_or("");
    (*obstacles)[account.substr(0, account.find('@'))].push_back(row[1].value_or(""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Obstacles> ReadMysqlObstacles(MysqlConnection& connection, const std::vector<std::string>& names,
                                             absl::Time deadline) {
  Obstacles obstacles;
  if (names.empty()) return obstacles;
  std::vector<std::string> parts;
  for (const auto& [kind, column, table] :
       {std::tuple("view", "table_name", "views"), std::tuple("routine", "routine_name", "routines"),
        std::tuple("event", "event_name", "events"), std::tuple("trigger", "trigger_name", "triggers")}) {
    parts.push_back(absl::StrCat("SELECT definer, CONCAT('DEFINER of ", kind, " ', ", column,
                                 ") FROM information_schema.", table, " WHERE definer IN (", Literals(names, "@%"),
                                 ")"));
  }
  DBA_RETURN_IF_ERROR(Add(connection, absl::StrJoin(parts, " UNION ALL "), deadline, &obstacles));
  const std::string accounts = Literals(names, "");
  std::vector<std::string> of_mysql = {
      absl::StrCat("SELECT proxied_user, CONCAT('proxy ', user) FROM mysql.proxies_priv WHERE proxied_host = '%' AND ",
                   "proxied_user IN (", accounts, ")")};
  if (!connection.is_mariadb()) {
    of_mysql.push_back(absl::StrCat("SELECT from_user, CONCAT('member ', to_user) FROM mysql.role_edges WHERE ",
                                    "from_host = '%' AND from_user IN (", accounts, ")"));
  }
  for (const std::string& sql : of_mysql) {
    const absl::Status added = Add(connection, sql, deadline, &obstacles);
    if (!added.ok() && !absl::IsPermissionDenied(added)) return added;
  }
  return obstacles;
}

}  // namespace dba::agent
