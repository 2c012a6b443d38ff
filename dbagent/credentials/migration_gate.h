// SPDX-License-Identifier: Apache-2.0
//
// Whether an attempt of a migration may start. Pure. Guards: a migration's effect happens at most once.
#ifndef DBA_DBAGENT_CREDENTIALS_MIGRATION_GATE_H_
#define DBA_DBAGENT_CREDENTIALS_MIGRATION_GATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// FAILED_PRECONDITION: a migrator of the owner has a session or a prepared transaction, or there is one that a login in
// flight may be of.
//   list  of Database::ListAccounts
absl::Status CheckNoMigratorAtWork(const AccountList& list);

// FAILED_PRECONDITION: the version is not exactly the expected one, is dirty, or is not known.
//   expected  sorted; empty: no migration has run
absl::Status CheckVersionIs(const SchemaVersion& version, const std::vector<std::string>& expected);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_MIGRATION_GATE_H_
