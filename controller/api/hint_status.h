// SPDX-License-Identifier: Apache-2.0
//
// What the status of a ManagedDatabase says about the hints of its next migration.
#ifndef DBA_CONTROLLER_API_HINT_STATUS_H_
#define DBA_CONTROLLER_API_HINT_STATUS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace dba::api {

// A finding (docs/hints.md).
struct FindingStatus {
  std::string rule;
  std::string harm;
  std::string effect;      // Block | Warn
  std::string confidence;  // High | Medium | Low
  std::string table;
  std::vector<std::string> columns;
  std::string message;
  std::string remedy;
};

// Somebody let a migration start in spite of what was found.
struct Acknowledgement {
  std::string migration;
  std::string digest;  // of the findings
  std::string by;
  std::string reason;
  absl::Time at;  // when it was seen first
};

// The values of `status`.findings and `status`.acknowledgement; what is not in the form we write is as good as absent.
std::vector<FindingStatus> ParseFindings(const nlohmann::json& status);
std::optional<Acknowledgement> ParseAcknowledgement(const nlohmann::json& status);

nlohmann::json ToJson(const std::vector<FindingStatus>& findings);
nlohmann::json ToJson(const Acknowledgement& acknowledgement);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_HINT_STATUS_H_
