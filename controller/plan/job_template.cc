// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/job_template.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

using nlohmann::json;

constexpr char kContainerName[] = "migration";

json ValueVariable(absl::string_view name, absl::string_view value) {
  return {{"name", std::string(name)}, {"value", std::string(value)}};
}

// The member `key` of an object, made an empty `kind` when it is absent or of another type: what a user wrote there the
// API server refuses or ignores.
json& Member(json& object, const char* key, json::value_t kind) {
  json& member = object[key];
  if (member.type() != kind) member = json(kind);
  return member;
}

// Ours come first, so that the container's own variables can refer to them as $(NAME); a variable of the container
// with one of our names is dropped.
json Environment(const api::ManagedDatabase& database, const api::DatabaseMigration& migration,
                 const std::string& job_name, const json& own) {
  const bool admin = database.spec.migration_credentials == api::MigrationCredentials::kAdmin;
  json result = json::array();
  result.push_back(
      {{"name", "DBA_OP_CONNECTION_STRING"},
       {"valueFrom", {{"secretKeyRef", {{"name", admin ? database.spec.admin_secret : job_name}, {"key", "uri"}}}}}});
  result.push_back(ValueVariable("DBA_OP_JOB_ID", job_name));
  result.push_back(ValueVariable("DBA_OP_LABEL_DATABASE", database.meta.name));
  result.push_back(ValueVariable("DBA_OP_LABEL_MIGRATION", migration.meta.name));
  if (!database.spec.push_gateway.empty()) {
    result.push_back(ValueVariable("DBA_OP_PROMETHEUS_PUSH_GATEWAY_ADDR", database.spec.push_gateway));
  }
  const size_t ours = result.size();
  for (const json& variable : own) {
    bool taken = false;
    for (size_t i = 0; i < ours; ++i) {
      taken = taken || (variable.is_object() && variable.value("name", json()) == result[i]["name"]);
    }
    if (!taken) result.push_back(variable);
  }
  return result;
}

json Container(const api::ManagedDatabase& database, const api::DatabaseMigration& migration,
               const std::string& job_name, json container) {
  if (!container.contains("name")) container["name"] = kContainerName;
  container["env"] = Environment(database, migration, job_name, Member(container, "env", json::value_t::array));
  if (!database.spec.config_secret.empty()) {
    Member(container, "envFrom", json::value_t::array)
        .push_back({{"secretRef", {{"name", database.spec.config_secret}}}});
  }
  // The last lines of a container that failed become its termination message, and so the CR's status.
  if (!container.contains("terminationMessagePolicy")) container["terminationMessagePolicy"] = "FallbackToLogsOnError";
  if (!container.contains("securityContext")) {
    container["securityContext"] = {{"allowPrivilegeEscalation", false}, {"capabilities", {{"drop", {"ALL"}}}}};
  }
  return container;
}

json PodTemplate(const api::ManagedDatabase& database, const api::DatabaseMigration& migration,
                 const std::string& job_name) {
  json pod = migration.pod_template.is_object() ? migration.pod_template : json::object();
  json& spec = Member(pod, "spec", json::value_t::object);
  if (migration.container.is_object()) spec["containers"] = json::array({migration.container});
  for (json& container : Member(spec, "containers", json::value_t::array)) {
    if (container.is_object()) container = Container(database, migration, job_name, container);
  }
  spec["restartPolicy"] = "Never";
  if (!spec.contains("automountServiceAccountToken")) spec["automountServiceAccountToken"] = false;
  if (!spec.contains("securityContext")) spec["securityContext"] = {{"seccompProfile", {{"type", "RuntimeDefault"}}}};
  if (!database.spec.service_account_name.empty()) spec["serviceAccountName"] = database.spec.service_account_name;
  json& labels = Member(Member(pod, "metadata", json::value_t::object), "labels", json::value_t::object);
  for (const auto& [key, value] : Labels(database.meta.name, migration.meta.name)) labels[key] = value;
  return pod;
}

}  // namespace

json JobManifest(const api::ManagedDatabase& database, const api::DatabaseMigration& migration,
                 const std::string& job_name) {
  json spec = {
      {"suspend", true},
      {"backoffLimit", 0},
      {"completions", migration.parallelism},
      {"parallelism", migration.parallelism},
      {"completionMode", migration.parallelism > 1 ? "Indexed" : "NonIndexed"},
      {"podReplacementPolicy", "Failed"},
      {"podFailurePolicy",
       {{"rules",
         {{{"action", "FailJob"}, {"onPodConditions", {{{"type", "DisruptionTarget"}, {"status", "True"}}}}}}}}},
      {"template", PodTemplate(database, migration, job_name)},
  };
  if (database.spec.active_deadline_seconds.has_value()) {
    spec["activeDeadlineSeconds"] = *database.spec.active_deadline_seconds;
  }
  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"metadata",
           {{"name", job_name},
            {"namespace", database.meta.name_space},
            {"labels", Labels(database.meta.name, migration.meta.name)},
            {"ownerReferences",
             {{{"apiVersion", "dbaoperator.dev/v1alpha1"},
               {"kind", "ManagedDatabase"},
               {"name", database.meta.name},
               {"uid", database.meta.uid},
               {"controller", true},
               {"blockOwnerDeletion", true}}}}}},
          {"spec", std::move(spec)}};
}

}  // namespace dba::plan
