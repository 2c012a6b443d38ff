// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/socket_watchdog.h"

#include <sys/socket.h>

#include <algorithm>

#include "absl/time/clock.h"

namespace dba::agent {

SocketWatchdog& SocketWatchdog::Get() {
  // Lives as long as the process: its thread must not outlive it.
  static auto* const watchdog = new SocketWatchdog();
  return *watchdog;
}

SocketWatchdog::SocketWatchdog() : thread_([this] { Watch(); }) {}

void SocketWatchdog::Watch() {
  MutexLock lock(&mutex_);
  while (true) {
    const absl::Time now = absl::Now();
    absl::Time next = absl::InfiniteFuture();
    for (auto& [id, entry] : entries_) {
      if (entry.deadline <= now) {
        shutdown(entry.socket, SHUT_RDWR);
        entry.deadline = absl::InfiniteFuture();
      }
      next = std::min(next, entry.deadline);
    }
    changed_.WaitFor(&mutex_, next - now);
  }
}

int SocketWatchdog::Add(int socket, absl::Time deadline) {
  MutexLock lock(&mutex_);
  entries_[++next_id_] = {socket, deadline};
  changed_.Signal();
  return next_id_;
}

void SocketWatchdog::Remove(int id) {
  MutexLock lock(&mutex_);
  entries_.erase(id);
}

SocketWatchdog::Guard::Guard(int socket, absl::Time deadline) : id_(Get().Add(socket, deadline)) {}
SocketWatchdog::Guard::~Guard() { Get().Remove(id_); }

}  // namespace dba::agent
