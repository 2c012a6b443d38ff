// SPDX-License-Identifier: Apache-2.0
//
// The agent's flags as checked values.
#ifndef DBA_DBAGENT_CONFIG_H_
#define DBA_DBAGENT_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "dbagent/db/connect_options.h"

namespace dba::agent {

struct Config {
  std::string listen;      // host:port; port 0 takes a free one
  std::string admin_host;  // numeric address of /metrics, /healthz and /readyz
  int admin_port = 0;      // 0 takes a free one
  bool admin = true;       // false: no such server
  std::string credentials_dir;
  bool insecure = false;  // plaintext gRPC, no client certificates
  std::string tls_cert;   // PEM files of the gRPC server
  std::string tls_key;
  std::string tls_client_ca;  // who may call
  bool reflection = true;
  ConnectOptions connect;
};

// Reads the flags after InitMain() parsed them. INVALID_ARGUMENT names the flag and the remedy.
absl::StatusOr<Config> ConfigFromFlags();

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CONFIG_H_
