// SPDX-License-Identifier: Apache-2.0
//
// Runs a reconcile function for each object that changed, failed or is due, with a few workers.
#ifndef DBA_CONTROLLER_RUNTIME_CONTROLLER_H_
#define DBA_CONTROLLER_RUNTIME_CONTROLLER_H_

#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/resource.h"
#include "controller/runtime/work_queue.h"

namespace dba {

// What comes next for the object:
//   requeue_after given         again after that time, whatever the status
//   else, the status is an error  again after a delay that grows with each failure in a row
//   else                        when it changes, and at the next resync
struct ReconcileResult {
  absl::Status status;
  std::optional<absl::Duration> requeue_after;
};

// Called by several threads, but for one object by one at a time. Returns soon when a stop is requested.
using ReconcileFunction = std::function<ReconcileResult(const kube::ObjectKey&, const StopToken&)>;

// Thread-safe. Owns its threads between Start() and Stop().
class Controller {
 public:
  struct Options {
    std::string name;  // of the controller, in logs
    int workers = 4;
    absl::Duration resync_period = absl::Minutes(10);
    BackoffPolicy backoff = {absl::Milliseconds(200), absl::Minutes(5), 2};
    // All objects there are; asked once a period. Each is then reconciled at its own random moment within the next
    // period, so that a thousand do not come at once. May be absent: no resync.
    std::function<std::vector<kube::ObjectKey>()> resync_keys;
    WorkQueueObserver queue_observer;
    // Told of each reconcile: "success", "requeue_after" or "error" (controller_runtime_reconcile_total{result}), and
    // the time it took. May be absent. Must not block.
    std::function<void(absl::string_view result, absl::Duration took)> observer;
  };

  // The pointers must outlive this object.
  Controller(Clock* clock, SecureRandom* random, Options options, ReconcileFunction reconcile);
  ~Controller();

  // Both may be called before Start(), for what a reflector saw in the meantime.
  void Enqueue(const kube::ObjectKey& key) { queue_.Add(key); }
  void EnqueueAfter(const kube::ObjectKey& key, absl::Duration delay) { queue_.AddAfter(key, delay); }

  void Start();
  // Asks running reconciles to stop and joins all threads. Repeatable.
  void Stop();

 private:
  void Work(const StopToken& stop);
  void Resync(const StopToken& stop);
  ReconcileResult ReconcileOnce(const kube::ObjectKey& key, const StopToken& stop);
  void Schedule(const kube::ObjectKey& key, const ReconcileResult& result);

  Clock* const clock_;
  SecureRandom* const random_;
  const Options options_;
  const ReconcileFunction reconcile_;
  WorkQueue queue_;
  StopSource stop_;
  std::vector<std::thread> threads_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RUNTIME_CONTROLLER_H_
