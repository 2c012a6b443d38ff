// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_OBJECT_TEXT_H_
#define DBA_CONTROLLER_SIMULATION_OBJECT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace dba::simulation {

// The decoded text of one key of a Secret; empty when absent.
std::string SecretText(const nlohmann::json& secret, const char* key);

// metadata.labels[key] and metadata.annotations[key] of an object; empty when absent.
std::string LabelOf(const nlohmann::json& object, absl::string_view key);
std::string AnnotationOf(const nlohmann::json& object, absl::string_view key);

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_OBJECT_TEXT_H_
