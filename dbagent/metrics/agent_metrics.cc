// SPDX-License-Identifier: Apache-2.0
#include "dbagent/metrics/agent_metrics.h"

#include <string>
#include <utility>

#include "common/version.h"

namespace dba::agent {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30};

}  // namespace

AgentMetrics::AgentMetrics(std::shared_ptr<prometheus::Registry> registry)
    : registry_(std::move(registry)),
      rpcs_(prometheus::BuildCounter()
                .Name("dba_agent_rpcs_total")
                .Help("Calls of the agent's API that have ended, by method and gRPC code.")
                .Register(*registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("dba_agent_rpc_duration_seconds")
                     .Help("Duration of the calls of the agent's API.")
                     .Register(*registry_)) {
  prometheus::BuildGauge()
      .Name("dba_build_info")
      .Help("1, labelled with the version of the program.")
      .Register(*registry_)
      .Add({{"version", std::string(Version())}, {"component", "agent"}})
      .Set(1);
}

void AgentMetrics::ObserveCall(absl::string_view method, const absl::Status& status, absl::Duration duration) {
  const std::string name(method);
  rpcs_.Add({{"method", name}, {"code", absl::StatusCodeToString(status.code())}}).Increment();
  durations_.Add({{"method", name}}, kSeconds).Observe(absl::ToDoubleSeconds(duration));
}

}  // namespace dba::agent
