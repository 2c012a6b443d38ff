// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_sessions.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

constexpr unsigned kNoSuchThread = 1094;  // ER_NO_SUCH_THREAD

std::string Cell(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

absl::StatusOr<bool> MaySeeSessions(MysqlConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet grants, connection.Run("SHOW GRANTS", deadline));
  for (const auto& row : grants.rows) {
    const std::string line = Cell(row, 0);
    const size_t on = line.find(" ON *.* ");
    if (on == std::string::npos) continue;
    const std::string rights = line.substr(0, on);
    if (absl::StrContains(rights, "PROCESS") || absl::StrContains(rights, "ALL PRIVILEGES")) return true;
  }
  return false;
}

// "10.0.0.7:56368" without its port, so that the sessions of one client are seen as such; "" for a local socket.
std::string ClientOf(absl::string_view host) {
  if (host == "localhost") return "";
  return std::string(host.substr(0, host.rfind(':')));
}

}  // namespace

// One statement for both: a login turns from unnamed to named while it holds the lock that the list takes.
absl::StatusOr<MysqlUse> ReadMysqlUse(MysqlConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const bool may_see, MaySeeSessions(connection, deadline));
  if (!may_see) {
    return absl::FailedPreconditionError(
        "the admin account cannot see the sessions of others; as root run: GRANT PROCESS ON *.* TO it");
  }
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       connection.Run("SELECT id, user, host, time FROM information_schema.processlist", deadline));
  MysqlUse use;
  for (const auto& row : rows.rows) {
    if (Cell(row, 1) == "unauthenticated user") {
      ++use.logins_in_flight;
    } else {
      use.sessions[Cell(row, 1)].push_back({Cell(row, 0), ClientOf(Cell(row, 2)), "", absl::InfinitePast()});
    }
  }
  return use;
}

absl::Status KillMysqlSession(MysqlConnection& connection, const Session& session, absl::Time deadline) {
  const absl::Status killed = connection.Run(absl::StrCat("KILL CONNECTION ", session.id), deadline).status();
  if (MysqlErrorNumber(killed) == kNoSuchThread) return absl::OkStatus();
  return ExplainMysqlDenial(killed, connection.is_mariadb() ? "GRANT CONNECTION ADMIN ON *.* TO the admin account"
                                                            : "GRANT CONNECTION_ADMIN ON *.* TO the admin account");
}

}  // namespace dba::agent
