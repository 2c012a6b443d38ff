// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_sessions.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

constexpr unsigned kNoSuchThread = 1094;  // ER_NO_SUCH_THREAD
constexpr absl::Duration kPause = absl::Milliseconds(10);

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

// Fills the sessions; who is in flight. One statement for both: a login turns from unnamed to named while it holds the
// lock that the list takes.
absl::StatusOr<std::set<std::string>> ReadSessions(MysqlConnection& connection, absl::Time deadline, MysqlUse* use) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       connection.Run("SELECT id, user, host, command FROM information_schema.processlist", deadline));
  use->sessions.clear();
  std::set<std::string> in_flight;
  for (const auto& row : rows.rows) {
    // MariaDB names a login before it looks the account up, MySQL when it has ended. Threads of a replica connect, too.
    const bool connecting = Cell(row, 3) == "Connect" && Cell(row, 1) != "system user";
    if (connecting || Cell(row, 1) == "unauthenticated user") {
      in_flight.insert(Cell(row, 0));
    } else {
      use->sessions[Cell(row, 1)].push_back({Cell(row, 0), ClientOf(Cell(row, 2)), "", absl::InfinitePast()});
    }
  }
  return in_flight;
}

}  // namespace

absl::StatusOr<MysqlUse> ReadMysqlUse(MysqlConnection& connection, absl::Duration patience, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const bool may_see, MaySeeSessions(connection, deadline));
  if (!may_see) {
    return absl::FailedPreconditionError(
        "the admin account cannot see the sessions of others; as root run: GRANT PROCESS ON *.* TO it");
  }
  const absl::Time end = std::min(absl::Now() + patience, deadline);
  MysqlUse use;
  DBA_ASSIGN_OR_RETURN(std::set<std::string> noted, ReadSessions(connection, deadline, &use));
  while (!noted.empty() && absl::Now() < end) {
    absl::SleepFor(kPause);
    DBA_ASSIGN_OR_RETURN(const std::set<std::string> in_flight, ReadSessions(connection, deadline, &use));
    for (auto id = noted.begin(); id != noted.end();) id = in_flight.count(*id) == 0 ? noted.erase(id) : ++id;
  }
  use.logins_in_flight = static_cast<uint32_t>(noted.size());
  return use;
}

absl::Status KillMysqlSession(MysqlConnection& connection, const Session& session, absl::Time deadline) {
  const absl::Status killed = connection.Run(absl::StrCat("KILL CONNECTION ", session.id), deadline).status();
  if (MysqlErrorNumber(killed) == kNoSuchThread) return absl::OkStatus();
  return ExplainMysqlDenial(killed, connection.is_mariadb() ? "GRANT CONNECTION ADMIN ON *.* TO the admin account"
                                                            : "GRANT CONNECTION_ADMIN ON *.* TO the admin account");
}

}  // namespace dba::agent
