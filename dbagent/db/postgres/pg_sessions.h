// SPDX-License-Identifier: Apache-2.0
//
// Who uses which role at one moment: sessions, logins in flight, prepared transactions.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_SESSIONS_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_SESSIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/postgres/pg_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct PgUse {
  std::map<std::string, std::vector<Session>> sessions;  // by role oid
  std::map<std::string, uint32_t> prepared;              // by role name
  uint32_t logins_in_flight = 0;
};

// A login that passed the check of rolcanlogin before this call is in what it returns, as a session or as in flight.
// What a session does under another role by SET ROLE is nowhere visible: members stand for it.
//   patience  how long to wait for the logins that are in flight now to become sessions or to go. Those that come later
//             do not count: they see the lock. So a server that is never without a login does not hinder for ever.
absl::StatusOr<PgUse> ReadPgUse(PgConnection& connection, absl::Duration patience, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_SESSIONS_H_
