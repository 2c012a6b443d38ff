// SPDX-License-Identifier: Apache-2.0
#include "controller/config.h"

#include <unistd.h>

#include <cstdlib>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/random.h"
#include "common/status_macros.h"

ABSL_FLAG(std::string, kubeconfig, "",
          "kubeconfig file in JSON (kubectl config view --raw -o json); by default KUBECONFIG, then the Pod's account");
ABSL_FLAG(std::string, namespace, "", "the only namespace to work in; empty: all");
ABSL_FLAG(int, workers, 10, "ManagedDatabases that are worked on at once");
ABSL_FLAG(absl::Duration, resync, absl::Seconds(60),
          "how often each ManagedDatabase is looked at though nothing changed");
ABSL_FLAG(std::string, admin_listen, "0.0.0.0:9090",
          "address:port of /metrics, /healthz and /readyz; port 0 takes a free one");
ABSL_FLAG(bool, insecure, false, "call agents without TLS; passwords of new accounts then travel in plaintext");
ABSL_FLAG(std::string, agent_ca, "", "authority that signed the agents' certificates (PEM)");
ABSL_FLAG(std::string, agent_cert, "", "certificate chain to show to agents (PEM)");
ABSL_FLAG(std::string, agent_key, "", "private key of --agent_cert (PEM)");
ABSL_FLAG(bool, leader_elect, true, "let one of several replicas act; off only where there is never a second one");
ABSL_FLAG(std::string, lease_namespace, "", "namespace of the Lease; by default --namespace, then that of the Pod");
ABSL_FLAG(std::string, log_level, "info", "debug, info, warning or error");

namespace dba {
namespace {

absl::Status Bad(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat(what, "; see --help")); }

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The Pod's name, or the host's, and something that no earlier process of that name had.
std::string MakeIdentity() {
  std::string name = Environment("POD_NAME");
  if (name.empty()) {
    char host[256] = "";
    if (gethostname(host, sizeof(host) - 1) == 0) name = host;
  }
  KernelRandom random;
  return absl::StrCat(name, "_", RandomHex(random, 4));
}

absl::Status FillAdmin(Config& config) {
  const std::string text = absl::GetFlag(FLAGS_admin_listen);
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &config.admin_port) ||
      config.admin_port < 0 || config.admin_port > 65535) {
    return Bad("--admin_listen must be address:port, for example 0.0.0.0:9090");
  }
  config.admin_host = text.substr(0, colon);
  return absl::OkStatus();
}

absl::Status FillLease(Config& config) {
  config.leader_elect = absl::GetFlag(FLAGS_leader_elect);
  config.lease_namespace = absl::GetFlag(FLAGS_lease_namespace);
  if (config.lease_namespace.empty()) config.lease_namespace = config.name_space;
  if (config.lease_namespace.empty()) config.lease_namespace = Environment("POD_NAMESPACE");
  if (config.leader_elect && config.lease_namespace.empty()) {
    return Bad("--leader_elect needs a namespace for its Lease: set --lease_namespace, or --leader_elect=false");
  }
  config.identity = MakeIdentity();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Config> ConfigFromFlags() {
  Config config;
  config.kubeconfig = absl::GetFlag(FLAGS_kubeconfig);
  config.name_space = absl::GetFlag(FLAGS_namespace);
  config.workers = absl::GetFlag(FLAGS_workers);
  if (config.workers < 1 || config.workers > 256) return Bad("--workers must be between 1 and 256");
  config.resync = absl::GetFlag(FLAGS_resync);
  if (config.resync < absl::Seconds(1)) return Bad("--resync must be at least 1s");
  config.agents = {absl::GetFlag(FLAGS_insecure), absl::GetFlag(FLAGS_agent_ca), absl::GetFlag(FLAGS_agent_cert),
                   absl::GetFlag(FLAGS_agent_key)};
  LogLevel level;
  if (!ParseLogLevel(absl::GetFlag(FLAGS_log_level), &level)) {
    return Bad("--log_level must be debug, info, warning or error");
  }
  SetLogLevel(level);
  DBA_RETURN_IF_ERROR(FillAdmin(config));
  DBA_RETURN_IF_ERROR(FillLease(config));
  return config;
}

}  // namespace dba
