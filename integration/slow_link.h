// SPDX-License-Identifier: Apache-2.0
//
// A network link to a server on the loopback interface on which a login takes its time: what a client sends second is
// held back. Of MySQL's and MariaDB's protocol that is the answer to a request for another authentication plugin, for
// which these servers wait after they have looked the account and its lock up.
#ifndef DBA_INTEGRATION_SLOW_LINK_H_
#define DBA_INTEGRATION_SLOW_LINK_H_

#include <cstdint>
#include <functional>
#include <list>
#include <thread>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba {

class SlowLink {
 public:
  //   delay  how long the next login is held back; called by one thread
  SlowLink(uint16_t server_port, std::function<absl::Duration()> delay);
  ~SlowLink();
  SlowLink(const SlowLink&) = delete;
  SlowLink& operator=(const SlowLink&) = delete;

  uint16_t port() const { return port_; }

 private:
  struct Carrier {
    std::thread thread;
    bool done = false;
  };

  void Accept();
  // Joins the carriers that are done: a thread that is not joined keeps its stack.
  void ReapLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Carry(int client, absl::Duration delay);
  // False when the link is ending.
  bool Wait(absl::Duration duration);

  const uint16_t server_port_;
  const std::function<absl::Duration()> delay_;
  int listener_ = -1;
  uint16_t port_ = 0;
  Mutex mutex_;
  CondVar ended_;
  CondVar carried_;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<Carrier> carriers_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_SLOW_LINK_H_
