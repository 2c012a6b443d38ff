// SPDX-License-Identifier: Apache-2.0
//
// What one migration did to the application beside it, and what the agent had said before.
#ifndef DBA_INTEGRATION_HINTS_TRUTH_ROW_H_
#define DBA_INTEGRATION_HINTS_TRUTH_ROW_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace dba::hints {

// The words of Finding.harm in agent.proto.
struct Said {
  std::string rule;
  std::string harm;
  std::string message;
  bool unknown = false;
};

struct TruthRow {
  std::string server;
  std::string id;
  std::set<std::string> harms;  // measured; empty: harmless
  int64_t rows = 0;
  double ddl_ms = 0;
  double write_stall_ms = 0;  // the longest, within the migration
  double read_stall_ms = 0;
  bool rewritten = false;
  std::string error;       // of the migration; begins with its code
  std::string old_writer;  // the error of the old application's transaction or read afterwards
  std::string unverified;  // the verification that did not hold
  bool asked = false;      // whether the agent was asked, and answered
  std::string check_error;
  double check_ms = 0;
  std::vector<Said> said;
  std::string note;
};

// One line of JSON, and back. INVALID_ARGUMENT: it is not what ToJson wrote.
std::string ToJson(const TruthRow& row);
absl::StatusOr<TruthRow> FromJson(const std::string& line);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_TRUTH_ROW_H_
