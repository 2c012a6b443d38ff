// SPDX-License-Identifier: Apache-2.0
//
// Where the admin credentials point to, parsed from the keys of the mounted Secret. Pure: text in, value out.
// Only known keywords are accepted, so that a Secret cannot change how the agent connects (options, service files,
// socket paths, a weaker sslmode). No error ever repeats a value that could hold the password.
#ifndef DBA_DBAGENT_DB_DSN_H_
#define DBA_DBAGENT_DB_DSN_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/secret.h"

namespace dba::agent {

enum class Dialect { kPostgres, kMysql };

struct Dsn {
  Dialect dialect = Dialect::kPostgres;
  std::string host;
  uint16_t port = 0;
  std::string database;
  std::string username;
  Secret password;
};

// Parses postgresql://, postgres://, mysql:// or mariadb://user:password@host[:port]/database[?parameters].
// User, password and database are percent-decoded; the port defaults to the engine's. Parameters sslmode, ssl-mode,
// connect_timeout, application_name and target_session_attrs are read past: the agent's flags decide them.
// INVALID_ARGUMENT names the part that is wrong and the remedy.
absl::StatusOr<Dsn> ParseDsnUri(absl::string_view uri);

// Takes the keys of a credentials Secret: `uri`, or host, dbname, username, password and optionally port and engine
// (postgresql, mysql or mariadb). Without engine the port decides: 5432 is PostgreSQL, 3306 is MySQL or MariaDB.
// `password` and `username` stand above those in `uri`. One newline at the end of a value is not part of it.
absl::StatusOr<Dsn> DsnFromKeys(const std::map<std::string, std::string>& keys);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_DSN_H_
