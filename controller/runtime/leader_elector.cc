// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/leader_elector.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "common/log.h"
#include "common/status_macros.h"

namespace dba {

using kube::kLeases;

LeaderElector::LeaderElector(kube::KubeClient* client, Clock* clock, SecureRandom* random, Options options)
    : client_(client), clock_(clock), random_(random), options_(std::move(options)) {}

absl::Status LeaderElector::Run(const StopToken& stop) {
  StopSource ended;
  const StopCallback end_on_stop(stop, [&] { ended.RequestStop(); });
  const StopCallback end_on_loss(lost_.Token(), [&] { ended.RequestStop(); });
  std::thread guard([&] { Guard(ended.Token()); });
  absl::Duration wait;
  do {
    const absl::Status step = Step(&wait);
    if (!step.ok()) {
      LogWarning("leader election step failed, trying again", {{"lease", options_.lease.name}, {"error", step}});
      wait = options_.timing.retry_period;
    }
  } while (!ended.StopRequested() && clock_->WaitFor(wait, ended.Token()));
  guard.join();
  if (lost_.StopRequested()) return absl::AbortedError("leadership was lost");
  Release();
  return absl::CancelledError("leader election stopped");
}

absl::Status LeaderElector::Step(absl::Duration* wait) {
  absl::StatusOr<nlohmann::json> lease = client_->Get(kLeases, options_.lease);
  if (!lease.ok() && !absl::IsNotFound(lease.status())) return lease.status();
  const absl::Duration now = clock_->Monotonic();
  std::optional<LeaseRecord> record;
  if (lease.ok()) {
    DBA_ASSIGN_OR_RETURN(record, ParseLease(*lease));
  }
  view_ = Observe(view_, std::move(record), now);
  const LeaseStep step = NextLeaseStep(view_, options_.identity, options_.timing, now, Jitter(*random_));
  bool leading;
  {
    MutexLock lock(&mu_);
    leading = leading_;
  }
  if (leading && step.kind != LeaseStep::Kind::kRenew) {
    Lose();  // somebody took, released or deleted it
    return absl::OkStatus();
  }
  *wait = step.kind == LeaseStep::Kind::kWait ? step.wait : options_.timing.retry_period;
  return step.kind == LeaseStep::Kind::kWait ? absl::OkStatus() : Take(step, now);
}

absl::Status LeaderElector::Take(const LeaseStep& step, absl::Duration began) {
  absl::StatusOr<nlohmann::json> lease;
  if (step.kind == LeaseStep::Kind::kCreate) {
    lease = client_->Create(kLeases, NewLease(options_.lease, options_.identity, options_.timing, clock_->Now()));
  } else if (step.kind == LeaseStep::Kind::kAcquire) {
    lease = client_->MergePatch(kLeases, options_.lease,
                                AcquirePatch(*view_.record, options_.identity, options_.timing, clock_->Now()));
  } else {
    uint64_t outrun;
    {
      MutexLock lock(&mu_);
      outrun = outrun_;
    }
    lease = client_->MergePatch(kLeases, options_.lease, RenewPatch(*view_.record, clock_->Now(), outrun));
  }
  DBA_RETURN_IF_ERROR(lease.status());
  DBA_ASSIGN_OR_RETURN(LeaseRecord record, ParseLease(*lease));
  const uint64_t epoch = record.epoch;
  view_ = {std::move(record), began};
  // From before the request: others count from a later moment.
  Lead(began, epoch);
  return absl::OkStatus();
}

void LeaderElector::Lead(absl::Duration renewed_at, uint64_t epoch) {
  bool started;
  {
    MutexLock lock(&mu_);
    if (lost_.StopRequested()) return;
    started = !leading_;
    leading_ = true;
    renewed_at_ = renewed_at;
    epoch_ = epoch;
  }
  if (!started) return;
  LogInfo("leading", {{"lease", options_.lease.name}, {"identity", options_.identity}});
  if (options_.observer) options_.observer(true);
  options_.on_started();
}

void LeaderElector::Lose() {
  {
    MutexLock lock(&mu_);
    if (!leading_) return;
    leading_ = false;
  }
  LogError("leadership lost", {{"lease", options_.lease.name}, {"identity", options_.identity}});
  if (options_.observer) options_.observer(false);
  options_.on_lost();
  lost_.RequestStop();
}

void LeaderElector::Guard(const StopToken& stop) {
  absl::Duration wait = options_.timing.retry_period;
  while (clock_->WaitFor(wait, stop)) {
    absl::Duration left = options_.timing.retry_period;
    {
      MutexLock lock(&mu_);
      if (leading_) left = renewed_at_ + options_.timing.renew_deadline - clock_->Monotonic();
    }
    if (left <= absl::ZeroDuration()) Lose();
    wait = std::max(left, absl::ZeroDuration());
  }
}

void LeaderElector::Release() {
  {
    MutexLock lock(&mu_);
    if (!leading_) return;
    leading_ = false;
  }
  if (options_.observer) options_.observer(false);
  const absl::Status released =
      client_->MergePatch(kLeases, options_.lease, ReleasePatch(*view_.record, clock_->Now())).status();
  // The next leader then waits for the Lease to expire.
  if (!released.ok()) LogWarning("lease not released", {{"lease", options_.lease.name}, {"error", released}});
}

uint64_t LeaderElector::epoch() const {
  MutexLock lock(&mu_);
  return epoch_;
}

void LeaderElector::Outrun(uint64_t seen) {
  MutexLock lock(&mu_);
  outrun_ = std::max(outrun_, seen);
}

bool LeaderElector::IsLeader() const {
  MutexLock lock(&mu_);
  return leading_ && clock_->Monotonic() < renewed_at_ + options_.timing.renew_deadline;
}

}  // namespace dba
