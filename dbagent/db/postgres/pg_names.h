// SPDX-License-Identifier: Apache-2.0
//
// How names that hints write are looked up on PostgreSQL.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_NAMES_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

struct PgSearchPath {
  std::vector<std::string> schemas;    // in which names without one are looked for
  std::vector<std::string> type_oids;  // of the types asked for, in order; "0": there is no such type
};

// Reads them, and leaves the transaction with pg_catalog alone on its search_path.
//   types  as hints write them
absl::StatusOr<PgSearchPath> EnterPgCatalog(PgConnection& connection, const std::vector<std::string>& types,
                                            absl::Time deadline);

// A text of pg_facts_sql.h about NAMES, with the parameters for these tables.
PgStatement AboutPgTables(absl::string_view sql, const std::vector<TableName>& tables,
                          const std::vector<std::string>& schemas);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_NAMES_H_
