// SPDX-License-Identifier: Apache-2.0
//
// A private Kubernetes control plane (etcd, kube-apiserver, kube-controller-manager) for one test program.
#ifndef DBA_INTEGRATION_KUBE_ENV_H_
#define DBA_INTEGRATION_KUBE_ENV_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/testing/temp_dir.h"

namespace dba {

// The root of the source tree: DBA_WORKSPACE, or where the runfiles of //integration:kube_env really lie. Bazel's
// runfiles are links into the source tree, and a test outside the sandbox can follow them.
// FAILED_PRECONDITION: neither leads to a tools/cluster.
absl::StatusOr<std::string> WorkspaceRoot();

// Started by tools/cluster, ended and removed by the destructor. With DBA_USE_CLUSTER=1 and KUBECONFIG set, that
// cluster is used as it is, and left alone afterwards. Thread-compatible.
class KubeEnv {
 public:
  // Returns when /readyz is ok and the CRDs of crds/ and integration/testdata are established; about 8 s, the first
  // time on a machine several minutes, in which the Kubernetes programs are built. The error holds the tool's output.
  static absl::StatusOr<std::unique_ptr<KubeEnv>> Start();
  ~KubeEnv();
  KubeEnv(const KubeEnv&) = delete;
  KubeEnv& operator=(const KubeEnv&) = delete;

  // A kubeconfig in JSON.
  const std::string& kubeconfig() const { return kubeconfig_; }

  // Runs kubectl with `args` and returns its standard output. INTERNAL: it failed, with what it printed.
  absl::StatusOr<std::string> Kubectl(std::vector<std::string> args, const std::string& stdin_text = "") const;

 private:
  KubeEnv() = default;
  absl::Status Up();
  absl::Status InstallCrds() const;

  TempDir dir_;
  std::string root_;
  std::string kubeconfig_;
  bool ours_ = false;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_KUBE_ENV_H_
