// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/executor.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "controller/plan/names.h"
#include "controller/reconcile/job_view.h"
#include "controller/reconcile/secret_builder.h"

namespace dba {
namespace {

// An object that is gone already is what a delete wants.
absl::StatusOr<Effect> Deleted(const absl::Status& status) {
  if (status.ok()) return Effect::kChanged;
  if (absl::IsNotFound(status)) return Effect::kNone;
  return status;
}

absl::StatusOr<Effect> Changed(const absl::StatusOr<bool>& changed) {
  if (!changed.ok()) return changed.status();
  return *changed ? Effect::kChanged : Effect::kNone;
}

absl::StatusOr<Effect> Done(const absl::Status& status) {
  if (!status.ok()) return status;
  return Effect::kChanged;
}

// Whether two statuses say the same, in whatever order their conditions stand: server-side apply keeps those that are
// there already in their old places.
bool SayTheSame(const nlohmann::json& a, const nlohmann::json& b) {
  if (a.size() != b.size()) return false;
  for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
    if (left.key() != right.key()) return false;
    const bool same = left.key() == "conditions" && left->size() == right->size()
                          ? std::is_permutation(left->begin(), left->end(), right->begin())
                          : *left == *right;
    if (!same) return false;
  }
  return true;
}

}  // namespace

struct Executor::Visitor {
  Executor& executor;
  const plan::World& world;

  const api::ManagedDatabase& database() const { return world.database; }
  const std::string& uid() const { return world.database.meta.uid; }
  kube::ObjectKey Key(const std::string& name) const { return {world.database.meta.name_space, name}; }
  std::shared_ptr<agent::AgentClient> Agent() const { return executor.agents_.Get(world.database.spec.agent_address); }

  // A Secret of ours. FAILED_PRECONDITION: somebody else's stands in its place.
  absl::StatusOr<nlohmann::json> GetSecret(const std::string& name, const std::string& account) const {
    DBA_ASSIGN_OR_RETURN(nlohmann::json secret, executor.kube_.Get(kube::kSecrets, Key(name)));
    const std::optional<plan::SecretView> view = ViewSecret(secret, uid());
    if (view.has_value() && view->account == account) return secret;
    return absl::FailedPreconditionError(absl::StrCat("Secret ", database().meta.name_space, "/", name,
                                                      " exists and is not of ManagedDatabase ", database().meta.name,
                                                      "; rename or delete it"));
  }

  absl::StatusOr<Secret> Password(const std::string& secret_name, const std::string& account) const {
    DBA_ASSIGN_OR_RETURN(const nlohmann::json secret, GetSecret(secret_name, account));
    return SecretValue(secret, "password");
  }

  // Makes the Secret; when one of ours exists already, calls `existing` with
  // it.
  template <typename Existing>
  absl::StatusOr<Effect> PostSecret(const SecretIdentity& identity, const Secret& password, Existing existing) const {
    DBA_ASSIGN_OR_RETURN(const nlohmann::json object, BuildSecret(database(), world.schema, identity, password));
    const absl::Status created = executor.kube_.Create(kube::kSecrets, object).status();
    if (!absl::IsAlreadyExists(created)) return Done(created);
    DBA_ASSIGN_OR_RETURN(const nlohmann::json found, GetSecret(identity.name, identity.account));
    DBA_RETURN_IF_ERROR(existing(found));
    return Effect::kNone;
  }

  absl::StatusOr<Effect> operator()(const plan::ConfigureDataMetrics& action) const {
    return Done(Agent()->ConfigureDataMetrics(absl::StrCat(database().meta.name_space, "/", database().meta.name),
                                              database().spec.data_metrics, action.digest));
  }

  absl::StatusOr<Effect> operator()(const plan::CreateSecret& action) const {
    return PostSecret({action.name, action.role, action.version, action.account}, GeneratePassword(executor.random_),
                      [](const nlohmann::json& found) { return SecretValue(found, "password").status(); });
  }

  absl::StatusOr<Effect> operator()(const plan::EnsureAccount& action) const {
    DBA_ASSIGN_OR_RETURN(const Secret password, Password(action.secret_name, action.account));
    agent::AccountRequest request;
    request.owner = uid();
    request.name = action.account;
    request.kind = action.kind;
    request.version = action.version;
    request.privileges = database().spec.credentials.privileges;
    request.extra_grants = database().spec.credentials.extra_grants;
    request.lock_timeout = database().spec.lock_timeout;
    request.connection_limit = database().spec.connection_limit;
    request.replace_password = action.replace_password;
    return Changed(Agent()->EnsureAccount(request, password));
  }

  absl::StatusOr<Effect> operator()(const plan::ProbeAccount& action) const {
    DBA_ASSIGN_OR_RETURN(const Secret password, Password(action.secret_name, action.account));
    DBA_RETURN_IF_ERROR(Agent()->ProbeAccount(action.account, password));
    return Effect::kNone;
  }

  absl::StatusOr<Effect> operator()(const plan::PublishSecret& action) const {
    DBA_ASSIGN_OR_RETURN(const Secret password, Password(action.from, action.account));
    return PostSecret(
        {action.name, plan::SecretRole::kApplication, action.version, action.account}, password,
        [&](const nlohmann::json& found) -> absl::Status {
          DBA_ASSIGN_OR_RETURN(const Secret published, SecretValue(found, "password"));
          if (published == password) return absl::OkStatus();
          return absl::AbortedError(absl::StrCat("Secret ", action.name, " holds another password than its intent"));
        });
  }

  // Makes `action.name` of the same contents as `action.from`.
  template <typename Action>
  absl::StatusOr<Effect> Copy(const Action& action, plan::SecretRole role) const {
    DBA_ASSIGN_OR_RETURN(const nlohmann::json from, GetSecret(action.from, action.account));
    const nlohmann::json copy = CopySecret(database(), {action.name, role, action.version, action.account}, from);
    const absl::Status created = executor.kube_.Create(kube::kSecrets, copy).status();
    if (!absl::IsAlreadyExists(created)) return Done(created);
    DBA_ASSIGN_OR_RETURN(const nlohmann::json found, GetSecret(action.name, action.account));
    if (found.value("data", nlohmann::json()) == copy["data"]) return Keep(action.name, found["metadata"]);
    return absl::FailedPreconditionError(absl::StrCat("Secret ", action.name, " exists and holds something else than ",
                                                      action.from, "; delete the one that is out of date"));
  }

  // Writes a value that no earlier write left there, so that the resourceVersion changes.
  absl::StatusOr<Effect> Keep(const std::string& name, const nlohmann::json& seen) const {
    const std::string version = seen.value("resourceVersion", "");
    const nlohmann::json patch = {{"metadata",
                                   {{"uid", seen.value("uid", "")},
                                    {"resourceVersion", version},
                                    {"annotations", {{plan::kKeptAnnotation, version}}}}}};
    const absl::Status kept = executor.kube_.MergePatch(kube::kSecrets, Key(name), patch).status();
    if (!absl::IsNotFound(kept)) return Done(kept);
    return absl::AbortedError(absl::StrCat("Secret ", name, " was deleted since it was looked at"));
  }

  absl::StatusOr<Effect> operator()(const plan::KeepSecret& action) const {
    return Keep(action.name, {{"uid", action.uid}, {"resourceVersion", action.resource_version}});
  }

  absl::StatusOr<Effect> operator()(const plan::QuarantineSecret& action) const {
    return Copy(action, plan::SecretRole::kQuarantine);
  }

  absl::StatusOr<Effect> operator()(const plan::RestoreSecret& action) const {
    return Copy(action, plan::SecretRole::kApplication);
  }

  absl::StatusOr<Effect> operator()(const plan::DeleteSecret& action) const {
    return Deleted(executor.kube_.Delete(kube::kSecrets, Key(action.name), {action.uid, action.resource_version}));
  }

  absl::StatusOr<Effect> operator()(const plan::LockAccount& action) const {
    return Done(Agent()->LockAccount(uid(), action.account));
  }

  absl::StatusOr<Effect> operator()(const plan::UnlockAccount& action) const {
    return Done(Agent()->UnlockAccount(uid(), action.account));
  }

  absl::StatusOr<Effect> operator()(const plan::TerminateSessions& action) const {
    const absl::StatusOr<int> ended = Agent()->TerminateSessions(uid(), action.account);
    if (!ended.ok()) return ended.status();
    return *ended > 0 ? Effect::kChanged : Effect::kNone;
  }

  absl::StatusOr<Effect> operator()(const plan::DropAccount& action) const {
    return Changed(Agent()->DropAccount(uid(), action.account));
  }

  absl::StatusOr<Effect> operator()(const plan::CreateJob& action) const {
    const absl::Status created = executor.kube_.Create(kube::kJobs, action.manifest).status();
    if (!absl::IsAlreadyExists(created)) return Done(created);
    DBA_ASSIGN_OR_RETURN(const nlohmann::json found, executor.kube_.Get(kube::kJobs, Key(action.name)));
    if (IsControlledBy(found, uid())) return Effect::kNone;
    return absl::FailedPreconditionError(absl::StrCat("Job ", database().meta.name_space, "/", action.name,
                                                      " exists and is not of ManagedDatabase ", database().meta.name,
                                                      "; delete it"));
  }

  absl::StatusOr<Effect> operator()(const plan::BeginMigration& action) const {
    const api::ManagedDatabaseSpec& spec = database().spec;
    DBA_RETURN_IF_ERROR(
        Agent()->BeginMigration(uid(), {spec.version_table_preset, spec.version_table_query}, action.expected));
    return Effect::kNone;
  }

  absl::StatusOr<Effect> operator()(const plan::ReleaseJob& action) const {
    const nlohmann::json patch = {{"metadata", {{"uid", action.uid}, {"resourceVersion", action.resource_version}}},
                                  {"spec", {{"suspend", false}}}};
    return Done(executor.kube_.MergePatch(kube::kJobs, Key(action.name), patch).status());
  }

  absl::StatusOr<Effect> operator()(const plan::DeleteJob& action) const {
    return Deleted(executor.kube_.Delete(kube::kJobs, Key(action.name), {action.uid, action.resource_version}));
  }

  absl::StatusOr<Effect> operator()(const plan::SetFinalizers& action) const {
    const api::ObjectMeta& meta = database().meta;
    const nlohmann::json patch = {
        {"metadata",
         {{"uid", meta.uid}, {"resourceVersion", meta.resource_version}, {"finalizers", action.finalizers}}}};
    const absl::Status patched =
        executor.kube_.MergePatch(kube::kManagedDatabases, {meta.name_space, meta.name}, patch).status();
    if (absl::IsNotFound(patched) && !action.present) return Effect::kNone;
    return Done(patched);
  }
};

absl::Status Executor::Reach(absl::string_view description, absl::string_view edge) const {
  if (!crash_point_) return absl::OkStatus();
  const std::pair<absl::string_view, absl::string_view> words = absl::StrSplit(description, absl::MaxSplits(' ', 1));
  return crash_point_(absl::StrCat(words.first, ".", edge), words.second);
}

absl::StatusOr<Effect> Executor::ApplyStatus(const plan::World& world, const api::ManagedDatabaseStatus& status) {
  nlohmann::json wanted = api::ToJson(status);
  if (SayTheSame(wanted, api::ToJson(world.database.status))) return Effect::kNone;
  const api::ObjectMeta& meta = world.database.meta;
  nlohmann::json object = {{"apiVersion", "dbaoperator.dev/v1alpha1"},
                           {"kind", "ManagedDatabase"},
                           {"metadata",
                            {{"name", meta.name},
                             {"namespace", meta.name_space},
                             {"uid", meta.uid},
                             {"resourceVersion", meta.resource_version}}}};
  object["status"] = std::move(wanted);
  DBA_RETURN_IF_ERROR(Reach("ApplyStatus", "before"));
  DBA_RETURN_IF_ERROR(kube_.Apply(kube::kManagedDatabases, object, plan::kFieldManager, "status").status());
  DBA_RETURN_IF_ERROR(Reach("ApplyStatus", "after"));
  return Effect::kChanged;
}

absl::StatusOr<Effect> Executor::Execute(const plan::World& world, const plan::Action& action) {
  const std::string description = plan::DebugString(action);
  DBA_RETURN_IF_ERROR(Reach(description, "before"));
  absl::StatusOr<Effect> effect = std::visit(Visitor{*this, world}, action);
  if (!effect.ok()) return effect;
  DBA_RETURN_IF_ERROR(Reach(description, "after"));
  return effect;
}

}  // namespace dba
