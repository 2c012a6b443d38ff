// SPDX-License-Identifier: Apache-2.0
//
// From the JSON that pg_facts_sql.h makes to facts. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_

#include <string>
#include <vector>

#include "common/json.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// The object of kWords. Leaves the tables and old writers alone.
void PgServerFromJson(const Json& json, hints::HintFacts* facts);

// A row of kLocks or kOldSnapshots.
hints::LockHolder PgLockHolderFromJson(const Json& json);

// A text array for a parameter.
std::string PgArray(const std::vector<std::string>& items);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_JSON_H_
