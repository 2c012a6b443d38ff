// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/deadline_timer.h"

#include <utility>

#include "common/clock.h"

namespace dba::kube {

DeadlineTimer::DeadlineTimer() : thread_([this] { Run(); }) {}

DeadlineTimer::~DeadlineTimer() {
  {
    MutexLock lock(&mu_);
    stopping_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

void DeadlineTimer::Run() {
  MutexLock lock(&mu_);
  while (!stopping_) {
    if (alarms_.empty()) {
      changed_.Wait(&mu_);
      continue;
    }
    const auto first = alarms_.begin();
    const absl::Duration left = first->first.first - RealClock().Monotonic();
    if (left > absl::ZeroDuration()) {
      changed_.WaitFor(&mu_, left);
      continue;
    }
    running_ = first->first;
    const std::function<void()> callback = std::move(first->second);
    alarms_.erase(first);
    mu_.Unlock();
    callback();
    mu_.Lock();
    running_ = {absl::ZeroDuration(), 0};
    changed_.SignalAll();
  }
}

DeadlineTimer::Alarm::Alarm(DeadlineTimer* timer, absl::Duration delay, std::function<void()> callback)
    : timer_(timer) {
  MutexLock lock(&timer->mu_);
  key_ = {RealClock().Monotonic() + delay, timer->next_id_++};
  timer->alarms_[key_] = std::move(callback);
  if (timer->alarms_.begin()->first == key_) timer->changed_.SignalAll();
}

DeadlineTimer::Alarm::~Alarm() {
  MutexLock lock(&timer_->mu_);
  timer_->alarms_.erase(key_);
  while (timer_->running_ == key_) timer_->changed_.Wait(&timer_->mu_);
}

}  // namespace dba::kube
