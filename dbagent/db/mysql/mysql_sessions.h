// SPDX-License-Identifier: Apache-2.0
//
// Who uses which account of MySQL and MariaDB at one moment, and how that is ended.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_SESSIONS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_SESSIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct MysqlUse {
  std::map<std::string, std::vector<Session>> sessions;  // by account
  uint32_t logins_in_flight = 0;
};

// A login that passed the check of the lock before this call is in what it returns, as a session or as in flight. Both
// servers look an account up when its name comes and let its client take up to connect_timeout for the password.
//   patience  how long to wait for the logins that are in flight now to become sessions or to go. Those that come later
//             do not count: they see the lock. So a server that is never without a login does not hinder for ever.
// FAILED_PRECONDITION: without PROCESS the admin sees no sessions but its own.
absl::StatusOr<MysqlUse> ReadMysqlUse(MysqlConnection& connection, absl::Duration patience, absl::Time deadline);

// Ends one session; one that has ended by itself is success. PERMISSION_DENIED names the right that is missing.
absl::Status KillMysqlSession(MysqlConnection& connection, const Session& session, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_SESSIONS_H_
