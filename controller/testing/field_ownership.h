// SPDX-License-Identifier: Apache-2.0
//
// Server-side apply for the fake API server: merging by the keys of list maps, and who owns which field, so that a
// field which a manager no longer sends is removed.
// Source: Kubernetes 1.34 reference, "Server-Side Apply", sections "Merge strategy" and "Conflicts".
#ifndef DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_
#define DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace dba::kube {

// One step per nesting level: a field's name, or "[key]" for an item of a list map.
using FieldPath = std::vector<std::string>;
using FieldSet = std::set<FieldPath>;

// The leaves of `object` that a manager can own; its identity (apiVersion, kind, name, uid, ...) is left out.
FieldSet OwnableFields(const nlohmann::json& object);

// The owners of one object's fields. Not thread-safe.
class FieldOwnership {
 public:
  // Returns `live` after `manager` applied `applied` with force: fields it sent earlier and not now are removed unless
  // another applier owns them too; fields it changes are taken from their owners.
  nlohmann::json Apply(const std::string& manager, const nlohmann::json& live, const nlohmann::json& applied);

  // Takes the fields that differ between the two from every manager, as an ordinary write does.
  void NoteWrite(const nlohmann::json& before, const nlohmann::json& after);

 private:
  std::map<std::string, FieldSet> owned_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_
