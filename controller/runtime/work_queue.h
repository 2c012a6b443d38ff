// SPDX-License-Identifier: Apache-2.0
//
// Which objects to reconcile next. An object is in the queue at most once and with at most one worker, and what changes
// while a worker has it brings it back afterwards.
#ifndef DBA_CONTROLLER_RUNTIME_WORK_QUEUE_H_
#define DBA_CONTROLLER_RUNTIME_WORK_QUEUE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "controller/kube/resource.h"

namespace dba {

// Names as in client-go's and controller-runtime's metrics. Called under the queue's lock; must not block. Absent ones
// are skipped.
struct WorkQueueObserver {
  std::function<void(size_t)> depth;                   // workqueue_depth
  std::function<void()> add;                           // workqueue_adds_total
  std::function<void(absl::Duration)> queue_duration;  // workqueue_queue_duration_seconds
  std::function<void(absl::Duration)> work_duration;   // workqueue_work_duration_seconds
  std::function<void()> retry;                         // workqueue_retries_total
};

// Thread-safe.
class WorkQueue {
 public:
  // All of kChange come before any of kResync; within one, first come first served.
  enum class Priority { kChange = 0, kResync = 1 };

  // The pointers must outlive this object.
  WorkQueue(Clock* clock, SecureRandom* random, BackoffPolicy backoff, WorkQueueObserver observer = {});

  // Makes `key` due now; forgets a delay that it was waiting for.
  void Add(const kube::ObjectKey& key, Priority priority = Priority::kChange);
  // Makes `key` due after `delay`, unless it is due sooner.
  void AddAfter(const kube::ObjectKey& key, absl::Duration delay, Priority priority = Priority::kChange);
  // The same after a delay that grows with each call since Forget().
  void AddRateLimited(const kube::ObjectKey& key);
  void Forget(const kube::ObjectKey& key);

  // Blocks until a key is due; nullopt after ShutDown(). The key is the caller's until Done().
  std::optional<kube::ObjectKey> Get();
  // The same without waiting; nullopt when none is due.
  std::optional<kube::ObjectKey> TryGet();
  void Done(const kube::ObjectKey& key);

  // Ends every Get(); what is queued stays undone.
  void ShutDown();

  // Keys that are due and that no worker has.
  size_t depth() const;

 private:
  struct Item {
    bool ready = false;
    bool working = false;
    bool again = false;  // came back while a worker has it
    Priority priority = Priority::kResync;
    int64_t sequence = 0;
    absl::Duration ready_since;
    absl::Duration working_since;
    std::optional<absl::Duration> due;  // waiting for this time
    int failures = 0;
  };
  using ReadyKey = std::tuple<Priority, int64_t, kube::ObjectKey>;

  void MakeReadyLocked(const kube::ObjectKey& key, Item* item, Priority priority) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ClearDueLocked(const kube::ObjectKey& key, Item* item) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<kube::ObjectKey> TakeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropIfIdleLocked(const kube::ObjectKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void TellDepthLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Clock* const clock_;
  SecureRandom* const random_;
  const BackoffPolicy backoff_;
  const WorkQueueObserver observer_;
  mutable Mutex mu_;
  CondVar changed_;
  bool shut_down_ ABSL_GUARDED_BY(mu_) = false;
  int64_t next_sequence_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<kube::ObjectKey, Item> items_ ABSL_GUARDED_BY(mu_);
  std::set<ReadyKey> ready_ ABSL_GUARDED_BY(mu_);
  std::set<std::pair<absl::Duration, kube::ObjectKey>> waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RUNTIME_WORK_QUEUE_H_
