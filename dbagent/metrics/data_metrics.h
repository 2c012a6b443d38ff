// SPDX-License-Identifier: Apache-2.0
//
// What data metrics are asked for, checked. Pure.
#ifndef DBA_DBAGENT_METRICS_DATA_METRICS_H_
#define DBA_DBAGENT_METRICS_DATA_METRICS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace dba::agent {

inline constexpr size_t kMaxDataMetrics = 200;
inline constexpr absl::Duration kDefaultInterval = absl::Seconds(30);
inline constexpr absl::Duration kShortestInterval = absl::Seconds(1);

struct DataQuery {
  std::string name;  // database_[a-z0-9_]+
  std::string help;
  bool counter = false;  // else a gauge
  std::string sql;       // one row with one finite number
  std::map<std::string, std::string> labels;
  absl::Duration interval = kDefaultInterval;
};

struct DataMetricsConfig {
  std::string database;  // value of the label `database`
  std::vector<std::string> table_rows;
  std::vector<std::string> next_ids;
  std::vector<DataQuery> queries;
  absl::Duration interval = kDefaultInterval;  // of table_rows and next_ids
  std::string digest;
};

// INVALID_ARGUMENT names the first metric that cannot be served: a name or label that Prometheus does not take, that
// the agent has itself, or that stands twice; an empty query; more than kMaxDataMetrics series; an interval under 1 s
// or over 1 day.
absl::Status CheckDataMetrics(const DataMetricsConfig& config);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_METRICS_DATA_METRICS_H_
