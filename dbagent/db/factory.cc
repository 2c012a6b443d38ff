// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/factory.h"

#include "dbagent/db/mysql/mysql_database.h"
#include "dbagent/db/postgres/pg_database.h"

namespace dba::agent {

std::unique_ptr<Database> MakeDatabase(const Dsn& dsn, const ConnectOptions& options) {
  switch (dsn.dialect) {
    case Dialect::kPostgres:
      return std::make_unique<PgDatabase>(dsn, options);
    case Dialect::kMysql:
      return std::make_unique<MysqlDatabase>(dsn, options);
  }
  return nullptr;
}

}  // namespace dba::agent
