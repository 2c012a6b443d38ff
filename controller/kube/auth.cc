// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/auth.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "controller/kube/kubeconfig.h"

namespace dba::kube {
namespace {

constexpr char kServiceAccountFolder[] = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr absl::Duration kReadAgainAfter = absl::Minutes(1);

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return content.str();
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

absl::StatusOr<ApiServerConfig> InClusterConfig(const std::string& folder, absl::string_view host,
                                                absl::string_view port) {
  ApiServerConfig config;
  if (host.empty() || !absl::SimpleAtoi(port, &config.port)) {
    return absl::FailedPreconditionError(
        "no API server: this is no Pod (KUBERNETES_SERVICE_HOST and _PORT are not set); give --kubeconfig FILE");
  }
  config.host = "kubernetes.default.svc";
  config.address = std::string(host);
  config.ca_file = folder + "/ca.crt";
  config.token_file = folder + "/token";
  for (const std::string& path : {config.ca_file, config.token_file}) {
    if (!ReadFile(path).ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot read ", path, ": set automountServiceAccountToken: true on this Pod"));
    }
  }
  config.default_namespace =
      std::string(absl::StripAsciiWhitespace(ReadFile(folder + "/namespace").value_or("default")));
  return config;
}

absl::StatusOr<ApiServerConfig> LoadKubeconfig(const std::string& path) {
  DBA_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const size_t slash = path.rfind('/');
  return ParseKubeconfig(text, path, slash == std::string::npos ? "." : path.substr(0, slash), ReadFile);
}

absl::StatusOr<ApiServerConfig> FindApiServer(const std::string& kubeconfig_flag) {
  if (!kubeconfig_flag.empty()) return LoadKubeconfig(kubeconfig_flag);
  const std::string from_environment = Environment("KUBECONFIG");
  if (!from_environment.empty()) return LoadKubeconfig(from_environment);
  return InClusterConfig(kServiceAccountFolder, Environment("KUBERNETES_SERVICE_HOST"),
                         Environment("KUBERNETES_SERVICE_PORT"));
}

CredentialSource::CredentialSource(ApiServerConfig config, Clock* clock) : config_(std::move(config)), clock_(clock) {}

absl::StatusOr<std::shared_ptr<const CredentialSource::Snapshot>> CredentialSource::Current() {
  MutexLock lock(&mu_);
  const absl::Duration now = clock_->Monotonic();
  if (snapshot_ != nullptr && now - read_at_ < kReadAgainAfter) return snapshot_;
  absl::StatusOr<std::shared_ptr<const Snapshot>> fresh = Read();
  if (!fresh.ok() && snapshot_ == nullptr) return fresh.status();
  // The kubelet swaps these files; a read that falls into a swap keeps what worked until now.
  if (fresh.ok()) snapshot_ = *std::move(fresh);
  read_at_ = now;
  return snapshot_;
}

void CredentialSource::Expire() {
  MutexLock lock(&mu_);
  read_at_ = -absl::InfiniteDuration();
}

absl::StatusOr<std::shared_ptr<const CredentialSource::Snapshot>> CredentialSource::Read() const {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->token = config_.token;
  snapshot->ca_pem = config_.ca_pem;
  if (!config_.token_file.empty()) {
    absl::StatusOr<std::string> text = ReadFile(config_.token_file);
    if (!text.ok()) return absl::UnavailableError(text.status().message());
    // A trailing newline would be sent as part of the header.
    const Secret whole = Secret::Take(*std::move(text));
    snapshot->token = Secret(absl::StripAsciiWhitespace(whole.Reveal()));
  }
  if (!config_.ca_file.empty()) {
    absl::StatusOr<std::string> text = ReadFile(config_.ca_file);
    if (!text.ok()) return absl::UnavailableError(text.status().message());
    snapshot->ca_pem = *std::move(text);
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace dba::kube
