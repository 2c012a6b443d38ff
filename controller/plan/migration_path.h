// SPDX-License-Identifier: Apache-2.0
//
// Finds the migrations that lead from what the version table says to the desired version.
#ifndef DBA_CONTROLLER_PLAN_MIGRATION_PATH_H_
#define DBA_CONTROLLER_PLAN_MIGRATION_PATH_H_

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/api/agent_view.h"
#include "controller/api/database_migration.h"
#include "controller/plan/verdict.h"

namespace dba::plan {

struct MigrationPath {
  std::string current;               // the name of a DatabaseMigration; empty: none has run
  std::vector<std::string> pending;  // names, in the order in which they are to run; empty: current is desired
};

// The path, or why there is none: MissingMigration (a gap), MigrationCycle, MigrationFork (current is not on the way
// to desired), DesiredVersionOlder, DuplicateVersion, UnknownVersion, MultipleHeads, VersionTableDirty,
// VersionUnknown. `desired` is the name of a DatabaseMigration.
std::variant<MigrationPath, Verdict> FindMigrationPath(const std::map<std::string, api::DatabaseMigration>& migrations,
                                                       const std::string& desired, const api::SchemaVersion& version);

// Whether the version table shows that the DatabaseMigration `name`, or a later one of its chain, is applied.
bool HasReached(const std::map<std::string, api::DatabaseMigration>& migrations, const std::string& name,
                const api::SchemaVersion& version);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_MIGRATION_PATH_H_
