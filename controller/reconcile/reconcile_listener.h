// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_RECONCILE_LISTENER_H_
#define DBA_CONTROLLER_RECONCILE_RECONCILE_LISTENER_H_

#include "absl/status/statusor.h"
#include "controller/api/managed_database.h"
#include "controller/kube/resource.h"
#include "controller/plan/action.h"
#include "controller/plan/plan.h"
#include "controller/reconcile/executor.h"

namespace dba {

// Is told what happens, for metrics and Events. Thread-safe, quick, and without
// a way to fail.
class ReconcileListener {
 public:
  virtual ~ReconcileListener() = default;

  // `status` now stands in the CR; before it, `database.status` did.
  virtual void OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) = 0;

  // Something worth telling a human once.
  virtual void OnNotice(const api::ManagedDatabase& database, const plan::Notice& notice) = 0;

  virtual void OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                        const absl::StatusOr<Effect>& effect) = 0;

  // The ManagedDatabase is gone.
  virtual void OnGone(const kube::ObjectKey& key) = 0;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_RECONCILE_LISTENER_H_
