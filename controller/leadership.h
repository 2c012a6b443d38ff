// SPDX-License-Identifier: Apache-2.0
//
// Ties the work to the Lease: it begins with leadership, and ends before the Lease is given up.
#ifndef DBA_CONTROLLER_LEADERSHIP_H_
#define DBA_CONTROLLER_LEADERSHIP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "common/clock.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/agent/epoch_source.h"
#include "controller/config.h"
#include "controller/kube/kube_client.h"
#include "controller/reconcile/executor.h"
#include "controller/runtime/leader_elector.h"

namespace dba {

// Thread-safe. What it is made of must outlive it.
class Leadership : public agent::EpochSource {
 public:
  Leadership(kube::KubeClient* kube, Clock* clock, SecureRandom* random, const Config& config);

  // `inner`, which may be empty, behind a check that this process still leads; CANCELLED when it does not. A Lease is
  // no fence: a pause after the check can still let an effect through, which is then refused by a precondition of the
  // API server or by the database, which knows a higher epoch.
  CrashPoint Fence(CrashPoint inner) const;

  // Returns after `stop`. Calls `start` once this process leads, and `finish` when it is to end; a finish that takes
  // longer than 1.8 s is cut short by the end of the process, which is as safe as any other crash. Without
  // --leader_elect it leads from the start. When leadership is lost the process exits at once with 1.
  void Lead(std::function<void()> start, const std::function<void()>& finish, std::function<void(bool)> observer,
            const StopToken& stop);

  // Without --leader_elect the epoch is the time of the start.
  uint64_t Current() const override;
  void Outrun(uint64_t seen) override;

 private:
  kube::KubeClient* const kube_;
  Clock* const clock_;
  SecureRandom* const random_;
  const Config& config_;
  std::unique_ptr<LeaderElector> elector_;
  std::atomic<uint64_t> epoch_{0};  // without an elector
  std::function<void()> start_;
  std::function<void(bool)> observer_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_LEADERSHIP_H_
