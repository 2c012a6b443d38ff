// SPDX-License-Identifier: Apache-2.0
#include "dbagent/metrics/data_metrics.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxHelpBytes = 512;
constexpr size_t kMaxSqlBytes = 16384;
constexpr size_t kMaxLabels = 10;
constexpr size_t kMaxLabelValueBytes = 128;
constexpr absl::Duration kLongestInterval = absl::Hours(24);

bool IsNameCharacter(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; }

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

bool IsText(absl::string_view text, size_t max_bytes) {
  return text.size() <= max_bytes &&
         std::none_of(text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(c); });
}

absl::Status Bad(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("data metric ", name, ": ", why));
}

absl::Status CheckInterval(absl::string_view name, absl::Duration interval) {
  return interval >= kShortestInterval && interval <= kLongestInterval ? absl::OkStatus()
                                                                       : Bad(name, "interval must be from 1s to 24h");
}

absl::Status CheckLabels(const DataQuery& query) {
  if (query.labels.size() > kMaxLabels) return Bad(query.name, "at most 10 labels are allowed");
  for (const auto& [key, value] : query.labels) {
    constexpr absl::string_view kReserved[] = {"database", "metric", "verb", "query_for_metric", "le", "quantile"};
    if (!IsName(key) || std::find(std::begin(kReserved), std::end(kReserved), key) != std::end(kReserved)) {
      return Bad(query.name,
                 absl::StrCat("label names must be [a-z][a-z0-9_]* and none of ", absl::StrJoin(kReserved, ", ")));
    }
    if (!IsText(value, kMaxLabelValueBytes)) return Bad(query.name, "label values must be at most 128 bytes of text");
  }
  return absl::OkStatus();
}

absl::Status CheckQuery(const DataQuery& query) {
  constexpr absl::string_view kOwn[] = {"database_table_rows_estimate", "database_table_next_id",
                                        "database_query_duration_seconds"};
  if (!IsName(query.name) || !absl::StartsWith(query.name, "database_")) {
    return Bad(query.name, "the name must be database_ and more of a-z, 0-9 and _");
  }
  for (absl::string_view own : kOwn) {
    if (absl::StartsWith(query.name, own)) return Bad(query.name, "the agent itself uses this name");
  }
  if (query.counter != absl::EndsWith(query.name, "_total")) {
    return Bad(query.name, "the name of a counter, and of nothing else, ends in _total");
  }
  if (query.help.empty() || !IsText(query.help, kMaxHelpBytes))
    return Bad(query.name, "help must be 1 to 512 bytes of text");
  if (query.sql.empty() || query.sql.size() > kMaxSqlBytes) return Bad(query.name, "query must be 1 to 16384 bytes");
  DBA_RETURN_IF_ERROR(CheckLabels(query));
  return CheckInterval(query.name, query.interval);
}

absl::Status CheckTables(absl::string_view what, const std::vector<std::string>& tables) {
  std::set<std::string> seen;
  for (const std::string& table : tables) {
    DBA_RETURN_IF_ERROR(ParseTableName(table).status());
    if (!IsText(table, kMaxNameBytes)) return Bad(what, "a table name is longer than 128 bytes or is not text");
    if (!seen.insert(table).second) return Bad(what, absl::StrCat("table ", table, " stands twice"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDataMetrics(const DataMetricsConfig& config) {
  const size_t count = config.table_rows.size() + config.next_ids.size() + config.queries.size();
  if (count > kMaxDataMetrics) {
    return absl::InvalidArgumentError(absl::StrCat(count, " data metrics are more than ", kMaxDataMetrics));
  }
  if (!IsText(config.database, kMaxNameBytes * 4) || config.database.empty()) {
    return absl::InvalidArgumentError("database must be the label's value: namespace/name");
  }
  DBA_RETURN_IF_ERROR(CheckTables("table_rows", config.table_rows));
  DBA_RETURN_IF_ERROR(CheckTables("next_ids", config.next_ids));
  DBA_RETURN_IF_ERROR(CheckInterval("interval", config.interval));
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  std::map<std::string, std::pair<bool, std::string>> families;
  for (const DataQuery& query : config.queries) {
    DBA_RETURN_IF_ERROR(CheckQuery(query));
    if (!seen.emplace(query.name, query.labels).second) return Bad(query.name, "stands twice with the same labels");
    const auto [family, added] = families.emplace(query.name, std::make_pair(query.counter, query.help));
    if (!added && family->second != std::make_pair(query.counter, query.help)) {
      return Bad(query.name, "has another type or help where it stands first");
    }
  }
  return absl::OkStatus();
}

}  // namespace dba::agent
