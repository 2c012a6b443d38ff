// SPDX-License-Identifier: Apache-2.0
//
// The metrics of controller-runtime and client-go by their own names, so that the dashboards made for those work here.
#ifndef DBA_CONTROLLER_RUNTIME_METRICS_H_
#define DBA_CONTROLLER_RUNTIME_METRICS_H_

#include <functional>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "controller/kube/rest_kube_client.h"
#include "controller/runtime/work_queue.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace dba {

// All series exist from the start, at zero. Thread-safe; must outlive the observers it hands out.
class RuntimeMetrics {
 public:
  RuntimeMetrics();

  WorkQueueObserver Queue();
  void ObserveReconcile(absl::string_view result, absl::Duration took);
  void ObserveLeading(bool leading);
  kube::RequestObserver Requests();

  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Gauge& depth_;
  prometheus::Counter& adds_;
  prometheus::Counter& retries_;
  prometheus::Histogram& queue_duration_;
  prometheus::Histogram& work_duration_;
  prometheus::Family<prometheus::Counter>& reconciles_;
  prometheus::Histogram& reconcile_time_;
  prometheus::Gauge& leading_;
  prometheus::Family<prometheus::Counter>& requests_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RUNTIME_METRICS_H_
