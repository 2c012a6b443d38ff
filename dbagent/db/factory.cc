// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/factory.h"

#include "dbagent/db/postgres/pg_database.h"

namespace dba::agent {

std::unique_ptr<Database> MakeDatabase(const Dsn& dsn, const ConnectOptions& options) {
  return std::make_unique<PgDatabase>(dsn, options);
}

}  // namespace dba::agent
