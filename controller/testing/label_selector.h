// SPDX-License-Identifier: Apache-2.0
//
// Kubernetes label selectors as `kubectl -l` writes them, for the fake API server.
#ifndef DBA_CONTROLLER_TESTING_LABEL_SELECTOR_H_
#define DBA_CONTROLLER_TESTING_LABEL_SELECTOR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// A conjunction of requirements; an empty one matches everything. A value.
class LabelSelector {
 public:
  // Reads "a=b", "a==b", "a!=b", "a in (b,c)", "a notin (b,c)", "a" and "!a", joined by commas.
  // INVALID_ARGUMENT: anything else.
  static absl::StatusOr<LabelSelector> Parse(absl::string_view text);

  // Whether metadata.labels of `object` fulfils every requirement.
  bool Matches(const nlohmann::json& object) const;

 private:
  struct Requirement {
    std::string key;
    bool wanted = true;  // false for !=, notin and !
    bool any_value = false;
    std::vector<std::string> values;
  };
  static absl::StatusOr<Requirement> ParseRequirement(absl::string_view text);

  std::vector<Requirement> requirements_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_LABEL_SELECTOR_H_
