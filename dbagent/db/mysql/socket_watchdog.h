// SPDX-License-Identifier: Apache-2.0
//
// Ends blocking reads at a deadline, for a library that knows timeouts only per connection and in seconds.
#ifndef DBA_DBAGENT_DB_MYSQL_SOCKET_WATCHDOG_H_
#define DBA_DBAGENT_DB_MYSQL_SOCKET_WATCHDOG_H_

#include <map>
#include <thread>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba::agent {

// One thread for all sockets of the process. Thread-safe.
class SocketWatchdog {
 public:
  static SocketWatchdog& Get();

  // While it lives: at `deadline` the socket is shut down, so that a blocked read returns with an error. The socket
  // must stay open at least as long as this object.
  class Guard {
   public:
    Guard(int socket, absl::Time deadline);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    const int id_;
  };

 private:
  struct Entry {
    int socket;
    absl::Time deadline;
  };
  SocketWatchdog();
  void Watch();
  int Add(int socket, absl::Time deadline);
  void Remove(int id);

  Mutex mutex_;
  CondVar changed_;
  std::map<int, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_SOCKET_WATCHDOG_H_
