// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_kube.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "controller/plan/names.h"
#include "controller/reconcile/secret_references.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {
namespace {

using nlohmann::json;
using JsonResult = absl::StatusOr<json>;

CallName Named(absl::string_view verb, const kube::Resource& resource, absl::string_view name) {
  return {verb, resource.kind, name};
}

const std::string& NameOf(const json& object) { return object["metadata"]["name"].get_ref<const std::string&>(); }

bool IsSecret(const kube::Resource& resource) { return resource.plural == kube::kSecrets.plural; }
bool IsJob(const kube::Resource& resource) { return resource.plural == kube::kJobs.plural; }

}  // namespace

JsonResult SimKube::Get(const kube::Resource& resource, const kube::ObjectKey& key) {
  return edge_.Call<JsonResult>(Peer::kApiServer, CallKind::kRead, Named("get", resource, key.name),
                                [&]() -> JsonResult { return env_.kube.Get(resource, key); });
}

absl::StatusOr<kube::ObjectList> SimKube::List(const kube::Resource& resource, absl::string_view name_space,
                                               absl::string_view label_selector) {
  using Result = absl::StatusOr<kube::ObjectList>;
  Result list = edge_.Call<Result>(Peer::kApiServer, CallKind::kRead, Named("list", resource, label_selector),
                                   [&]() -> Result { return env_.kube.List(resource, name_space, label_selector); });
  const bool all_pods = resource.plural == kube::kPods.plural && label_selector.empty();
  if (all_pods && list.ok()) seen_.pods_listed = env_.step;
  const bool read_as_empty = (Is(Mutant::kPodsErrorEmpty) && all_pods) ||
                             (Is(Mutant::kJobsErrorEmpty) && IsJob(resource)) ||
                             (Is(Mutant::kSecretsErrorEmpty) && IsSecret(resource));
  if ((!list.ok() && read_as_empty) || (Is(Mutant::kPodsHidden) && all_pods)) return kube::ObjectList{};
  if (Is(Mutant::kPodsOfLostSecretsHidden) && all_pods && list.ok()) {
    std::vector<json>& pods = list->items;
    pods.erase(std::remove_if(pods.begin(), pods.end(), [this](const json& pod) { return RefersToLost(pod); }),
               pods.end());
  }
  return list;
}

bool SimKube::RefersToLost(const json& pod) const {
  for (const std::string& name : SecretsOfPod(pod)) {
    if (env_.kube.View(kube::kSecrets, {kNamespace, name}) == nullptr) return true;
  }
  return false;
}

absl::Status SimKube::Watch(const kube::Resource&, absl::string_view, absl::string_view, absl::string_view,
                            const std::function<void(kube::WatchEvent)>&, const StopToken&) {
  return absl::UnimplementedError("nothing is watched in the simulation");
}

json SimKube::Sabotaged(const kube::Resource& resource, json object) const {
  if (Is(Mutant::kJobStartsAtOnce) && IsJob(resource)) object["spec"]["suspend"] = false;
  if (Is(Mutant::kPublishedUnproven) && IsSecret(resource) && LabelOf(object, plan::kRoleLabel) == "application") {
    object["data"]["password"] = absl::Base64Escape(GeneratePassword(env_.secure_random).Reveal());
  }
  return object;
}

JsonResult SimKube::Create(const kube::Resource& resource, const json& object) {
  const json sabotaged = Sabotaged(resource, object);
  return edge_.Call<JsonResult>(
      Peer::kApiServer, CallKind::kWrite, Named("create", resource, NameOf(object)),
      [env = &env_, checker = &checker_, resource, wanted = Borrowed<json>(&sabotaged)]() -> JsonResult {
        JsonResult created = env->kube.Create(resource, *wanted);
        if (absl::IsAlreadyExists(created.status()) && env->mutant == Mutant::kSecretOverwritten &&
            IsSecret(resource)) {
          env->kube.Remove(resource, {kNamespace, NameOf(*wanted)});
          created = env->kube.Create(resource, *wanted);
        }
        if (!created.ok()) return created;
        if (IsSecret(resource)) checker->SecretCreated(*created);
        if (IsJob(resource)) checker->JobCreated(*created);
        return created;
      });
}

JsonResult SimKube::Apply(const kube::Resource& resource, const json& object, absl::string_view field_manager,
                          absl::string_view subresource) {
  json unconditional;
  if (Is(Mutant::kPreconditionsIgnored)) {
    unconditional = object;
    unconditional["metadata"].erase("uid");
    unconditional["metadata"].erase("resourceVersion");
  }
  return edge_.Call<JsonResult>(
      Peer::kApiServer, CallKind::kWrite, Named("apply", resource, NameOf(object)),
      [env = &env_, checker = &checker_, resource,
       wanted = Borrowed<json>(Is(Mutant::kPreconditionsIgnored) ? &unconditional : &object),
       manager = std::string(field_manager), part = std::string(subresource)]() -> JsonResult {
        JsonResult applied = env->kube.Apply(resource, *wanted, manager, part);
        if (applied.ok()) checker->StatusWritten((*applied)["status"]);
        return applied;
      });
}

JsonResult SimKube::MergePatch(const kube::Resource& resource, const kube::ObjectKey& key, const json& patch) {
  json wanted = patch;
  if (Is(Mutant::kPreconditionsIgnored) && wanted.contains("metadata")) {
    wanted["metadata"].erase("uid");
    wanted["metadata"].erase("resourceVersion");
  }
  return edge_.Call<JsonResult>(Peer::kApiServer, CallKind::kWrite, Named("patch", resource, key.name),
                                [env = &env_, checker = &checker_, resource, key, wanted]() -> JsonResult {
                                  JsonResult patched = env->kube.MergePatch(resource, key, wanted);
                                  if (patched.ok() && IsJob(resource)) checker->JobReleased(*patched);
                                  return patched;
                                });
}

absl::Status SimKube::Delete(const kube::Resource& resource, const kube::ObjectKey& key,
                             const kube::Preconditions& preconditions) {
  const kube::Preconditions wanted = Is(Mutant::kPreconditionsIgnored) ? kube::Preconditions{} : preconditions;
  return edge_.Call<absl::Status>(
      Peer::kApiServer, CallKind::kWrite, Named("delete", resource, key.name),
      [env = &env_, checker = &checker_, seen = seen_, resource, key, wanted]() -> absl::Status {
        const kube::FakeKubeClient::ObjectPtr before = env->kube.View(resource, key);
        const absl::Status deleted = env->kube.Delete(resource, key, wanted);
        if (deleted.ok() && IsSecret(resource)) checker->SecretDeleted(*before, seen);
        if (deleted.ok() && IsJob(resource)) checker->JobDeleted(*before);
        return deleted;
      });
}

}  // namespace dba::simulation
