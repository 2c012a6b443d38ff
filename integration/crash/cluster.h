// SPDX-License-Identifier: Apache-2.0
//
// A control plane, a client for it, and everything that happens to its objects, as its watches tell it: nothing that is
// made and deleted again goes unseen.
#ifndef DBA_INTEGRATION_CRASH_CLUSTER_H_
#define DBA_INTEGRATION_CRASH_CLUSTER_H_

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/auth.h"
#include "controller/kube/httplib_transport.h"
#include "controller/kube/rest_kube_client.h"
#include "integration/kube_env.h"
#include "nlohmann/json.hpp"

namespace dba {

// What became of one object name of one kind.
struct ObjectRecord {
  nlohmann::json last;  // as it was last seen, also of one that is gone
  bool exists = false;
  int created = 0;
  int deleted = 0;
};

// By kind ("Secret"), then by name.
using NamespaceRecord = std::map<std::string, std::map<std::string, ObjectRecord>>;

// Thread-safe after its start.
class Cluster {
 public:
  // Returns when Pods, Jobs, Secrets and ManagedDatabases of all namespaces are watched.
  static absl::StatusOr<std::unique_ptr<Cluster>> Start();
  ~Cluster();

  kube::KubeClient& kube() { return *kube_; }
  const std::string& kubeconfig() const { return env_->kubeconfig(); }

  NamespaceRecord Record(const std::string& name_space) ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until more than `*seen` changes happened in the namespace, at most `timeout`; sets `*seen`. False: none came.
  bool AwaitChange(const std::string& name_space, int64_t* seen, absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mu_);
  // OK while every event arrived.
  absl::Status WatchStatus() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Space {
    NamespaceRecord record;
    int64_t changes = 0;
    CondVar changed;
  };

  Cluster() = default;
  absl::Status Follow(const kube::Resource& resource);
  void Watch(const kube::Resource& resource, std::string version, const StopToken& stop);
  void OnEvent(const kube::Resource& resource, const kube::WatchEvent& event) ABSL_LOCKS_EXCLUDED(mu_);

  std::unique_ptr<KubeEnv> env_;
  RealClock clock_;
  KernelRandom random_;
  std::unique_ptr<kube::CredentialSource> credentials_;
  std::unique_ptr<kube::HttplibTransport> transport_;
  std::unique_ptr<kube::RestKubeClient> kube_;
  StopSource stop_;
  std::vector<std::thread> watches_;
  Mutex mu_;
  std::map<std::string, Space> spaces_ ABSL_GUARDED_BY(mu_);
  absl::Status watch_status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_CLUSTER_H_
