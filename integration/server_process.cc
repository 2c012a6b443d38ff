// SPDX-License-Identifier: Apache-2.0
#include "integration/server_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "common/testing/subprocess.h"
#include "integration/kube_env.h"

namespace dba {

absl::StatusOr<std::string> ServerFolder(const std::string& name) {
  DBA_ASSIGN_OR_RETURN(const std::string root, WorkspaceRoot());
  std::string folder;
  for (const char* command : {"build", "path"}) {
    Subprocess::Options options;
    options.args = {root + "/tools/servers", command, name};
    DBA_ASSIGN_OR_RETURN(const CommandResult result, RunCommand(options, absl::Minutes(4)));
    if (result.exit_code != 0) {
      return absl::FailedPreconditionError(absl::StrCat("there is no ", name, " to test on: ", result.err));
    }
    folder = std::string(absl::StripTrailingAsciiWhitespace(result.out));
  }
  return folder;
}

uint16_t FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool ok = bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0;
  close(descriptor);
  return ok ? ntohs(address.sin_port) : 0;
}

absl::StatusOr<std::string> MakeServerFolder(const std::string& prefix, const std::string& user) {
  std::string path = absl::StrCat("/tmp/", prefix, "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) return absl::UnavailableError("no folder can be made in /tmp");
  if (geteuid() != 0) return path;
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr || chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no user ", user, " to run the server as: run tools/setup"));
  }
  return path;
}

std::vector<std::string> AsUser(const std::string& user, std::vector<std::string> command) {
  if (geteuid() != 0) return command;
  std::vector<std::string> whole = {"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

std::string EnvOr(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

std::vector<pid_t> ProcessTree(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    std::ifstream file(entry.path() / "stat");
    std::stringstream text;
    text << file.rdbuf();
    const size_t name_end = text.str().rfind(')');  // the name may hold anything
    if (name_end == std::string::npos) continue;
    std::istringstream rest(text.str().substr(name_end + 1));
    std::string state;
    pid_t parent = 0;
    if (rest >> state >> parent) children.emplace(parent, pid);
  }
  std::vector<pid_t> tree = {root};
  for (size_t i = 0; i < tree.size(); ++i) {
    const auto [begin, end] = children.equal_range(tree[i]);
    for (auto child = begin; child != end; ++child) tree.push_back(child->second);
  }
  return tree;
}

}  // namespace dba
