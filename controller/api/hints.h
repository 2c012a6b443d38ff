// SPDX-License-Identifier: Apache-2.0
//
// What is asked and answered about the hints of a migration (proto/dbaoperator/agent/v1 has the meaning of each field).
#ifndef DBA_CONTROLLER_API_HINTS_H_
#define DBA_CONTROLLER_API_HINTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace dba::api {

enum class HintMode { kUnspecified, kBlock, kWarn, kOff };

// From when on a table is called large, or busy. Zero: the agent's default.
struct TableThresholds {
  int64_t large_rows = 0;
  int64_t large_bytes = 0;
  double heavy_writes_per_second = 0;
};

struct HintRuleMode {
  std::string rule;
  HintMode mode = HintMode::kUnspecified;
};

struct HintTableOverride {
  std::string table;
  HintMode mode = HintMode::kUnspecified;
  TableThresholds thresholds;
};

// spec.hints of a ManagedDatabase.
struct HintPolicy {
  HintMode mode = HintMode::kBlock;
  HintMode on_unknown = HintMode::kWarn;
  TableThresholds thresholds;
  absl::Duration write_window = absl::Minutes(5);
  absl::Duration probe_timeout = absl::Seconds(2);
  std::vector<HintRuleMode> rules;
  std::vector<HintTableOverride> tables;
};

struct Finding {
  std::string rule;
  std::string harm;
  bool blocks = false;     // else it warns
  std::string confidence;  // High | Medium | Low
  bool unknown = false;
  bool transient = false;
  int hint = 0;  // index into the hints of the migration
  int scenario = 0;
  std::string table;
  std::vector<std::string> columns;
  std::string message;
  std::string remedy;
  absl::Duration expected_duration = absl::ZeroDuration();  // zero: not known
  std::map<std::string, std::string> evidence;
};

// Whether the database already is as a hint wants it.
enum class Applied { kUnknown, kNo, kYes };

struct HintReport {
  std::vector<Finding> findings;
  std::vector<Applied> applied;  // one for each hint
  absl::Time checked_at = absl::InfinitePast();
};

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_HINTS_H_
