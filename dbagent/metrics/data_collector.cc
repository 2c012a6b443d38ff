// SPDX-License-Identifier: Apache-2.0
#include "dbagent/metrics/data_collector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

constexpr absl::Duration kQueryLimit = absl::Seconds(5);
constexpr absl::Duration kUpInterval = absl::Seconds(15);
constexpr size_t kMaxNumberBytes = 64;
constexpr double kBoundaries[] = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric WithLabels(const std::map<std::string, std::string>& labels) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

MetricFamily& FamilyOf(std::map<std::string, MetricFamily>& families, const std::string& name, const std::string& help,
                       MetricType type) {
  MetricFamily& family = families[name];
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

absl::StatusOr<double> NumberOf(const RowSet& rows) {
  if (rows.rows.size() != 1 || rows.rows[0].size() != 1 || !rows.rows[0][0]) {
    return absl::FailedPreconditionError("the query must return one row with one number");
  }
  double number = 0;
  if (!absl::SimpleAtod(*rows.rows[0][0], &number) || !std::isfinite(number)) {
    return absl::FailedPreconditionError("the query did not return a finite number");
  }
  return number;
}

}  // namespace

DataCollector::DataCollector(GetDatabase database, Clock* clock) : database_(std::move(database)), clock_(clock) {
  thread_ = std::thread([this] { Loop(); });
}

DataCollector::~DataCollector() {
  stop_.RequestStop();
  {
    MutexLock lock(&mutex_);
    wake_.RequestStop();
  }
  thread_.join();
}

std::vector<DataCollector::Metric> DataCollector::MetricsOf(const DataMetricsConfig& config) {
  std::vector<Metric> metrics;
  const auto add = [&](Kind kind, const std::string& table, DataQuery query) {
    query.labels["database"] = config.database;
    Metric metric;
    metric.kind = kind;
    metric.table = table;
    metric.query = std::move(query);
    metric.buckets.assign(std::size(kBoundaries), 0);
    metrics.push_back(std::move(metric));
  };
  for (const std::string& table : config.table_rows) {
    add(Kind::kTableRows, table,
        {"database_table_rows_estimate",
         "Rows of the table, as the server estimates them.",
         false,
         "",
         {{"table", table}},
         config.interval});
  }
  for (const std::string& table : config.next_ids) {
    add(Kind::kNextId, table,
        {"database_table_next_id",
         "The next ID that the table will generate.",
         false,
         "",
         {{"table", table}},
         config.interval});
  }
  for (const DataQuery& query : config.queries) add(Kind::kQuery, "", query);
  return metrics;
}

std::string DataCollector::KeyOf(const Metric& metric) {
  std::string key = absl::StrCat(metric.query.name, "\n", metric.query.sql, "\n");
  for (const auto& [name, value] : metric.query.labels) absl::StrAppend(&key, name, "=", value, "\n");
  return key;
}

absl::Status DataCollector::Configure(DataMetricsConfig config) {
  DBA_RETURN_IF_ERROR(CheckDataMetrics(config));
  std::vector<Metric> metrics = MetricsOf(config);
  MutexLock lock(&mutex_);
  for (Metric& metric : metrics) {
    const auto same =
        std::find_if(metrics_.begin(), metrics_.end(), [&](const Metric& old) { return KeyOf(old) == KeyOf(metric); });
    if (same == metrics_.end()) continue;
    DataQuery query = std::move(metric.query);
    metric = *same;
    metric.query = std::move(query);
    metric.due = absl::ZeroDuration();
  }
  metrics_ = std::move(metrics);
  config_ = std::move(config);
  wake_.RequestStop();
  return absl::OkStatus();
}

std::string DataCollector::digest() const {
  MutexLock lock(&mutex_);
  return config_.digest;
}

void DataCollector::Loop() {
  absl::Duration up_due = absl::ZeroDuration();
  while (!stop_.StopRequested()) {
    const absl::Duration now = clock_->Monotonic();
    absl::Duration next = now + kUpInterval;
    std::vector<Metric> due;
    StopToken wake;
    {
      MutexLock lock(&mutex_);
      if (wake_.StopRequested()) wake_ = StopSource();
      wake = wake_.Token();
      for (Metric& metric : metrics_) {
        if (metric.due <= now) {
          metric.due = now + metric.query.interval;
          due.push_back(metric);
        }
        next = std::min(next, metric.due);
      }
    }
    if (up_due <= now) {
      CheckDatabase();
      up_due = now + kUpInterval;
    }
    for (const Metric& metric : due) {
      if (stop_.StopRequested()) return;
      CollectOne(metric);
    }
    if (stop_.StopRequested()) return;
    clock_->WaitFor(std::min(next, up_due) - clock_->Monotonic(), wake);
  }
}

void DataCollector::CheckDatabase() {
  const absl::StatusOr<std::shared_ptr<Database>> database = database_();
  const bool up = database.ok() && (*database)->Describe(absl::Now() + kQueryLimit).ok();
  MutexLock lock(&mutex_);
  up_ = up;
  checked_ = true;
}

absl::StatusOr<double> DataCollector::Read(const Metric& metric, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const std::shared_ptr<Database> database, database_());
  switch (metric.kind) {
    case Kind::kTableRows:
      return database->EstimateRows(metric.table, deadline);
    case Kind::kNextId:
      return database->NextId(metric.table, deadline);
    case Kind::kQuery:
      break;
  }
  DBA_ASSIGN_OR_RETURN(const RowSet rows, database->Select({metric.query.sql, 1, kMaxNumberBytes}, deadline));
  return NumberOf(rows);
}

void DataCollector::CollectOne(const Metric& metric) {
  const absl::Duration start = clock_->Monotonic();
  const absl::StatusOr<double> value = Read(metric, absl::Now() + kQueryLimit);
  if (!value.ok()) {
    LogWarning("data metric failed",
               {{"metric", metric.query.name}, {"table", metric.table}, {"status", value.status()}});
  }
  Record(metric, value, clock_->Monotonic() - start);
}

void DataCollector::Record(const Metric& metric, const absl::StatusOr<double>& value, absl::Duration duration) {
  const std::string key = KeyOf(metric);
  MutexLock lock(&mutex_);
  for (Metric& held : metrics_) {
    if (KeyOf(held) != key) continue;
    const double seconds = absl::ToDoubleSeconds(duration);
    for (size_t i = 0; i < held.buckets.size(); ++i) held.buckets[i] += seconds <= kBoundaries[i] ? 1 : 0;
    held.duration_sum += seconds;
    held.duration_count += 1;
    if (value.ok()) {
      held.value = *value;
      held.has_value = true;
      held.last_success = clock_->Now();
    } else {
      held.errors += 1;
    }
  }
}

std::vector<MetricFamily> DataCollector::Collect() const {
  std::map<std::string, MetricFamily> families;
  MutexLock lock(&mutex_);
  if (checked_) {
    MetricFamily& family = FamilyOf(families, "dba_database_up",
                                    "Whether the database answered the agent's last check.", MetricType::Gauge);
    // The name comes with the first configuration.
    ClientMetric up = config_.database.empty() ? ClientMetric() : WithLabels({{"database", config_.database}});
    up.gauge.value = up_ ? 1 : 0;
    family.metric.push_back(up);
  }
  for (const Metric& metric : metrics_) {
    const DataQuery& query = metric.query;
    std::map<std::string, std::string> labels = {{"database", config_.database}, {"metric", query.name}};
    if (!metric.table.empty()) labels["table"] = metric.table;
    for (const auto& [name, value] : query.labels) labels.emplace(name, value);
    ClientMetric errors = WithLabels(labels);
    errors.counter.value = metric.errors;
    FamilyOf(families, "dba_data_metric_errors_total", "Failed collections of a data metric.", MetricType::Counter)
        .metric.push_back(errors);
    std::map<std::string, std::string> duration_labels = labels;
    duration_labels.erase("metric");
    duration_labels["verb"] = "select";
    duration_labels["query_for_metric"] = query.name;
    ClientMetric duration = WithLabels(duration_labels);
    for (size_t i = 0; i < metric.buckets.size(); ++i) {
      duration.histogram.bucket.push_back({static_cast<std::uint64_t>(metric.buckets[i]), kBoundaries[i]});
    }
    duration.histogram.bucket.push_back(
        {static_cast<std::uint64_t>(metric.duration_count), std::numeric_limits<double>::infinity()});
    duration.histogram.sample_count = static_cast<std::uint64_t>(metric.duration_count);
    duration.histogram.sample_sum = metric.duration_sum;
    FamilyOf(families, "database_query_duration_seconds", "Duration of the statements that collect data metrics.",
             MetricType::Histogram)
        .metric.push_back(duration);
    if (!metric.has_value) continue;
    ClientMetric value = WithLabels(query.labels);
    (query.counter ? value.counter.value : value.gauge.value) = metric.value;
    FamilyOf(families, query.name, query.help, query.counter ? MetricType::Counter : MetricType::Gauge)
        .metric.push_back(value);
    ClientMetric success = WithLabels(labels);
    success.gauge.value = absl::ToDoubleSeconds(metric.last_success - absl::UnixEpoch());
    FamilyOf(families, "dba_data_metric_last_success_timestamp_seconds",
             "When a data metric was last collected, as Unix time.", MetricType::Gauge)
        .metric.push_back(success);
  }
  std::vector<MetricFamily> out;
  for (auto& [name, family] : families) out.push_back(std::move(family));
  return out;
}

}  // namespace dba::agent
