// SPDX-License-Identifier: Apache-2.0
//
// How connections to the database are made, whatever the engine.
#ifndef DBA_DBAGENT_DB_CONNECT_OPTIONS_H_
#define DBA_DBAGENT_DB_CONNECT_OPTIONS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct ConnectOptions {
  TlsMode tls = TlsMode::kVerifyFull;
  std::string ca_file;    // PEM bundle; empty: the system's
  std::string cert_file;  // the agent's own certificate and key; empty: none
  std::string key_file;
  absl::Duration connect_timeout = absl::Seconds(5);
  size_t max_connections = 4;       // at any moment
  size_t max_idle_connections = 2;  // kept open at rest
};

// The certificates that Debian's package ca-certificates installs.
inline constexpr char kSystemCaFile[] = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_CONNECT_OPTIONS_H_
