// SPDX-License-Identifier: Apache-2.0
//
// The agent's own metrics: what it was asked and whether its database answers.
#ifndef DBA_DBAGENT_METRICS_AGENT_METRICS_H_
#define DBA_DBAGENT_METRICS_AGENT_METRICS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace dba::agent {

// Thread-safe.
class AgentMetrics {
 public:
  explicit AgentMetrics(std::shared_ptr<prometheus::Registry> registry);

  // Counts one ended call.
  void ObserveCall(absl::string_view method, const absl::Status& status, absl::Duration duration);

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& rpcs_;
  prometheus::Family<prometheus::Histogram>& durations_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_METRICS_AGENT_METRICS_H_
