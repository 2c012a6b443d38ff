// SPDX-License-Identifier: Apache-2.0
#include "dbagent/probe_queue.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace dba::agent {

bool ProbeQueue::Enter(absl::Time until) {
  MutexLock lock(&mutex_);
  const uint64_t mine = ++last_;
  waiting_.push_back(mine);
  while (waiting_.front() != mine) {
    const absl::Duration left = until - absl::Now();
    if (left <= absl::ZeroDuration()) {
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), mine));
      return false;
    }
    moved_.WaitFor(&mutex_, left);
  }
  return true;
}

void ProbeQueue::Leave() {
  MutexLock lock(&mutex_);
  waiting_.pop_front();
  moved_.SignalAll();
}

}  // namespace dba::agent
