// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_KUBE_DEADLINE_TIMER_H_
#define DBA_CONTROLLER_KUBE_DEADLINE_TIMER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <thread>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba::kube {

// Runs callbacks when their time has passed, on one thread of its own. Thread-safe.
class DeadlineTimer {
 public:
  DeadlineTimer();
  ~DeadlineTimer();  // no Alarm may be left

  // Calls `callback` once after `delay`, unless it is destroyed before; its destructor waits for a running callback.
  // The callback must be short.
  class Alarm {
   public:
    Alarm(DeadlineTimer* timer, absl::Duration delay, std::function<void()> callback);
    ~Alarm();
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

   private:
    DeadlineTimer* const timer_;
    std::pair<absl::Duration, int64_t> key_;
  };

 private:
  using Key = std::pair<absl::Duration, int64_t>;
  void Run();

  Mutex mu_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  int64_t next_id_ ABSL_GUARDED_BY(mu_) = 1;
  Key running_ ABSL_GUARDED_BY(mu_) = {absl::ZeroDuration(), 0};
  std::map<Key, std::function<void()>> alarms_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_DEADLINE_TIMER_H_
