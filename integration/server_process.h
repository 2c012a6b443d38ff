// SPDX-License-Identifier: Apache-2.0
//
// What the private database servers of the tests have in common.
#ifndef DBA_INTEGRATION_SERVER_PROCESS_H_
#define DBA_INTEGRATION_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace dba {

// The folder of a server of tools/servers, which is made when it is absent: a minute or two, once.
absl::StatusOr<std::string> ServerFolder(const std::string& name);

// A port of 127.0.0.1 that was free a moment ago.
uint16_t FreePort();

// A folder under /tmp that belongs to `user` when this process is root; database servers refuse to run as root, and
// the user must reach the folder, which Bazel's own temporary folder does not allow.
absl::StatusOr<std::string> MakeServerFolder(const std::string& prefix, const std::string& user);

// `command` as `user` when this process is root.
std::vector<std::string> AsUser(const std::string& user, std::vector<std::string> command);

// The environment variable, or `otherwise`.
std::string EnvOr(const char* name, const std::string& otherwise);

// The process and its descendants, which may have left its process group.
std::vector<pid_t> ProcessTree(pid_t root);

}  // namespace dba

#endif  // DBA_INTEGRATION_SERVER_PROCESS_H_
