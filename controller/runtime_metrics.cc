// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime_metrics.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace dba {
namespace {

using prometheus::Histogram;
using prometheus::Registry;
using Labels = std::map<std::string, std::string>;

constexpr char kController[] = "manageddatabase";

Labels QueueLabels() { return {{"name", kController}, {"controller", kController}}; }

Histogram::BucketBoundaries Buckets() { return {0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}; }

prometheus::Counter& Counter(Registry& registry, const char* name, const char* help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& Gauge(Registry& registry, const char* name, const char* help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

Histogram& Durations(Registry& registry, const char* name, const char* help, const Labels& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(labels, Buckets());
}

}  // namespace

RuntimeMetrics::RuntimeMetrics()
    : registry_(std::make_shared<Registry>()),
      depth_(Gauge(*registry_, "workqueue_depth", "ManagedDatabases that wait for a worker.", QueueLabels())),
      adds_(Counter(*registry_, "workqueue_adds_total", "Additions to the queue.", QueueLabels())),
      retries_(Counter(*registry_, "workqueue_retries_total", "Retries after an error.", QueueLabels())),
      queue_duration_(Durations(*registry_, "workqueue_queue_duration_seconds", "Time in the queue.", QueueLabels())),
      work_duration_(Durations(*registry_, "workqueue_work_duration_seconds", "Time with a worker.", QueueLabels())),
      reconciles_(prometheus::BuildCounter()
                      .Name("controller_runtime_reconcile_total")
                      .Help("Reconciles, by result.")
                      .Register(*registry_)),
      reconcile_time_(Durations(*registry_, "controller_runtime_reconcile_time_seconds", "Time of one reconcile.",
                                {{"controller", kController}})),
      leading_(Gauge(*registry_, "leader_election_master_status", "Whether this replica is the one that acts.",
                     {{"name", "dba-controller"}})),
      requests_(prometheus::BuildCounter()
                    .Name("rest_client_requests_total")
                    .Help("Requests to the API server; code <error> when no answer came.")
                    .Register(*registry_)) {
  for (const char* result : {"success", "error", "requeue_after"}) {
    reconciles_.Add({{"controller", kController}, {"result", result}});
  }
}

WorkQueueObserver RuntimeMetrics::Queue() {
  WorkQueueObserver observer;
  observer.depth = [this](size_t depth) { depth_.Set(static_cast<double>(depth)); };
  observer.add = [this] { adds_.Increment(); };
  observer.retry = [this] { retries_.Increment(); };
  observer.queue_duration = [this](absl::Duration d) { queue_duration_.Observe(absl::ToDoubleSeconds(d)); };
  observer.work_duration = [this](absl::Duration d) { work_duration_.Observe(absl::ToDoubleSeconds(d)); };
  return observer;
}

void RuntimeMetrics::ObserveReconcile(absl::string_view result, absl::Duration took) {
  reconciles_.Add({{"controller", kController}, {"result", std::string(result)}}).Increment();
  reconcile_time_.Observe(absl::ToDoubleSeconds(took));
}

void RuntimeMetrics::ObserveLeading(bool leading) { leading_.Set(leading ? 1 : 0); }

kube::RequestObserver RuntimeMetrics::Requests() {
  return [this](absl::string_view method, int code, absl::string_view host) {
    requests_
        .Add({{"method", std::string(method)},
              {"code", code == 0 ? std::string("<error>") : absl::StrCat(code)},
              {"host", std::string(host)}})
        .Increment();
  };
}

}  // namespace dba
