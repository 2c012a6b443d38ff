// SPDX-License-Identifier: Apache-2.0
#include "dbagent/config.h"

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"

ABSL_FLAG(std::string, listen, "0.0.0.0:8443", "host:port of the gRPC server; port 0 takes a free one");
ABSL_FLAG(std::string, admin_listen, "0.0.0.0:9090",
          "address:port of /metrics, /healthz and /readyz; port 0 takes a free one, empty serves none");
ABSL_FLAG(std::string, credentials_dir, "",
          "folder of the admin credentials: files uri, or host port dbname username password engine; optional ca.crt "
          "tls.crt tls.key");
ABSL_FLAG(std::string, tls_mode, "VerifyFull", "TLS to the database: VerifyFull, VerifyCA, Require or Disable");
ABSL_FLAG(bool, insecure, false, "serve gRPC without TLS, to whoever can reach the port");
ABSL_FLAG(std::string, tls_cert, "", "certificate chain of the gRPC server (PEM)");
ABSL_FLAG(std::string, tls_key, "", "private key of the gRPC server (PEM)");
ABSL_FLAG(std::string, tls_client_ca, "", "authority whose client certificates may call (PEM)");
ABSL_FLAG(bool, reflection, true, "let grpcurl list and describe the services");
ABSL_FLAG(int, max_connections, 4, "connections to the database at any moment; at most 2 are kept at rest");
ABSL_FLAG(absl::Duration, connect_timeout, absl::Seconds(5), "limit for one connection to the database");

namespace dba::agent {
namespace {

constexpr int kMostConnections = 64;
constexpr size_t kIdleConnections = 2;

absl::Status Bad(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat(what, "; see --help")); }

absl::StatusOr<TlsMode> ParseTlsMode(absl::string_view text) {
  if (text == "VerifyFull") return TlsMode::kVerifyFull;
  if (text == "VerifyCA") return TlsMode::kVerifyCa;
  if (text == "Require") return TlsMode::kRequire;
  if (text == "Disable") return TlsMode::kDisable;
  return Bad("--tls_mode must be VerifyFull, VerifyCA, Require or Disable");
}

absl::Status SplitAddress(const std::string& text, absl::string_view flag, std::string* host, int* port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), port) || *port < 0 || *port > 65535) {
    return Bad(absl::StrCat("--", flag, " must be host:port, for example 0.0.0.0:8443"));
  }
  *host = text.substr(0, colon);
  return absl::OkStatus();
}

absl::Status FillTls(Config* config) {
  config->insecure = absl::GetFlag(FLAGS_insecure);
  config->tls_cert = absl::GetFlag(FLAGS_tls_cert);
  config->tls_key = absl::GetFlag(FLAGS_tls_key);
  config->tls_client_ca = absl::GetFlag(FLAGS_tls_client_ca);
  const bool all = !config->tls_cert.empty() && !config->tls_key.empty() && !config->tls_client_ca.empty();
  const bool any = !config->tls_cert.empty() || !config->tls_key.empty() || !config->tls_client_ca.empty();
  if (config->insecure && any) return Bad("--insecure and the --tls_ flags of the server exclude each other");
  if (!config->insecure && !all) {
    return Bad(
        "passwords cross this port, so it needs mutual TLS: set --tls_cert, --tls_key and --tls_client_ca, or "
        "--insecure where nobody else can reach it");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Config> ConfigFromFlags() {
  Config config;
  config.listen = absl::GetFlag(FLAGS_listen);
  std::string host;
  int port = 0;
  DBA_RETURN_IF_ERROR(SplitAddress(config.listen, "listen", &host, &port));
  config.admin = !absl::GetFlag(FLAGS_admin_listen).empty();
  if (config.admin) {
    DBA_RETURN_IF_ERROR(
        SplitAddress(absl::GetFlag(FLAGS_admin_listen), "admin_listen", &config.admin_host, &config.admin_port));
  }
  config.credentials_dir = absl::GetFlag(FLAGS_credentials_dir);
  if (config.credentials_dir.empty()) return Bad("--credentials_dir is missing: the folder of the admin credentials");
  DBA_RETURN_IF_ERROR(FillTls(&config));
  config.reflection = absl::GetFlag(FLAGS_reflection);
  DBA_ASSIGN_OR_RETURN(config.connect.tls, ParseTlsMode(absl::GetFlag(FLAGS_tls_mode)));
  const int connections = absl::GetFlag(FLAGS_max_connections);
  // BeginMigration reads the version while it holds the lock on another connection.
  if (connections < 2 || connections > kMostConnections) return Bad("--max_connections must be from 2 to 64");
  config.connect.max_connections = static_cast<size_t>(connections);
  config.connect.max_idle_connections = kIdleConnections;
  config.connect.connect_timeout = absl::GetFlag(FLAGS_connect_timeout);
  if (config.connect.connect_timeout < absl::Milliseconds(100)) return Bad("--connect_timeout must be 100ms or more");
  return config;
}

}  // namespace dba::agent
