// SPDX-License-Identifier: Apache-2.0
//
// How a ManagedDatabase that is being deleted is let go: what nobody may need any more is cleaned up first, and under
// deletionPolicy Delete the credentials of applications too. Never stuck on what cannot be reached.
#ifndef DBA_CONTROLLER_PLAN_DELETION_RULES_H_
#define DBA_CONTROLLER_PLAN_DELETION_RULES_H_

#include <optional>

#include "absl/time/time.h"
#include "controller/plan/situation.h"
#include "controller/plan/world.h"

namespace dba::plan {

// The ManagedDatabase does not carry our finalizer yet: adds it before anything is made.
std::optional<Decision> EnsureFinalizer(const Situation& situation);

// What a deleted ManagedDatabase leaves to be retired: under Delete all credentials of applications, else those that
// were never published or are withdrawn.
std::vector<RetireCandidate> DeletionCandidates(const Situation& situation);

// The ManagedDatabase is being deleted and carries our finalizer. `unobserved` is why the world is not known, nullopt
// when `situation` is not nullptr.
Decision DecideDeletion(const World& world, const Situation* situation, const std::optional<Decision>& unobserved,
                        absl::Time now);

// Whether our finalizer holds the ManagedDatabase.
bool HasFinalizer(const api::ManagedDatabase& database);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_DELETION_RULES_H_
