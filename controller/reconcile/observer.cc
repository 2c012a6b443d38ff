// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/observer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "controller/plan/names.h"
#include "controller/reconcile/job_view.h"
#include "controller/reconcile/redact.h"
#include "controller/reconcile/secret_builder.h"
#include "controller/reconcile/workload_references.h"

namespace dba {
namespace {

// What a container wrote may hold a password that is not known now.
void HideMessages(plan::World& world) {
  if (!world.jobs.ok()) return;
  for (plan::JobView& job : *world.jobs) job.message.clear();
}

}  // namespace

absl::StatusOr<plan::World> Observer::Observe(const kube::ObjectKey& key) {
  plan::World world;
  DBA_ASSIGN_OR_RETURN(const nlohmann::json object, kube_.Get(kube::kManagedDatabases, key));
  DBA_ASSIGN_OR_RETURN(world.database, api::ParseManagedDatabase(object));
  DBA_ASSIGN_OR_RETURN(world.migrations, migrations_.List(key.name_space));
  ObserveJobs(world);
  ObserveAgent(world);
  ObserveSecrets(world);
  ObserveStart(world);
  return world;
}

absl::StatusOr<api::ManagedDatabase> Observer::ObserveIdentity(const kube::ObjectKey& key) {
  api::ManagedDatabase database;
  DBA_ASSIGN_OR_RETURN(const nlohmann::json object, kube_.Get(kube::kManagedDatabases, key));
  DBA_ASSIGN_OR_RETURN(database.meta, api::ParseMeta(object));
  return database;
}

void Observer::ObserveSecrets(plan::World& world) {
  const api::ObjectMeta& meta = world.database.meta;
  absl::StatusOr<kube::ObjectList> list =
      kube_.List(kube::kSecrets, meta.name_space, plan::DatabaseSelector(meta.name));
  if (!list.ok()) {
    world.secrets = list.status();
    HideMessages(world);
    return;
  }
  std::vector<plan::SecretView> views;
  std::vector<Secret> passwords;
  for (const nlohmann::json& object : list->items) {
    std::optional<plan::SecretView> view = ViewSecret(object, meta.uid);
    if (!view.has_value()) continue;
    views.push_back(*std::move(view));
    absl::StatusOr<Secret> password = SecretValue(object, "password");
    if (password.ok()) passwords.push_back(*std::move(password));
  }
  world.secrets = std::move(views);
  if (!world.jobs.ok()) return;
  for (plan::JobView& job : *world.jobs) job.message = Redact(job.message, passwords);
}

void Observer::ObserveJobs(plan::World& world) {
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
      if (!words.empty()) view->message = words;
    }
    views.push_back(*std::move(view));
  }
  world.jobs = std::move(views);
}

void Observer::ObserveStart(plan::World& world) {
  if (!world.jobs.ok() || !world.secrets.ok()) return;
  for (plan::JobView& job : *world.jobs) {
    if (job.phase != plan::JobView::Phase::kRunning) continue;
    const bool has_secret = std::any_of(world.secrets->begin(), world.secrets->end(),
                                        [&](const plan::SecretView& secret) { return secret.name == job.name; });
    if (has_secret) continue;
    const absl::StatusOr<kube::ObjectList> pods =
        kube_.List(kube::kPods, world.database.meta.name_space, PodsOfJobSelector(job));
    if (pods.ok()) job.started = HasStarted(pods->items);
  }
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

void Observer::ObserveHints(plan::World& world, const api::DatabaseMigration& migration) {
  const agent::HintRequest request = {world.database.meta.uid, migration.hints, world.database.spec.hints};
  world.hints = agents_.Get(world.database.spec.agent_address)->CheckHints(request);
  world.hints_observed = true;
}

void Observer::ObserveReferences(plan::World& world) {
  if (!world.secrets.ok()) {
    world.references = world.secrets.status();
    return;
  }
  std::set<std::string> ours;
  for (const plan::SecretView& secret : *world.secrets) {
    ours.insert(secret.name);
    ours.insert(plan::ApplicationSecret(world.database.meta.name, secret.version));
  }
  if (world.accounts.ok()) {
    // A Pod may wait for a Secret that somebody deleted.
    for (const api::Account& account : world.accounts->accounts) {
      ours.insert(plan::ApplicationSecret(world.database.meta.name, account.version));
    }
  }
  world.references = FindReferences(kube_, world.database, ours);
}

absl::Status Observer::Probe(const plan::World& world, const plan::ProbeTarget& target) {
  DBA_ASSIGN_OR_RETURN(const nlohmann::json secret,
                       kube_.Get(kube::kSecrets, {world.database.meta.name_space, target.secret_name}));
  const std::optional<plan::SecretView> view = ViewSecret(secret, world.database.meta.uid);
  if (!view.has_value() || view->uid != target.secret_uid) {
    return absl::UnknownError(absl::StrCat("Secret ", target.secret_name, " has changed"));
  }
  const absl::StatusOr<Secret> password = SecretValue(secret, "password");
  if (!password.ok()) return absl::UnknownError(password.status().message());
  return agents_.Get(world.database.spec.agent_address)->ProbeAccount(target.account, *password);
}

void Observer::ObserveProbes(const std::vector<plan::ProbeTarget>& targets, absl::Time now, plan::World& world) {
  for (const plan::ProbeTarget& target : targets) {
    const absl::Status tried = Probe(world, target);
    plan::Probe& probe = world.memory.probes[target.account];
    probe.outcome = tried.ok()                          ? plan::Login::kLoggedIn
                    : agent::IsRefusedForLock(tried)    ? plan::Login::kLocked
                    : absl::IsFailedPrecondition(tried) ? plan::Login::kRefused
                                                        : plan::Login::kUnknown;
    probe.server_identity = world.schema->identity;
    probe.secret_uid = target.secret_uid;
    probe.at = now;
  }
}

}  // namespace dba
