// SPDX-License-Identifier: Apache-2.0
//
// From credentials to the engine that serves them.
#ifndef DBA_DBAGENT_DB_FACTORY_H_
#define DBA_DBAGENT_DB_FACTORY_H_

#include <memory>

#include "dbagent/db/connect_options.h"
#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"

namespace dba::agent {

// Opens no connection yet.
std::unique_ptr<Database> MakeDatabase(const Dsn& dsn, const ConnectOptions& options);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_FACTORY_H_
