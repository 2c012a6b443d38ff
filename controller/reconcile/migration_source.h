// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_MIGRATION_SOURCE_H_
#define DBA_CONTROLLER_RECONCILE_MIGRATION_SOURCE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/api/database_migration.h"

namespace dba {

// Where DatabaseMigrations are read from: a watch's cache. It may lag behind;
// what a DatabaseMigration says is immutable, and one that is not seen yet only
// makes a migration wait. Thread-safe.
class MigrationSource {
 public:
  virtual ~MigrationSource() = default;

  // All of the namespace, by name. UNAVAILABLE before the first list has
  // arrived.
  virtual absl::StatusOr<std::map<std::string, api::DatabaseMigration>> List(absl::string_view name_space) = 0;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_MIGRATION_SOURCE_H_
