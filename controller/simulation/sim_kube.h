// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_SIM_KUBE_H_
#define DBA_CONTROLLER_SIMULATION_SIM_KUBE_H_

#include <string>

#include "controller/kube/kube_client.h"
#include "controller/simulation/checker.h"
#include "controller/simulation/edge.h"
#include "controller/simulation/environment.h"

namespace dba::simulation {

// The API server as one controller process reaches it: kube::FakeKubeClient behind an Edge, its writes told to the
// Checker. What it is made of must outlive it, and the effects that it leaves behind need all but the Edge.
class SimKube : public kube::KubeClient {
 public:
  SimKube(Environment* env, Checker* checker, Edge* edge, Observation* seen)
      : env_(*env), checker_(*checker), edge_(*edge), seen_(*seen) {}

  absl::StatusOr<nlohmann::json> Get(const kube::Resource& resource, const kube::ObjectKey& key) override;
  absl::StatusOr<kube::ObjectList> List(const kube::Resource& resource, absl::string_view name_space,
                                        absl::string_view label_selector) override;
  // UNIMPLEMENTED: the reconciler watches nothing.
  absl::Status Watch(const kube::Resource& resource, absl::string_view name_space, absl::string_view label_selector,
                     absl::string_view resource_version, const std::function<void(kube::WatchEvent)>& sink,
                     const StopToken& stop) override;
  absl::StatusOr<nlohmann::json> Create(const kube::Resource& resource, const nlohmann::json& object) override;
  absl::StatusOr<nlohmann::json> Apply(const kube::Resource& resource, const nlohmann::json& object,
                                       absl::string_view field_manager, absl::string_view subresource) override;
  absl::StatusOr<nlohmann::json> MergePatch(const kube::Resource& resource, const kube::ObjectKey& key,
                                            const nlohmann::json& patch) override;
  absl::Status Delete(const kube::Resource& resource, const kube::ObjectKey& key,
                      const kube::Preconditions& preconditions) override;

 private:
  bool Is(Mutant mutant) const { return env_.mutant == mutant; }
  bool RefersToLost(const nlohmann::json& pod) const;
  nlohmann::json Sabotaged(const kube::Resource& resource, nlohmann::json object) const;

  Environment& env_;
  Checker& checker_;
  Edge& edge_;
  Observation& seen_;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_KUBE_H_
