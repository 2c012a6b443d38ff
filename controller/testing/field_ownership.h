// SPDX-License-Identifier: Apache-2.0
//
// Server-side apply for the fake API server: merging by the keys of list maps, and who owns which field, so that a
// field which a manager no longer sends is removed.
// Source: Kubernetes 1.34 reference, "Server-Side Apply", sections "Merge strategy" and "Conflicts".
#ifndef DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_
#define DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_

#include <map>
#include <memory>
#include <string>

#include "nlohmann/json.hpp"

namespace dba::kube {

// The owners of one object's fields. Not thread-safe.
class FieldOwnership {
 public:
  // Returns `live` after `manager` applied `applied` with force: fields it sent earlier and not now are removed unless
  // another applier owns them too; fields it changes are taken from their owners.
  nlohmann::json Apply(const std::string& manager, const nlohmann::json& live, const nlohmann::json& applied);

  // Takes the fields that differ between the two from every manager, as an ordinary write does.
  void NoteWrite(const nlohmann::json& before, const nlohmann::json& after);

 private:
  // By manager: what it sent last, without the object's identity (apiVersion, kind, name, uid, ...) and without the
  // fields that were taken from it. Only where its leaves are counts, not their values.
  std::map<std::string, std::shared_ptr<const nlohmann::json>> owned_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_FIELD_OWNERSHIP_H_
