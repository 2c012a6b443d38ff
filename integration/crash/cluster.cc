// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace dba {

using ::nlohmann::json;

absl::StatusOr<std::unique_ptr<Cluster>> Cluster::Start() {
  std::unique_ptr<Cluster> cluster(new Cluster());
  DBA_ASSIGN_OR_RETURN(cluster->env_, KubeEnv::Start());
  DBA_ASSIGN_OR_RETURN(const kube::ApiServerConfig config, kube::FindApiServer(cluster->kubeconfig()));
  cluster->credentials_ = std::make_unique<kube::CredentialSource>(config, &cluster->clock_);
  cluster->transport_ =
      std::make_unique<kube::HttplibTransport>(cluster->credentials_.get(), &cluster->clock_, "crash-test");
  cluster->kube_ = std::make_unique<kube::RestKubeClient>(cluster->transport_.get(), cluster->credentials_.get(),
                                                          &cluster->random_, kube::RestKubeClient::Options());
  for (const kube::Resource& resource : {kube::kPods, kube::kJobs, kube::kSecrets, kube::kManagedDatabases}) {
    DBA_RETURN_IF_ERROR(cluster->Follow(resource));
  }
  return cluster;
}

Cluster::~Cluster() {
  stop_.RequestStop();
  for (std::thread& watch : watches_) watch.join();
}

absl::Status Cluster::Follow(const kube::Resource& resource) {
  DBA_ASSIGN_OR_RETURN(const kube::ObjectList list, kube_->List(resource, "", ""));
  watches_.emplace_back([this, resource, version = list.resource_version] { Watch(resource, version, stop_.Token()); });
  return absl::OkStatus();
}

void Cluster::Watch(const kube::Resource& resource, std::string version, const StopToken& stop) {
  absl::Status status;
  while (status.ok() || absl::IsUnavailable(status)) {
    status = kube_->Watch(
        resource, "", "", version,
        [&](const kube::WatchEvent& event) {
          version = event.object["metadata"]["resourceVersion"];
          OnEvent(resource, event);
        },
        stop);
  }
  if (stop.StopRequested()) return;
  MutexLock lock(&mu_);
  watch_status_ = absl::DataLossError(
      absl::StrCat("the watch of ", std::string(resource.plural), " missed events: ", std::string(status.message())));
}

void Cluster::OnEvent(const kube::Resource& resource, const kube::WatchEvent& event) {
  if (event.type == kube::WatchEvent::Type::kBookmark) return;
  const json& metadata = event.object["metadata"];
  MutexLock lock(&mu_);
  Space& space = spaces_[metadata.value("namespace", "")];
  ObjectRecord& record = space.record[std::string(resource.kind)][metadata["name"]];
  record.last = event.object;
  record.exists = event.type != kube::WatchEvent::Type::kDeleted;
  if (event.type == kube::WatchEvent::Type::kAdded) ++record.created;
  if (event.type == kube::WatchEvent::Type::kDeleted) ++record.deleted;
  ++space.changes;
  space.changed.SignalAll();
}

NamespaceRecord Cluster::Record(const std::string& name_space) {
  MutexLock lock(&mu_);
  return spaces_[name_space].record;
}

bool Cluster::AwaitChange(const std::string& name_space, int64_t* seen, absl::Duration timeout) {
  const absl::Duration deadline = clock_.Monotonic() + timeout;
  MutexLock lock(&mu_);
  Space& space = spaces_[name_space];
  for (absl::Duration left = timeout; space.changes == *seen && left > absl::ZeroDuration();
       left = deadline - clock_.Monotonic()) {
    space.changed.WaitFor(&mu_, left);
  }
  return std::exchange(*seen, space.changes) != space.changes;
}

absl::Status Cluster::WatchStatus() {
  MutexLock lock(&mu_);
  return watch_status_;
}

}  // namespace dba
