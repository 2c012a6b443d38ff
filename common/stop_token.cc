// SPDX-License-Identifier: Apache-2.0
#include "common/stop_token.h"

#include <map>
#include <thread>
#include <utility>

#include "common/mutex.h"

namespace dba {
namespace internal {

class StopState {
 public:
  bool Requested() const {
    MutexLock lock(&mu_);
    return requested_;
  }

  void Request() {
    MutexLock lock(&mu_);
    if (requested_) return;
    requested_ = true;
    runner_ = std::this_thread::get_id();
    while (!callbacks_.empty()) {
      auto node = callbacks_.extract(callbacks_.begin());
      running_ = node.key();
      mu_.Unlock();
      node.mapped()();
      mu_.Lock();
      running_ = 0;
      idle_.SignalAll();
    }
  }

  // Returns 0, and keeps nothing, when the stop was already requested.
  int Add(std::function<void()>& callback) {
    MutexLock lock(&mu_);
    if (requested_) return 0;
    callbacks_.emplace(++last_id_, std::move(callback));
    return last_id_;
  }

  void Remove(int id) {
    MutexLock lock(&mu_);
    callbacks_.erase(id);
    // A callback that destroys its own registration must not wait for itself.
    while (running_ == id && runner_ != std::this_thread::get_id()) idle_.Wait(&mu_);
  }

 private:
  mutable Mutex mu_;
  CondVar idle_;
  bool requested_ ABSL_GUARDED_BY(mu_) = false;
  int last_id_ ABSL_GUARDED_BY(mu_) = 0;
  int running_ ABSL_GUARDED_BY(mu_) = 0;  // id of the callback that is being run
  std::thread::id runner_ ABSL_GUARDED_BY(mu_);
  std::map<int, std::function<void()>> callbacks_ ABSL_GUARDED_BY(mu_);
};

}  // namespace internal

bool StopToken::StopRequested() const { return state_ != nullptr && state_->Requested(); }

StopSource::StopSource() : state_(std::make_shared<internal::StopState>()) {}

void StopSource::RequestStop() { state_->Request(); }

StopCallback::StopCallback(const StopToken& token, std::function<void()> callback) : state_(token.state_) {
  if (state_ == nullptr) return;
  id_ = state_->Add(callback);
  if (id_ == 0) callback();
}

StopCallback::~StopCallback() {
  if (id_ != 0) state_->Remove(id_);
}

}  // namespace dba
