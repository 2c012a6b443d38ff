// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_AGENT_CHANNEL_CREDENTIALS_H_
#define DBA_CONTROLLER_AGENT_CHANNEL_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/security/credentials.h"

namespace dba::agent {

// Paths of PEM files; they are read again when they change.
struct ChannelSecurity {
  bool insecure = false;  // plaintext; excludes the files
  std::string ca_file;    // who signed the agents' certificates
  std::string cert_file;  // this controller's certificate chain
  std::string key_file;
};

// Mutual TLS with a check of the agent's host name, or plaintext.
// INVALID_ARGUMENT names the flags that are missing or too many; NOT_FOUND a
// file that cannot be read.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const ChannelSecurity& security);

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_CHANNEL_CREDENTIALS_H_
