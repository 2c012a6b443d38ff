// SPDX-License-Identifier: Apache-2.0
//
// The controller's flags as checked values.
#ifndef DBA_CONTROLLER_CONFIG_H_
#define DBA_CONTROLLER_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/agent/channel_credentials.h"

namespace dba {

struct Config {
  std::string kubeconfig;  // empty: KUBECONFIG, then the Pod's service account
  std::string name_space;  // empty: all
  int workers = 10;        // ManagedDatabases that are worked on at once
  absl::Duration resync;   // how often each ManagedDatabase is looked at though nothing changed
  std::string admin_host;  // numeric address of /metrics, /healthz and /readyz
  int admin_port = 0;      // 0 takes a free one
  agent::ChannelSecurity agents;
  bool leader_elect = true;
  std::string lease_namespace;  // never empty with leader_elect
  std::string identity;         // of this process among the replicas
};

// Reads the flags after InitMain() parsed them. INVALID_ARGUMENT names the flag and the remedy.
absl::StatusOr<Config> ConfigFromFlags();

}  // namespace dba

#endif  // DBA_CONTROLLER_CONFIG_H_
