// SPDX-License-Identifier: Apache-2.0
//
// One ManagedDatabase, from what is to what should be: observe, plan, write the
// status, act; again until there is nothing left to do now.
#ifndef DBA_CONTROLLER_RECONCILE_RECONCILER_H_
#define DBA_CONTROLLER_RECONCILE_RECONCILER_H_

#include <map>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "controller/kube/resource.h"
#include "controller/plan/plan.h"
#include "controller/plan/world.h"
#include "controller/reconcile/error_policy.h"
#include "controller/reconcile/executor.h"
#include "controller/reconcile/observer.h"
#include "controller/reconcile/reconcile_listener.h"

namespace dba {

// Thread-safe for different keys; the work queue never hands one key to two
// workers. What it is made of must outlive it.
class Reconciler {
 public:
  Reconciler(Observer* observer, Executor* executor, ReconcileListener* listener, Clock* clock)
      : observer_(*observer), executor_(*executor), listener_(*listener), clock_(*clock) {}

  // Returns when the database is as it should be, when the next step must wait,
  // when an effect failed, or when `stop` is set; never in the middle of an
  // effect.
  Retry Reconcile(const kube::ObjectKey& key, const StopToken& stop);

 private:
  // What a run of Reconcile remembers from round to round.
  struct Run {
    const kube::ObjectKey& key;
    const StopToken& stop;
    int conflicts = 0;
    // Set once an action failed: the next round only writes what that means
    // into the status.
    std::optional<Retry> failed = std::nullopt;
  };

  // nullopt: something changed, look again at once.
  std::optional<Retry> Round(Run& run);
  std::optional<Retry> Act(Run& run, const plan::World& world, const plan::Plan& plan, bool status_changed);
  std::optional<Retry> Fail(Run& run, const plan::Action& action, const absl::Status& status);
  // Of a plan whose actions were not carried out only what went wrong is told.
  enum class Tone { kAll, kWarnings };
  void Tell(const plan::World& world, const plan::Plan& plan, Tone tone);

  // Of a ManagedDatabase that cannot be read an Event is all that can be written.
  void TellUnreadable(const kube::ObjectKey& key, const absl::Status& status);

  // Puts into `world` what this process remembers, with what `world` adds to it.
  void Recall(const kube::ObjectKey& key, plan::World& world);
  void KeepMemory(const kube::ObjectKey& key, const plan::Memory& memory) ABSL_LOCKS_EXCLUDED(mu_);
  void Forget(const kube::ObjectKey& key) ABSL_LOCKS_EXCLUDED(mu_);
  void NoteAction(const kube::ObjectKey& key, const plan::Action& action, bool succeeded) ABSL_LOCKS_EXCLUDED(mu_);

  std::optional<plan::Failure> LastFailure(const kube::ObjectKey& key) ABSL_LOCKS_EXCLUDED(mu_);
  // Forgets the failure unless its action is still planned.
  void KeepFailureOf(const kube::ObjectKey& key, const plan::Plan& plan) ABSL_LOCKS_EXCLUDED(mu_);
  void SetFailure(const kube::ObjectKey& key, plan::Failure failure) ABSL_LOCKS_EXCLUDED(mu_);
  void ForgetFailure(const kube::ObjectKey& key) ABSL_LOCKS_EXCLUDED(mu_);

  Observer& observer_;
  Executor& executor_;
  ReconcileListener& listener_;
  Clock& clock_;

  Mutex mu_;
  std::map<kube::ObjectKey, plan::Failure> failures_ ABSL_GUARDED_BY(mu_);
  std::map<kube::ObjectKey, plan::Memory> memories_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_RECONCILER_H_
