// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_server_facts.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_catalog.h"

namespace dba::agent {
namespace {

constexpr const char* kSettings[] = {"sql_mode",
                                     "old_mode",
                                     "foreign_key_checks",
                                     "innodb_instant_alter_column_allowed",
                                     "innodb_online_alter_log_max_size",
                                     "lock_wait_timeout",
                                     "max_connections",
                                     "lower_case_table_names",
                                     "system_versioning_alter_history"};

// major * 10000 + minor * 100 + patch of "10.11.6-MariaDB-1"; 0: no number.
int VersionNumber(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text.substr(0, text.find_first_not_of("0123456789.")), '.');
  int number = 0;
  for (size_t i = 0; i < 3; ++i) {
    int part = 0;
    if (i < parts.size() && !absl::SimpleAtoi(parts[i], &part)) part = 0;
    number = number * 100 + part;
  }
  return number;
}

}  // namespace

absl::StatusOr<hints::ServerFacts> ReadMysqlServer(MysqlConnection& connection, absl::Time deadline) {
  hints::ServerFacts server;
  server.engine = connection.is_mariadb() ? Engine::kMariadb : Engine::kMysql;
  server.version_text = connection.server_version();
  server.version = VersionNumber(server.version_text);
  std::vector<std::string> names;
  for (const char* name : kSettings) names.push_back(QuoteMysqlLiteral(name));
  std::string list;
  for (const std::string& name : names) absl::StrAppend(&list, list.empty() ? "" : ", ", name);
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(absl::StrCat("SHOW GLOBAL VARIABLES WHERE Variable_name IN (", list, ", 'read_only')"), deadline));
  for (const auto& row : rows.rows) server.settings[TextOf(row, 0)] = TextOf(row, 1);
  server.standby = server.Setting("read_only", "OFF") == "ON";
  return server;
}

}  // namespace dba::agent
