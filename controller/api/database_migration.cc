// SPDX-License-Identifier: Apache-2.0
#include "controller/api/database_migration.h"

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"

namespace dba::api {

absl::StatusOr<DatabaseMigration> ParseDatabaseMigration(const Json& object) {
  DatabaseMigration migration;
  DBA_ASSIGN_OR_RETURN(migration.meta, ParseMeta(object));
  DBA_ASSIGN_OR_RETURN(migration.previous, GetStringOr(object, {"spec", "previous"}, ""));
  DBA_ASSIGN_OR_RETURN(migration.version, GetStringOr(object, {"spec", "version"}, migration.meta.name));
  DBA_ASSIGN_OR_RETURN(const int64_t parallelism, GetIntOr(object, {"spec", "parallelism"}, 1));
  if (parallelism < 1 || parallelism > 1000) {
    return absl::InvalidArgumentError(absl::StrCat("spec.parallelism is ", parallelism, "; it must be from 1 to 1000"));
  }
  migration.parallelism = static_cast<int>(parallelism);
  if (const Json* container = FindJson(object, {"spec", "container"})) migration.container = *container;
  if (const Json* pod_template = FindJson(object, {"spec", "template"})) migration.pod_template = *pod_template;
  if (migration.container.is_object() == migration.pod_template.is_object()) {
    return absl::InvalidArgumentError("spec must have one of container and template");
  }
  DBA_ASSIGN_OR_RETURN(const Json* hints, GetArrayOrEmpty(object, {"spec", "hints"}));
  migration.hints.assign(hints->begin(), hints->end());
  return migration;
}

}  // namespace dba::api
