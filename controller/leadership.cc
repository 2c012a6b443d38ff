// SPDX-License-Identifier: Apache-2.0
#include "controller/leadership.h"

#include <cstdlib>
#include <thread>
#include <utility>

#include "common/log.h"

namespace dba {
namespace {

constexpr absl::Duration kStopLimit = absl::Milliseconds(1800);

void FinishInTime(Clock& clock, const std::function<void()>& finish) {
  StopSource finished;
  std::thread guard([&] {
    if (!clock.WaitFor(kStopLimit, finished.Token())) return;
    LogWarning("stopped in the middle of a request");
    std::_Exit(EXIT_SUCCESS);
  });
  finish();
  finished.RequestStop();
  guard.join();
}

}  // namespace

Leadership::Leadership(kube::KubeClient* kube, Clock* clock, SecureRandom* random, const Config& config)
    : kube_(kube), clock_(clock), random_(random), config_(config) {
  if (!config_.leader_elect) {
    epoch_ = NextEpoch(0, clock_->Now());
    return;
  }
  LeaderElector::Options options;
  options.lease = {config_.lease_namespace, "dba-controller"};
  options.identity = config_.identity;
  options.on_started = [this] { start_(); };
  options.on_lost = [] {
    LogError("leadership is lost; exiting so that nothing is done twice");
    std::_Exit(EXIT_FAILURE);
  };
  options.observer = [this](bool leading) { observer_(leading); };
  elector_ = std::make_unique<LeaderElector>(kube_, clock_, random_, std::move(options));
}

uint64_t Leadership::Current() const { return elector_ != nullptr ? elector_->epoch() : epoch_.load(); }

void Leadership::Outrun(uint64_t seen) {
  LogWarning("a database was changed by a controller with a higher epoch", {{"epoch", Current()}, {"seen", seen}});
  if (elector_ != nullptr) {
    elector_->Outrun(seen);
  } else {
    epoch_ = NextEpoch(seen, clock_->Now());
  }
}

CrashPoint Leadership::Fence(CrashPoint inner) const {
  return [this, inner = std::move(inner)](absl::string_view point, absl::string_view object) -> absl::Status {
    if (elector_ != nullptr && !elector_->IsLeader()) return absl::CancelledError("another replica leads now");
    return inner ? inner(point, object) : absl::OkStatus();
  };
}

void Leadership::Lead(std::function<void()> start, const std::function<void()>& finish,
                      std::function<void(bool)> observer, const StopToken& stop) {
  start_ = std::move(start);
  observer_ = std::move(observer);
  StopSource finished;
  std::thread election;
  if (elector_ == nullptr) {
    observer_(true);
    start_();
  } else {
    LogInfo("waiting to lead", {{"identity", config_.identity}});
    election = std::thread([this, &finished] { elector_->Run(finished.Token()).IgnoreError(); });
  }
  clock_->WaitFor(absl::InfiniteDuration(), stop);
  LogInfo("stopping");
  FinishInTime(*clock_, finish);
  finished.RequestStop();
  if (election.joinable()) election.join();
}

}  // namespace dba
