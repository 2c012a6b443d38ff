// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/workload_references.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/api/meta.h"
#include "controller/reconcile/secret_references.h"

namespace dba {
namespace {

constexpr kube::Resource kDeployments{"apps", "v1", "deployments", "Deployment"};
constexpr kube::Resource kReplicaSets{"apps", "v1", "replicasets", "ReplicaSet"};
constexpr kube::Resource kStatefulSets{"apps", "v1", "statefulsets", "StatefulSet"};
constexpr kube::Resource kDaemonSets{"apps", "v1", "daemonsets", "DaemonSet"};
constexpr kube::Resource kReplicationControllers{"", "v1", "replicationcontrollers", "ReplicationController"};
constexpr kube::Resource kCronJobs{"batch", "v1", "cronjobs", "CronJob"};

std::string NameOf(const Json& object) {
  const absl::StatusOr<api::ObjectMeta> meta = api::ParseMeta(object);
  return meta.ok() ? meta->name : "without a name";
}

bool IsFinishedJob(const Json& job) {
  const Json* conditions = FindJson(job, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  for (const Json& condition : *conditions) {
    if (!condition.is_object()) continue;
    const std::string type = GetStringOr(condition, {"type"}, "").value_or("");
    if ((type == "Complete" || type == "Failed") && condition.value("status", Json()) == "True") return true;
  }
  return false;
}

// Of a Deployment, kept for a rollback.
bool IsOldRevision(const Json& replica_set) {
  const absl::StatusOr<int64_t> replicas = GetIntOr(replica_set, {"spec", "replicas"}, 1);
  const Json* owners = FindJson(replica_set, {"metadata", "ownerReferences"});
  if (!replicas.ok() || *replicas != 0 || owners == nullptr || !owners->is_array()) return false;
  for (const Json& owner : *owners) {
    if (GetStringOr(owner, {"kind"}, "").value_or("") == "Deployment") return true;
  }
  return false;
}

class Finder {
 public:
  Finder(kube::KubeClient& kube, const api::ManagedDatabase& database, const std::set<std::string>& secrets)
      : kube_(kube), name_space_(database.meta.name_space), secrets_(secrets) {}

  absl::StatusOr<std::vector<Json>> List(const kube::Resource& resource) const {
    absl::StatusOr<kube::ObjectList> list = kube_.List(resource, name_space_, "");
    if (list.ok()) return std::move(list->items);
    const std::string group = resource.group.empty() ? "" : absl::StrCat(".", resource.group);
    return absl::Status(list.status().code(),
                        absl::StrCat(resource.plural, group, " cannot be listed: ", list.status().message(),
                                     "; the controller's ClusterRole needs the verb list for them (k8s/rbac.yaml)"));
  }

  // Objects whose Pod template is at `path`.
  absl::Status AddTemplates(const kube::Resource& resource, JsonPath path) {
    DBA_ASSIGN_OR_RETURN(const std::vector<Json> items, List(resource));
    for (const Json& item : items) {
      const Json* pod = FindJson(item, path);
      if (pod == nullptr || (resource.kind == "Job" && IsFinishedJob(item))) continue;
      const bool old = resource.kind == "ReplicaSet" && IsOldRevision(item);
      const std::string user = absl::StrCat(resource.kind, " ", NameOf(item), old ? " (old revision)" : "");
      for (const std::string& name : SecretsOfPod(*pod)) Add(name, user, !old);
    }
    return absl::OkStatus();
  }

  absl::Status AddPods() {
    DBA_ASSIGN_OR_RETURN(const std::vector<Json> pods, List(kube::kPods));
    for (const Json& pod : pods) {
      for (const std::string& name : SecretsOfPod(pod)) Add(name, absl::StrCat("Pod ", NameOf(pod)), true);
    }
    return absl::OkStatus();
  }

  absl::Status AddKind(const api::ReferenceKind& kind) {
    const std::vector<std::string> parts = absl::StrSplit(kind.api_version, '/');
    const kube::Resource resource{parts.size() > 1 ? absl::string_view(parts[0]) : absl::string_view(), parts.back(),
                                  kind.resource, kind.kind};
    DBA_ASSIGN_OR_RETURN(const std::vector<Json> items, List(resource));
    for (const Json& item : items) {
      for (const std::string& path : kind.paths) {
        for (const std::string& name : StringsAt(item, path)) {
          Add(name, absl::StrCat(kind.kind, " ", NameOf(item)), true);
        }
      }
    }
    return absl::OkStatus();
  }

  std::vector<plan::SecretReference> Take() { return std::move(found_); }

 private:
  void Add(const std::string& secret, const std::string& user, bool is_use) {
    if (secrets_.count(secret) != 0) found_.push_back({secret, user, is_use});
  }

  kube::KubeClient& kube_;
  const std::string& name_space_;
  const std::set<std::string>& secrets_;
  std::vector<plan::SecretReference> found_;
};

void Collect(const Json& node, const std::vector<std::string>& steps, size_t index, std::vector<std::string>& found) {
  if (index == steps.size()) {
    if (node.is_string()) found.push_back(node.get<std::string>());
    return;
  }
  absl::string_view step = steps[index];
  const bool each = absl::EndsWith(step, "[]");
  if (each) step.remove_suffix(2);
  const Json* next = FindJson(node, {step});
  if (next == nullptr) return;
  if (!each) return Collect(*next, steps, index + 1, found);
  if (!next->is_array()) return;
  for (const Json& element : *next) Collect(element, steps, index + 1, found);
}

}  // namespace

std::vector<std::string> StringsAt(const nlohmann::json& object, absl::string_view path) {
  std::vector<std::string> found;
  Collect(object, absl::StrSplit(path, '.'), 0, found);
  return found;
}

absl::StatusOr<std::vector<plan::SecretReference>> FindReferences(kube::KubeClient& kube,
                                                                  const api::ManagedDatabase& database,
                                                                  const std::set<std::string>& secrets) {
  Finder finder(kube, database, secrets);
  for (const api::ReferenceKind& kind : database.spec.credentials.referenced_by) {
    DBA_RETURN_IF_ERROR(finder.AddKind(kind));
  }
  DBA_RETURN_IF_ERROR(finder.AddTemplates(kCronJobs, {"spec", "jobTemplate", "spec", "template"}));
  for (const kube::Resource& resource :
       {kDeployments, kReplicaSets, kStatefulSets, kDaemonSets, kReplicationControllers, kube::kJobs}) {
    DBA_RETURN_IF_ERROR(finder.AddTemplates(resource, {"spec", "template"}));
  }
  DBA_RETURN_IF_ERROR(finder.AddPods());
  return finder.Take();
}

}  // namespace dba
