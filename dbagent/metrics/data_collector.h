// SPDX-License-Identifier: Apache-2.0
//
// Collects the data metrics on a thread of its own, each at its interval, and hands the last values to scrapes. A
// scrape never waits for the database. A metric that fails keeps its last value, and the others go on.
#ifndef DBA_DBAGENT_METRICS_DATA_COLLECTOR_H_
#define DBA_DBAGENT_METRICS_DATA_COLLECTOR_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "dbagent/db/database.h"
#include "dbagent/metrics/data_metrics.h"
#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"

namespace dba::agent {

// Thread-safe.
class DataCollector : public prometheus::Collectable {
 public:
  using GetDatabase = std::function<absl::StatusOr<std::shared_ptr<Database>>()>;

  // Starts the thread. `clock` outlives the collector.
  DataCollector(GetDatabase database, Clock* clock);
  ~DataCollector() override;

  // Replaces what is collected and starts a round at once; values of metrics that stay are kept.
  // INVALID_ARGUMENT as CheckDataMetrics: the earlier configuration stays.
  absl::Status Configure(DataMetricsConfig config);

  // The digest of the last accepted configuration; empty before the first.
  std::string digest() const;

  // The last values, with dba_database_up, dba_data_metric_last_success_timestamp_seconds,
  // dba_data_metric_errors_total and database_query_duration_seconds.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  enum class Kind { kTableRows, kNextId, kQuery };
  struct Metric {
    Kind kind;
    std::string table;                          // of kTableRows and kNextId
    DataQuery query;                            // name, help, labels and type of every kind
    absl::Duration due = absl::ZeroDuration();  // on the monotonic clock
    bool has_value = false;
    double value = 0;
    absl::Time last_success = absl::InfinitePast();
    double errors = 0;
    std::vector<double> buckets;  // counts of database_query_duration_seconds, cumulative
    double duration_sum = 0;
    double duration_count = 0;
  };

  static std::vector<Metric> MetricsOf(const DataMetricsConfig& config);
  static std::string KeyOf(const Metric& metric);
  void Loop();
  void CollectOne(const Metric& metric);
  absl::StatusOr<double> Read(const Metric& metric, absl::Time deadline);
  void CheckDatabase();
  void Record(const Metric& metric, const absl::StatusOr<double>& value, absl::Duration duration);

  const GetDatabase database_;
  Clock* const clock_;
  StopSource stop_;
  mutable Mutex mutex_;
  DataMetricsConfig config_ ABSL_GUARDED_BY(mutex_);
  std::vector<Metric> metrics_ ABSL_GUARDED_BY(mutex_);
  bool up_ ABSL_GUARDED_BY(mutex_) = false;
  bool checked_ ABSL_GUARDED_BY(mutex_) = false;
  StopSource wake_ ABSL_GUARDED_BY(mutex_);  // ends the wait between rounds
  std::thread thread_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_METRICS_DATA_COLLECTOR_H_
