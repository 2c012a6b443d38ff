// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/channel_credentials.h"

#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace dba::agent {
namespace {

constexpr unsigned kRefreshSeconds = 60;

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const ChannelSecurity& security) {
  const bool all = !security.ca_file.empty() && !security.cert_file.empty() && !security.key_file.empty();
  const bool none = security.ca_file.empty() && security.cert_file.empty() && security.key_file.empty();
  if (security.insecure) {
    if (none) return grpc::InsecureChannelCredentials();
    return absl::InvalidArgumentError(
        "--insecure excludes --agent_ca, --agent_cert and --agent_key; leave "
        "one side out");
  }
  if (!all) {
    return absl::InvalidArgumentError(
        "agents are called with mutual TLS: set --agent_ca, --agent_cert and "
        "--agent_key, or --insecure to send "
        "passwords in plaintext");
  }
  for (const std::string& file : {security.ca_file, security.cert_file, security.key_file}) {
    if (access(file.c_str(), R_OK) != 0) {
      return absl::NotFoundError(absl::StrCat("cannot read ", file, "; mount the Secret with the agent's TLS files"));
    }
  }
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      security.key_file, security.cert_file, security.ca_file, kRefreshSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace dba::agent
