// SPDX-License-Identifier: Apache-2.0
//
// The constraints of one table on MySQL or MariaDB, and the foreign keys that point to it.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_CONSTRAINT_FACTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_CONSTRAINT_FACTS_H_

#include "absl/status/status.h"
#include "dbagent/db/mysql/mysql_catalog.h"
#include "dbagent/hints/table_facts.h"

namespace dba::agent {

// table  with its indexes: the unique ones are constraints
absl::Status ReadMysqlConstraints(MysqlCatalog& catalog, hints::TableFacts* table);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_CONSTRAINT_FACTS_H_
