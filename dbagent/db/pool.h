// SPDX-License-Identifier: Apache-2.0
//
// A bounded pool of connections. Waiting for one respects the caller's deadline; a connection that broke is closed
// instead of being handed out again.
#ifndef DBA_DBAGENT_DB_POOL_H_
#define DBA_DBAGENT_DB_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba::agent {

// `Connection` needs `bool reusable() const`: false closes it when it comes back. Thread-safe.
template <typename Connection>
class Pool {
 public:
  using Connect = std::function<absl::StatusOr<std::unique_ptr<Connection>>(absl::Time deadline)>;

  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection, bool reused)
        : pool_(pool), connection_(std::move(connection)), reused_(reused) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->Return(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    // Whether it was open before: a reused connection may have died unseen while it lay idle.
    bool reused() const { return reused_; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    bool reused_;
  };

  // connect    opens one connection; called without the pool's lock
  // max_open   connections at any moment, at least 1
  // max_idle   connections kept open while nobody uses them
  Pool(Connect connect, size_t max_open, size_t max_idle)
      : connect_(std::move(connect)), max_open_(max_open), max_idle_(max_idle) {}

  // Hands out an idle connection or opens one. RESOURCE_EXHAUSTED: all were busy until `deadline`; else as `connect`.
  absl::StatusOr<Lease> Acquire(absl::Time deadline) {
    {
      MutexLock lock(&mutex_);
      while (idle_.empty() && open_ >= max_open_) {
        const absl::Duration left = deadline - absl::Now();
        if (left <= absl::ZeroDuration()) {
          return absl::ResourceExhaustedError(absl::StrCat(
              "all ", max_open_, " connections of the agent to the database were busy until the deadline; ",
              "try again, or raise --max_connections"));
        }
        returned_.WaitFor(&mutex_, left);
      }
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(this, std::move(connection), true);
      }
      ++open_;
    }
    absl::StatusOr<std::unique_ptr<Connection>> connection = connect_(deadline);
    if (!connection.ok()) {
      Release();
      return std::move(connection).status();
    }
    return Lease(this, *std::move(connection), false);
  }

  // Closes the connections that nobody uses.
  void CloseIdle() {
    std::vector<std::unique_ptr<Connection>> closing;
    MutexLock lock(&mutex_);
    open_ -= idle_.size();
    closing.swap(idle_);
  }

  size_t open() {
    MutexLock lock(&mutex_);
    return open_;
  }

 private:
  void Return(std::unique_ptr<Connection> connection) {
    {
      MutexLock lock(&mutex_);
      if (connection->reusable() && idle_.size() < max_idle_) {
        idle_.push_back(std::move(connection));
        returned_.Signal();
        return;
      }
    }
    connection.reset();
    Release();
  }

  void Release() {
    MutexLock lock(&mutex_);
    --open_;
    returned_.Signal();
  }

  const Connect connect_;
  const size_t max_open_;
  const size_t max_idle_;
  Mutex mutex_;
  CondVar returned_;
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POOL_H_
