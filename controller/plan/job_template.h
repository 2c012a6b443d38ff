// SPDX-License-Identifier: Apache-2.0
//
// The Job that runs one attempt of a migration. The contract with its container: DBA_OP_CONNECTION_STRING (a URI with
// the attempt's own account), DBA_OP_JOB_ID, DBA_OP_LABEL_DATABASE, DBA_OP_LABEL_MIGRATION, with a push gateway
// DBA_OP_PROMETHEUS_PUSH_GATEWAY_ADDR, and the keys of spec.migrations.configSecretRef.
#ifndef DBA_CONTROLLER_PLAN_JOB_TEMPLATE_H_
#define DBA_CONTROLLER_PLAN_JOB_TEMPLATE_H_

#include <string>

#include "controller/api/database_migration.h"
#include "controller/api/managed_database.h"
#include "nlohmann/json.hpp"

namespace dba::plan {

// A suspended Job that is never repeated by Kubernetes: backoffLimit 0, restartPolicy Never, a disrupted Pod fails it,
// and with parallelism > 1 an Indexed Job of that many workers (Kubernetes 1.34 documentation, "Jobs").
// `job_name` is also the name of the Secret with the attempt's account, unless the admin's credentials are asked for.
nlohmann::json JobManifest(const api::ManagedDatabase& database, const api::DatabaseMigration& migration,
                           const std::string& job_name);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_JOB_TEMPLATE_H_
