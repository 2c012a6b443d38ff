// SPDX-License-Identifier: Apache-2.0
#include "integration/kube_env.h"

#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "common/testing/subprocess.h"

namespace dba {
namespace {

constexpr char kAnchor[] = "integration/testdata/widget_crd.json";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::StatusOr<std::string> Run(std::vector<std::string> args, const std::string& stdin_text, absl::Duration timeout) {
  Subprocess::Options options;
  options.args = std::move(args);
  options.stdin_text = stdin_text;
  const std::string command = options.args[0];
  DBA_ASSIGN_OR_RETURN(const CommandResult result, RunCommand(options, timeout));
  if (result.exit_code != 0) {
    return absl::InternalError(absl::StrCat(command, " ended with ", result.exit_code, ":\n", result.out, result.err));
  }
  return result.out;
}

}  // namespace

absl::StatusOr<std::string> WorkspaceRoot() {
  std::string root = Environment("DBA_WORKSPACE");
  if (root.empty()) {
    char real[PATH_MAX];
    if (realpath(kAnchor, real) != nullptr) {
      root = std::string(absl::StripSuffix(real, absl::StrCat("/", kAnchor)));
    }
  }
  if (root.empty() || access((root + "/tools/cluster").c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        "cannot find the source tree; run this test with bazel test --config=integration, or set DBA_WORKSPACE to it");
  }
  return root;
}

absl::StatusOr<std::unique_ptr<KubeEnv>> KubeEnv::Start() {
  std::unique_ptr<KubeEnv> env(new KubeEnv());
  DBA_ASSIGN_OR_RETURN(env->root_, WorkspaceRoot());
  if (Environment("DBA_USE_CLUSTER") == "1") {
    env->kubeconfig_ = Environment("KUBECONFIG");
    if (env->kubeconfig_.empty()) {
      return absl::FailedPreconditionError("DBA_USE_CLUSTER=1 needs KUBECONFIG, a kubeconfig in JSON");
    }
  } else {
    DBA_RETURN_IF_ERROR(env->Up());
  }
  DBA_RETURN_IF_ERROR(env->InstallCrds());
  return env;
}

absl::Status KubeEnv::Up() {
  const std::string cluster = root_ + "/tools/cluster";
  const std::string state = dir_.File("cluster");
  ours_ = true;
  DBA_RETURN_IF_ERROR(Run({cluster, "up", "--control-plane-only", "--state", state}, "", absl::Minutes(15)).status());
  DBA_ASSIGN_OR_RETURN(const std::string exports, Run({cluster, "env", "--state", state}, "", absl::Minutes(1)));
  for (absl::string_view line : absl::StrSplit(exports, '\n')) {
    if (absl::ConsumePrefix(&line, "export KUBECONFIG=")) kubeconfig_ = std::string(absl::StripAsciiWhitespace(line));
  }
  if (kubeconfig_.empty()) {
    return absl::InternalError(absl::StrCat("tools/cluster env exports no KUBECONFIG:\n", exports));
  }
  return absl::OkStatus();
}

absl::Status KubeEnv::InstallCrds() const {
  DBA_RETURN_IF_ERROR(
      Kubectl({"apply", "--server-side", "-f", root_ + "/crds", "-f", absl::StrCat(root_, "/", kAnchor)}).status());
  return Kubectl({"wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"}).status();
}

KubeEnv::~KubeEnv() {
  // The state folder goes away with this object in any case; what is left behind the tool clears on its next run.
  if (ours_)
    Run({root_ + "/tools/cluster", "down", "--state", dir_.File("cluster")}, "", absl::Minutes(1)).IgnoreError();
}

absl::StatusOr<std::string> KubeEnv::Kubectl(std::vector<std::string> args, const std::string& stdin_text) const {
  std::vector<std::string> command = {"kubectl", "--kubeconfig", kubeconfig_};
  command.insert(command.end(), std::make_move_iterator(args.begin()), std::make_move_iterator(args.end()));
  return Run(std::move(command), stdin_text, absl::Minutes(2));
}

}  // namespace dba
