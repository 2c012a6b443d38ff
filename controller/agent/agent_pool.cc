// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/agent_pool.h"

#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"

namespace dba::agent {
namespace {

int Milliseconds(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(duration)); }

}  // namespace

AgentPool::AgentPool(std::shared_ptr<grpc::ChannelCredentials> credentials, EpochSource* epochs,
                     AgentPoolOptions options)
    : credentials_(std::move(credentials)), epochs_(epochs), options_(options), quota_("agents") {
  quota_.Resize(options_.max_bytes);
}

std::shared_ptr<AgentClient> AgentPool::Get(absl::string_view address) {
  const std::string key(address);
  std::shared_ptr<AgentClient> given_up;  // closed after the lock is released
  MutexLock lock(&mu_);
  const auto found = by_address_.find(key);
  if (found != by_address_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().second;
  }
  entries_.emplace_front(key, Make(key));
  by_address_[key] = entries_.begin();
  if (entries_.size() > options_.max_channels) {
    given_up = std::move(entries_.back().second);
    by_address_.erase(entries_.back().first);
    entries_.pop_back();
  }
  return entries_.front().second;
}

size_t AgentPool::size() const {
  MutexLock lock(&mu_);
  return entries_.size();
}

std::shared_ptr<AgentClient> AgentPool::Make(const std::string& address) const {
  grpc::ChannelArguments arguments;
  arguments.SetResourceQuota(quota_);
  arguments.SetInt(GRPC_ARG_CLIENT_IDLE_TIMEOUT_MS, Milliseconds(options_.idle_timeout));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(options_.reconnect_backoff));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(options_.reconnect_backoff));
  // Also turns TCP_USER_TIMEOUT on, so that a peer whose host is gone is
  // noticed (gRFC A18).
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Whether to repeat a call is decided by the reconciler alone.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return NewGrpcAgentClient(grpc::CreateCustomChannel(address, credentials_, arguments), address, epochs_,
                            options_.timeouts);
}

}  // namespace dba::agent
