// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_AGENT_GRPC_AGENT_CLIENT_H_
#define DBA_CONTROLLER_AGENT_GRPC_AGENT_CLIENT_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "controller/agent/agent_client.h"
#include "controller/agent/epoch_source.h"
#include "grpcpp/channel.h"

namespace dba::agent {

// How long a call may take in all, connecting included.
struct CallTimeouts {
  absl::Duration read = absl::Seconds(10);
  absl::Duration change = absl::Seconds(30);
};

// An AgentClient over one channel; never null. `address` is for messages only.
// Errors carry "agent <address>: " before the agent's own words. Every change carries the epoch of `epochs`; accounts
// that a higher one has changed are ABORTED, and `epochs` is told.
std::unique_ptr<AgentClient> NewGrpcAgentClient(std::shared_ptr<grpc::Channel> channel, std::string address,
                                                EpochSource* epochs, CallTimeouts timeouts);

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_GRPC_AGENT_CLIENT_H_
