// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/work_queue.h"

#include <algorithm>

namespace dba {

using kube::ObjectKey;

WorkQueue::WorkQueue(Clock* clock, SecureRandom* random, BackoffPolicy backoff, WorkQueueObserver observer)
    : clock_(clock), random_(random), backoff_(backoff), observer_(std::move(observer)) {}

void WorkQueue::Add(const ObjectKey& key, Priority priority) {
  MutexLock lock(&mu_);
  if (shut_down_) return;
  Item& item = items_[key];
  ClearDueLocked(key, &item);
  MakeReadyLocked(key, &item, priority);
}

void WorkQueue::AddAfter(const ObjectKey& key, absl::Duration delay, Priority priority) {
  MutexLock lock(&mu_);
  if (shut_down_) return;
  Item& item = items_[key];
  if (delay <= absl::ZeroDuration()) {
    ClearDueLocked(key, &item);
    MakeReadyLocked(key, &item, priority);
    return;
  }
  const absl::Duration due = clock_->Monotonic() + delay;
  if (item.ready || item.again || (item.due.has_value() && *item.due <= due)) return;
  ClearDueLocked(key, &item);
  item.due = due;
  item.priority = priority;
  waiting_.emplace(due, key);
  changed_.Signal();
}

void WorkQueue::AddRateLimited(const ObjectKey& key) {
  absl::Duration delay;
  {
    MutexLock lock(&mu_);
    if (shut_down_) return;
    delay = BackoffDelay(backoff_, ++items_[key].failures, Jitter(*random_));
    if (observer_.retry) observer_.retry();
  }
  AddAfter(key, delay);
}

void WorkQueue::Forget(const ObjectKey& key) {
  MutexLock lock(&mu_);
  const auto item = items_.find(key);
  if (item == items_.end()) return;
  item->second.failures = 0;
  DropIfIdleLocked(key);
}

std::optional<ObjectKey> WorkQueue::Get() {
  MutexLock lock(&mu_);
  while (!shut_down_) {
    std::optional<ObjectKey> key = TakeLocked();
    if (key.has_value()) return key;
    if (waiting_.empty()) {
      changed_.Wait(&mu_);
    } else {
      changed_.WaitFor(&mu_, waiting_.begin()->first - clock_->Monotonic());
    }
  }
  return std::nullopt;
}

std::optional<ObjectKey> WorkQueue::TryGet() {
  MutexLock lock(&mu_);
  return shut_down_ ? std::nullopt : TakeLocked();
}

void WorkQueue::Done(const ObjectKey& key) {
  MutexLock lock(&mu_);
  const auto found = items_.find(key);
  if (found == items_.end() || !found->second.working) return;
  Item& item = found->second;
  item.working = false;
  if (observer_.work_duration) observer_.work_duration(clock_->Monotonic() - item.working_since);
  if (item.again) {
    item.again = false;
    MakeReadyLocked(key, &item, item.priority);
  } else {
    DropIfIdleLocked(key);
  }
}

void WorkQueue::ShutDown() {
  MutexLock lock(&mu_);
  shut_down_ = true;
  changed_.SignalAll();
}

size_t WorkQueue::depth() const {
  MutexLock lock(&mu_);
  return ready_.size();
}

void WorkQueue::MakeReadyLocked(const ObjectKey& key, Item* item, Priority priority) {
  if (item->working) {
    item->priority = item->again ? std::min(item->priority, priority) : priority;
    item->again = true;
    return;
  }
  if (item->ready) {
    if (priority >= item->priority) return;
    ready_.erase({item->priority, item->sequence, key});
  } else {
    item->ready_since = clock_->Monotonic();
    if (observer_.add) observer_.add();
  }
  item->ready = true;
  item->priority = priority;
  item->sequence = next_sequence_++;
  ready_.insert({priority, item->sequence, key});
  TellDepthLocked();
  changed_.Signal();
}

void WorkQueue::ClearDueLocked(const ObjectKey& key, Item* item) {
  if (!item->due.has_value()) return;
  waiting_.erase({*item->due, key});
  item->due.reset();
}

std::optional<ObjectKey> WorkQueue::TakeLocked() {
  const absl::Duration now = clock_->Monotonic();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const ObjectKey key = waiting_.begin()->second;
    Item& item = items_[key];
    ClearDueLocked(key, &item);
    MakeReadyLocked(key, &item, item.priority);
  }
  if (ready_.empty()) return std::nullopt;
  const ObjectKey key = std::get<2>(*ready_.begin());
  ready_.erase(ready_.begin());
  Item& item = items_[key];
  item.ready = false;
  item.working = true;
  item.working_since = now;
  if (observer_.queue_duration) observer_.queue_duration(now - item.ready_since);
  TellDepthLocked();
  return key;
}

void WorkQueue::DropIfIdleLocked(const ObjectKey& key) {
  const auto found = items_.find(key);
  const Item& item = found->second;
  if (!item.ready && !item.working && !item.due.has_value() && item.failures == 0) items_.erase(found);
}

void WorkQueue::TellDepthLocked() {
  if (observer_.depth) observer_.depth(ready_.size());
}

}  // namespace dba
