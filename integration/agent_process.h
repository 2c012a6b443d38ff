// SPDX-License-Identifier: Apache-2.0
//
// The real dba-agent program with a credentials folder, and a client for it.
#ifndef DBA_INTEGRATION_AGENT_PROCESS_H_
#define DBA_INTEGRATION_AGENT_PROCESS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "grpcpp/grpcpp.h"
#include "proto/dbaoperator/agent/v1/agent.grpc.pb.h"

namespace dba {

class AgentProcess {
 public:
  using Keys = std::map<std::string, std::string>;

  // Serves when it returns.
  //   keys   of the credentials Secret
  //   flags  on top of the addresses, the folder, --insecure and --tls_mode=Disable
  static absl::StatusOr<std::unique_ptr<AgentProcess>> Start(const Keys& keys, std::vector<std::string> flags = {});

  dbaoperator::agent::v1::DatabaseAgent::Stub& stub() { return *stub_; }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }

  int port() const { return port_; }

  // Swaps the whole folder at once, as Kubernetes does when a Secret changes.
  void Swap(const Keys& keys);

  // The text of /metrics.
  absl::StatusOr<std::string> Scrape();

  Subprocess& process() { return *process_; }

 private:
  AgentProcess() = default;
  int PortAfter(const std::string& words);

  TempDir folder_;
  int generation_ = 0;
  std::unique_ptr<Subprocess> process_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<dbaoperator::agent::v1::DatabaseAgent::Stub> stub_;
  int port_ = 0;
  int metrics_port_ = 0;
};

// A context with a deadline.
std::unique_ptr<grpc::ClientContext> Within(absl::Duration duration);

}  // namespace dba

#endif  // DBA_INTEGRATION_AGENT_PROCESS_H_
