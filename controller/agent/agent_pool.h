// SPDX-License-Identifier: Apache-2.0
//
// One channel per agent address, no more than a few open at a time. Memory
// counts: a connected channel of gRPC holds tens of kilobytes, and a controller
// may know a thousand agents.
#ifndef DBA_CONTROLLER_AGENT_AGENT_POOL_H_
#define DBA_CONTROLLER_AGENT_AGENT_POOL_H_

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controller/agent/agent_client.h"
#include "controller/agent/epoch_source.h"
#include "controller/agent/grpc_agent_client.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/credentials.h"

namespace dba::agent {

struct AgentPoolOptions {
  size_t max_channels = 64;                             // the least recently used is given up beyond it
  size_t max_bytes = 16 << 20;                          // what all channels together may hold in buffers
  absl::Duration idle_timeout = absl::Seconds(90);      // a channel without a call disconnects
  absl::Duration reconnect_backoff = absl::Seconds(5);  // the longest pause between two attempts to connect
  CallTimeouts timeouts;
};

// Thread-safe. A client that was handed out works on after the pool gave its
// channel up.
class AgentPool : public AgentDirectory {
 public:
  // `epochs` must outlive this object and the clients.
  AgentPool(std::shared_ptr<grpc::ChannelCredentials> credentials, EpochSource* epochs, AgentPoolOptions options);

  std::shared_ptr<AgentClient> Get(absl::string_view address) override ABSL_LOCKS_EXCLUDED(mu_);

  size_t size() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<AgentClient>>;

  std::shared_ptr<AgentClient> Make(const std::string& address) const;

  const std::shared_ptr<grpc::ChannelCredentials> credentials_;
  EpochSource* const epochs_;
  const AgentPoolOptions options_;
  grpc::ResourceQuota quota_;

  mutable Mutex mu_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mu_);  // the most recently used first
  std::map<std::string, std::list<Entry>::iterator, std::less<>> by_address_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_AGENT_POOL_H_
