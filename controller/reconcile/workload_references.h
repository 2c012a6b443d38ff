// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_WORKLOAD_REFERENCES_H_
#define DBA_CONTROLLER_RECONCILE_WORKLOAD_REFERENCES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/api/managed_database.h"
#include "controller/kube/kube_client.h"
#include "controller/plan/world.h"
#include "nlohmann/json.hpp"

namespace dba {

// Everything in the namespace of `database` that refers to one of `secrets`: Pods that have not ended; the templates of
// Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers, CronJobs and unfinished Jobs, at any
// scale; and the kinds of spec.credentials.referencedBy. An old revision of a Deployment (a ReplicaSet with 0 replicas)
// is no use: `kubectl rollout undo` would bring it back, and is a decision. Templates are listed before Pods, so that
// what a template makes meanwhile is seen. Any list that fails makes all unknown: the message names the resource and
// the right that may be missing.
absl::StatusOr<std::vector<plan::SecretReference>> FindReferences(kube::KubeClient& kube,
                                                                  const api::ManagedDatabase& database,
                                                                  const std::set<std::string>& secrets);

// The strings that `path` leads to: names joined with dots, "[]" after the name of an array whose elements are all
// followed: "spec.valuesFrom[].name". Pure.
std::vector<std::string> StringsAt(const nlohmann::json& object, absl::string_view path);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_WORKLOAD_REFERENCES_H_
