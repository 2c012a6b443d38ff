// SPDX-License-Identifier: Apache-2.0
//
// The DatabaseMigration custom resource (crds/databasemigrations.yaml) as a value.
#ifndef DBA_CONTROLLER_API_DATABASE_MIGRATION_H_
#define DBA_CONTROLLER_API_DATABASE_MIGRATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/api/meta.h"
#include "nlohmann/json.hpp"

namespace dba::api {

struct DatabaseMigration {
  ObjectMeta meta;
  std::string previous;      // empty for the first of a chain
  std::string version;       // what the version table says once it is applied
  nlohmann::json container;  // core/v1 Container; null when `pod_template` is set
  nlohmann::json pod_template;
  int parallelism = 1;
  std::vector<nlohmann::json> hints;  // as they are; the agent reads them
};

// INVALID_ARGUMENT names the field and what it should be.
absl::StatusOr<DatabaseMigration> ParseDatabaseMigration(const nlohmann::json& object);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_DATABASE_MIGRATION_H_
