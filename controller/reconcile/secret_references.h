// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_SECRET_REFERENCES_H_
#define DBA_CONTROLLER_RECONCILE_SECRET_REFERENCES_H_

#include <set>
#include <string>

#include "nlohmann/json.hpp"

namespace dba {

// The names of all Secrets that `pod` (core/v1 Pod) may read, whether marked
// optional or not: environment variables of its containers, init containers and
// ephemeral containers, volumes of every kind that takes a Secret, and image
// pull Secrets (Kubernetes 1.34 API reference, PodSpec). Empty for a Pod in
// phase Succeeded or Failed: none of its containers is ever started again
// (documentation, "Pod Lifecycle"), and what one of them may still hold open
// shows up as a database session. A Pod that is being deleted counts: its
// containers may run for its whole grace period. Pure; parts of an unexpected
// shape are passed over.
std::set<std::string> SecretsOfPod(const nlohmann::json& pod);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_SECRET_REFERENCES_H_
