// SPDX-License-Identifier: Apache-2.0
//
// Where the API server is and who we are to it: from the Pod's service account, or from a kubeconfig in JSON.
#ifndef DBA_CONTROLLER_KUBE_AUTH_H_
#define DBA_CONTROLLER_KUBE_AUTH_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/secret.h"

namespace dba::kube {

struct ApiServerConfig {
  bool tls = true;   // false only for a loopback address, as of `kubectl proxy`
  std::string host;  // what the certificate must name
  int port = 443;
  std::string address;                 // where to connect when that is not `host`
  std::string ca_pem;                  // the trusted certificates when `ca_file` is empty
  std::string ca_file;                 // re-read, since it rotates
  Secret token;                        // the bearer token when `token_file` is empty
  std::string token_file;              // re-read, since it expires
  std::string client_certificate_pem;  // with its key, read once
  Secret client_key_pem;
  std::string default_namespace;
};

// The Pod's own service account: token, ca.crt and namespace in `folder`, the API server's address in `host` and `port`
// (KUBERNETES_SERVICE_HOST and _PORT). The certificate is checked for "kubernetes.default.svc", which it always names.
// FAILED_PRECONDITION, with a remedy: not in a Pod, or its service-account token is not mounted.
// Source: Kubernetes 1.34, "Accessing the Kubernetes API from a Pod".
absl::StatusOr<ApiServerConfig> InClusterConfig(const std::string& folder, absl::string_view host,
                                                absl::string_view port);

// The current context of a kubeconfig file in JSON; relative file names are relative to its folder. Knows server,
// certificate-authority, token, tokenFile, client-certificate and client-key, the latter also as "-data".
// NOT_FOUND: no such file. INVALID_ARGUMENT: not JSON, incomplete, or it needs what this program does not do (exec
// plugins, auth providers, passwords, insecure-skip-tls-verify); the message tells how to make a usable one.
absl::StatusOr<ApiServerConfig> LoadKubeconfig(const std::string& path);

// `kubeconfig_flag` when not empty, else the file that KUBECONFIG names, else the Pod's service account.
absl::StatusOr<ApiServerConfig> FindApiServer(const std::string& kubeconfig_flag);

// The credentials as they are now. Thread-safe.
class CredentialSource {
 public:
  struct Snapshot {
    Secret token;  // may be empty
    std::string ca_pem;
  };

  // Files are read again when a minute has passed since the last time. `clock` must outlive this object.
  CredentialSource(ApiServerConfig config, Clock* clock);

  // UNAVAILABLE: a file cannot be read, and never could.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Current();

  // The token was refused: the next Current() reads the files again.
  void Expire();

  const ApiServerConfig& config() const { return config_; }

 private:
  absl::StatusOr<std::shared_ptr<const Snapshot>> Read() const;

  const ApiServerConfig config_;
  Clock* const clock_;
  Mutex mu_;
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mu_);
  absl::Duration read_at_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_AUTH_H_
