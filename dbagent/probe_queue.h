// SPDX-License-Identifier: Apache-2.0
//
// Lets one query over rows run at a time, so that checks of many migrations do not load the server together.
#ifndef DBA_DBAGENT_PROBE_QUEUE_H_
#define DBA_DBAGENT_PROBE_QUEUE_H_

#include <cstdint>
#include <deque>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba::agent {

// Thread-safe. Who came first is first.
class ProbeQueue {
 public:
  // Waits for its turn until `until` at most; lives as long as the turn.
  class Turn {
   public:
    Turn(ProbeQueue* queue, absl::Time until) : queue_(queue), taken_(queue->Enter(until)) {}
    ~Turn() {
      if (taken_) queue_->Leave();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    // Whether it came.
    bool taken() const { return taken_; }

   private:
    ProbeQueue* const queue_;
    const bool taken_;
  };

 private:
  bool Enter(absl::Time until);
  void Leave();

  Mutex mutex_;
  CondVar moved_;
  std::deque<uint64_t> waiting_ ABSL_GUARDED_BY(mutex_);  // the first has its turn
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_PROBE_QUEUE_H_
