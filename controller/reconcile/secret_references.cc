// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/secret_references.h"

#include "absl/strings/string_view.h"
#include "common/json.h"

namespace dba {
namespace {

// The elements of the array at `path`; none when it is absent or no array.
const Json& Elements(const Json& root, JsonPath path) {
  static const Json* const kNone = new Json(Json::array());
  const Json* found = FindJson(root, path);
  return found != nullptr && found->is_array() ? *found : *kNone;
}

class Collector {
 public:
  void AddContainers(const Json& spec, absl::string_view field) {
    for (const Json& container : Elements(spec, {field})) {
      for (const Json& variable : Elements(container, {"env"})) Add(variable, {"valueFrom", "secretKeyRef", "name"});
      for (const Json& source : Elements(container, {"envFrom"})) Add(source, {"secretRef", "name"});
    }
  }

  void AddVolumes(const Json& spec) {
    for (const Json& volume : Elements(spec, {"volumes"})) {
      Add(volume, {"secret", "secretName"});
      Add(volume, {"csi", "nodePublishSecretRef", "name"});
      Add(volume, {"azureFile", "secretName"});
      for (absl::string_view kind : {"cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"}) {
        Add(volume, {kind, "secretRef", "name"});
      }
      for (const Json& source : Elements(volume, {"projected", "sources"})) Add(source, {"secret", "name"});
    }
  }

  void AddPullSecrets(const Json& spec) {
    for (const Json& secret : Elements(spec, {"imagePullSecrets"})) Add(secret, {"name"});
  }

  std::set<std::string> Take() { return std::move(names_); }

 private:
  void Add(const Json& root, JsonPath path) {
    const Json* name = FindJson(root, path);
    if (name != nullptr && name->is_string()) names_.insert(name->get<std::string>());
  }

  std::set<std::string> names_;
};

}  // namespace

std::set<std::string> SecretsOfPod(const nlohmann::json& pod) {
  const Json* phase = FindJson(pod, {"status", "phase"});
  if (phase != nullptr && (*phase == "Succeeded" || *phase == "Failed")) return {};
  const Json* spec = FindJson(pod, {"spec"});
  if (spec == nullptr) return {};
  Collector collector;
  for (absl::string_view field : {"containers", "initContainers", "ephemeralContainers"}) {
    collector.AddContainers(*spec, field);
  }
  collector.AddVolumes(*spec);
  collector.AddPullSecrets(*spec);
  return collector.Take();
}

}  // namespace dba
