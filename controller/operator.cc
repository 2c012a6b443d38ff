// SPDX-License-Identifier: Apache-2.0
#include "controller/operator.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/log.h"
#include "controller/plan/names.h"

namespace dba {
namespace {

// A copy of some fields of `from`.
void Keep(const Json& from, JsonPath path, Json& to, absl::string_view last) {
  const Json* found = FindJson(from, path);
  if (found != nullptr) to[std::string(last)] = *found;
}

Json Identity(const Json& object) {
  Json metadata = Json::object();
  for (absl::string_view field : {"name", "namespace", "uid", "generation", "deletionTimestamp"}) {
    Keep(object, {"metadata", field}, metadata, field);
  }
  return metadata;
}

// What can call for a look: the spec, by its generation, and annotations; not the status, which is our own writing.
Json DatabaseTrigger(const Json& object) {
  Json metadata = Identity(object);
  Keep(object, {"metadata", "annotations"}, metadata, "annotations");
  return {{"metadata", std::move(metadata)}};
}

Json MigrationCopy(const Json& object) {
  Json copy = {
      {"apiVersion", "dbaoperator.dev/v1alpha1"}, {"kind", "DatabaseMigration"}, {"metadata", Identity(object)}};
  Keep(object, {"spec"}, copy, "spec");
  return copy;
}

Json JobTrigger(const Json& object) {
  Json copy = {{"metadata", Identity(object)}};
  Keep(object, {"metadata", "labels"}, copy["metadata"], "labels");
  Keep(object, {"spec", "suspend"}, copy, "suspend");
  Keep(object, {"status", "conditions"}, copy, "conditions");
  return copy;
}

kube::Reflector::Options Watching(const kube::Resource& resource, const std::string& name_space,
                                  absl::string_view selector, Json (*transform)(const Json&)) {
  kube::Reflector::Options options;
  options.resource = resource;
  options.name_space = name_space;
  options.label_selector = std::string(selector);
  options.transform = transform;
  return options;
}

Controller::Options WithKeys(Controller::Options options, const kube::Reflector& databases) {
  options.resync_keys = [&databases] { return databases.store().Keys(); };
  return options;
}

}  // namespace

Operator::Operator(kube::KubeClient* kube, Clock* clock, SecureRandom* random, Options options,
                   ReconcileFunction reconcile)
    : controller_(clock, random, WithKeys(std::move(options.controller), databases_), std::move(reconcile)),
      databases_(kube, clock, random, Watching(kube::kManagedDatabases, options.name_space, "", DatabaseTrigger),
                 [this](const kube::ObjectKey& key) { controller_.Enqueue(key); }),
      migrations_(kube, clock, random, Watching(kube::kDatabaseMigrations, options.name_space, "", MigrationCopy),
                  [this](const kube::ObjectKey& key) { OnMigration(key); }),
      jobs_(kube, clock, random, Watching(kube::kJobs, options.name_space, plan::kDatabaseLabel, JobTrigger),
            [this](const kube::ObjectKey& key) { OnJob(key); }) {}

void Operator::StartWatching() {
  databases_.Start();
  migrations_.Start();
  jobs_.Start();
}

void Operator::StartWorking() {
  working_ = true;
  for (const kube::ObjectKey& key : databases_.store().Keys()) controller_.Enqueue(key);
  controller_.Start();
}

void Operator::Stop() {
  controller_.Stop();
  databases_.Stop();
  migrations_.Stop();
  jobs_.Stop();
}

bool Operator::HasSynced() const { return databases_.HasSynced() && migrations_.HasSynced() && jobs_.HasSynced(); }

absl::StatusOr<std::map<std::string, api::DatabaseMigration>> Operator::List(absl::string_view name_space) {
  if (!migrations_.HasSynced()) return absl::UnavailableError("DatabaseMigrations have not been listed yet");
  std::map<std::string, api::DatabaseMigration> result;
  for (const Json& object : migrations_.store().ListByNamespace(name_space)) {
    absl::StatusOr<api::DatabaseMigration> migration = api::ParseDatabaseMigration(object);
    if (!migration.ok()) {
      // The CRD refuses such an object; to the planner it is a migration that is missing, which it says.
      LogWarning("DatabaseMigration is passed over", {{"error", migration.status()}});
      continue;
    }
    std::string name = migration->meta.name;
    result.emplace(std::move(name), *std::move(migration));
  }
  return result;
}

void Operator::OnMigration(const kube::ObjectKey& key) {
  // The work begins with all ManagedDatabases anyway.
  if (!working_) return;
  for (const kube::ObjectKey& database : databases_.store().Keys()) {
    if (database.name_space == key.name_space) controller_.Enqueue(database);
  }
}

void Operator::OnJob(const kube::ObjectKey& key) {
  const std::optional<Json> job = jobs_.store().Get(key);
  std::string database;
  {
    MutexLock lock(&mu_);
    if (job.has_value()) {
      const Json* label = FindJson(*job, {"metadata", "labels", plan::kDatabaseLabel});
      if (label == nullptr || !label->is_string()) return;
      database = databases_of_jobs_[key] = label->get<std::string>();
    } else {
      const auto found = databases_of_jobs_.find(key);
      if (found == databases_of_jobs_.end()) return;
      database = found->second;
      databases_of_jobs_.erase(found);
    }
  }
  controller_.Enqueue({key.name_space, database});
}

}  // namespace dba
