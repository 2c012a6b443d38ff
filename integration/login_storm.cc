// SPDX-License-Identifier: Apache-2.0
#include "integration/login_storm.h"

#include <utility>

#include "absl/time/clock.h"

namespace dba {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(20);
constexpr int kThreads = 40;

// From 0 to 300 ms, in an order that looks random.
absl::Duration Life(size_t number) { return absl::Milliseconds(20) * static_cast<int64_t>(number * 7 % 16); }

}  // namespace

LoginStorm::LoginStorm(Login login) : login_(std::move(login)), start_(absl::Now()) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Run(); });
}

bool LoginStorm::WaitUntil(absl::Time time) {
  MutexLock lock(&mutex_);
  while (!end_ && absl::Now() < time) ended_.WaitFor(&mutex_, time - absl::Now());
  return !end_;
}

void LoginStorm::Run() {
  while (true) {
    size_t number = 0;
    {
      MutexLock lock(&mutex_);
      number = next_++;
    }
    if (!WaitUntil(start_ + kInterval * static_cast<int64_t>(number))) return;
    std::unique_ptr<StormSession> session = login_();
    {
      MutexLock lock(&mutex_);
      ++(session == nullptr ? refused_ : logins_);
    }
    if (session == nullptr) continue;
    (void)WaitUntil(absl::Now() + Life(number));  // at the end of the storm it ends early
    const bool worked = session->Works();
    const absl::Time closing = absl::Now();
    session.reset();
    MutexLock lock(&mutex_);
    records_.push_back({closing, worked});
  }
}

size_t LoginStorm::sessions() const {
  MutexLock lock(&mutex_);
  return logins_;
}

size_t LoginStorm::refused() const {
  MutexLock lock(&mutex_);
  return refused_;
}

LoginStorm::Verdict LoginStorm::End(absl::Time dropped_at) {
  {
    MutexLock lock(&mutex_);
    end_ = true;
    ended_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  MutexLock lock(&mutex_);
  Verdict verdict = {logins_, refused_, 0, 0};
  for (const Record& record : records_) {
    if (record.closing > dropped_at) ++verdict.open_after_drop;
    if (!record.worked) ++verdict.broken;
  }
  return verdict;
}

}  // namespace dba
