// SPDX-License-Identifier: Apache-2.0
//
// Keeps one replica at work at a time, over a coordination.k8s.io/v1 Lease.
#ifndef DBA_CONTROLLER_RUNTIME_LEADER_ELECTOR_H_
#define DBA_CONTROLLER_RUNTIME_LEADER_ELECTOR_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "controller/runtime/lease_rules.h"

namespace dba {

class LeaderElector {
 public:
  struct Options {
    kube::ObjectKey lease;
    std::string identity;  // unlike any other process's, also after a restart: the Pod's name and a random part
    LeaseTiming timing;
    std::function<void()> on_started;  // on the thread of Run(); must return soon
    // Leadership is lost: stop working at once. On a thread of its own while Run() may hang in a call; must return
    // soon. Not called on a clean stop.
    std::function<void()> on_lost;
    std::function<void(bool leading)> observer;  // leader_election_master_status; may be absent
  };

  // The pointers must outlive this object. `client` should give up a call well within the renew deadline.
  LeaderElector(kube::KubeClient* client, Clock* clock, SecureRandom* random, Options options);

  // Waits for the Lease, then holds it. CANCELLED: stopped; the Lease was released if we held it, so the caller must
  // have ended its work before it requests the stop. ABORTED: lost, after on_lost. Run it once.
  absl::Status Run(const StopToken& stop);

  // Thread-safe. False as soon as the renew deadline has passed, whatever Run() is doing.
  bool IsLeader() const;

  // Thread-safe. The epoch of this process's leadership; 0 before the first. It stays when leadership is lost.
  uint64_t epoch() const;

  // Thread-safe. Makes the next renewal raise the epoch above `seen`; only a leader's renewal succeeds.
  void Outrun(uint64_t seen);

 private:
  // One look and one step; sets how long to wait until the next.
  absl::Status Step(absl::Duration* wait);
  absl::Status Take(const LeaseStep& step, absl::Duration began);
  void Release();
  // Ends leadership when the renew deadline passes while a call hangs.
  void Guard(const StopToken& stop);
  void Lose();
  void Lead(absl::Duration renewed_at, uint64_t epoch);

  kube::KubeClient* const client_;
  Clock* const clock_;
  SecureRandom* const random_;
  const Options options_;
  LeaseView view_;  // of Run()'s thread
  StopSource lost_;
  mutable Mutex mu_;
  bool leading_ ABSL_GUARDED_BY(mu_) = false;
  absl::Duration renewed_at_ ABSL_GUARDED_BY(mu_);
  uint64_t epoch_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t outrun_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RUNTIME_LEADER_ELECTOR_H_
