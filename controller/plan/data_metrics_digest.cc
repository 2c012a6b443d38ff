// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/data_metrics_digest.h"

#include <string>

#include "absl/time/time.h"
#include "common/hash.h"
#include "nlohmann/json.hpp"

namespace dba::plan {

std::string DataMetricsDigest(const api::DataMetrics& metrics) {
  if (metrics.table_rows.empty() && metrics.next_ids.empty() && metrics.queries.empty()) return "";
  nlohmann::json value = {{"rows", metrics.table_rows},
                          {"ids", metrics.next_ids},
                          {"interval", absl::FormatDuration(metrics.interval)},
                          {"queries", nlohmann::json::array()}};
  for (const api::DataMetricQuery& query : metrics.queries) {
    value["queries"].push_back(
        {query.name, query.help, query.counter, query.query, query.labels, absl::FormatDuration(query.interval)});
  }
  return Sha256Hex(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).substr(0, 16);
}

}  // namespace dba::plan
