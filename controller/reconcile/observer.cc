// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/observer.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/status_macros.h"
#include "controller/plan/names.h"
#include "controller/reconcile/job_view.h"
#include "controller/reconcile/redact.h"
#include "controller/reconcile/secret_builder.h"
#include "controller/reconcile/secret_references.h"

namespace dba {

absl::StatusOr<plan::World> Observer::Observe(const kube::ObjectKey& key) {
  plan::World world;
  DBA_ASSIGN_OR_RETURN(const nlohmann::json object, kube_.Get(kube::kManagedDatabases, key));
  DBA_ASSIGN_OR_RETURN(world.database, api::ParseManagedDatabase(object));
  DBA_ASSIGN_OR_RETURN(world.migrations, migrations_.List(key.name_space));
  std::vector<Secret> passwords;
  ObserveSecrets(world, passwords);
  ObserveJobs(world, passwords);
  ObserveAgent(world);
  return world;
}

absl::StatusOr<api::ManagedDatabase> Observer::ObserveIdentity(const kube::ObjectKey& key) {
  api::ManagedDatabase database;
  DBA_ASSIGN_OR_RETURN(const nlohmann::json object, kube_.Get(kube::kManagedDatabases, key));
  DBA_ASSIGN_OR_RETURN(database.meta, api::ParseMeta(object));
  return database;
}

void Observer::ObserveSecrets(plan::World& world, std::vector<Secret>& passwords) {
  const api::ObjectMeta& meta = world.database.meta;
  absl::StatusOr<kube::ObjectList> list =
      kube_.List(kube::kSecrets, meta.name_space, plan::DatabaseSelector(meta.name));
  if (!list.ok()) {
    world.secrets = list.status();
    return;
  }
  std::vector<plan::SecretView> views;
  for (const nlohmann::json& object : list->items) {
    std::optional<plan::SecretView> view = ViewSecret(object, meta.uid);
    if (!view.has_value()) continue;
    views.push_back(*std::move(view));
    absl::StatusOr<Secret> password = SecretValue(object, "password");
    if (password.ok()) passwords.push_back(*std::move(password));
  }
  world.secrets = std::move(views);
}

void Observer::ObserveJobs(plan::World& world, const std::vector<Secret>& passwords) {
  const api::ObjectMeta& meta = world.database.meta;
  absl::StatusOr<kube::ObjectList> list = kube_.List(kube::kJobs, meta.name_space, plan::DatabaseSelector(meta.name));
  if (!list.ok()) {
    world.jobs = list.status();
    return;
  }
  std::vector<plan::JobView> views;
  for (const nlohmann::json& object : list->items) {
    if (!IsControlledBy(object, meta.uid)) continue;
    absl::StatusOr<plan::JobView> view = ParseJob(object);
    if (!view.ok()) {
      world.jobs = view.status();
      return;
    }
    if (view->phase == plan::JobView::Phase::kFailed) {
      // Best effort: the Job's own reason remains when its Pods are gone.
      const absl::StatusOr<kube::ObjectList> pods = kube_.List(kube::kPods, meta.name_space, PodsOfJobSelector(*view));
      const std::string words = pods.ok() ? LastWords(pods->items) : "";
      view->message = Redact(words.empty() ? view->message : words, passwords);
    }
    views.push_back(*std::move(view));
  }
  world.jobs = std::move(views);
}

void Observer::ObserveAgent(plan::World& world) {
  const api::ManagedDatabaseSpec& spec = world.database.spec;
  if (spec.agent_address.empty()) return;
  const std::shared_ptr<agent::AgentClient> client = agents_.Get(spec.agent_address);
  world.schema = client->GetDatabase({spec.version_table_preset, spec.version_table_query});
  world.agent_reachable = agent::AgentAnswered(world.schema.status());
  if (!world.schema.ok()) {
    world.accounts = world.schema.status();
    return;
  }
  world.accounts = client->ListAccounts(world.database.meta.uid);
  if (!agent::AgentAnswered(world.accounts.status())) world.agent_reachable = false;
}

void Observer::ObserveReferences(plan::World& world) {
  if (!world.secrets.ok()) {
    world.references = world.secrets.status();
    return;
  }
  const absl::StatusOr<kube::ObjectList> pods = kube_.List(kube::kPods, world.database.meta.name_space, "");
  if (!pods.ok()) {
    world.references = pods.status();
    return;
  }
  std::set<std::string> ours;
  for (const plan::SecretView& secret : *world.secrets) ours.insert(secret.name);
  if (world.accounts.ok()) {
    // A Pod may wait for a Secret that somebody deleted.
    for (const api::Account& account : world.accounts->accounts) {
      ours.insert(plan::ApplicationSecret(world.database.meta.name, account.version));
    }
  }
  std::vector<plan::SecretReference> references;
  for (const nlohmann::json& pod : pods->items) {
    for (const std::string& name : SecretsOfPod(pod)) {
      if (ours.count(name) == 0) continue;
      const absl::StatusOr<api::ObjectMeta> meta = api::ParseMeta(pod);
      references.push_back({name, meta.ok() ? meta->name : "without a name"});
    }
  }
  world.references = std::move(references);
}

}  // namespace dba
