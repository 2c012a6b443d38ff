// SPDX-License-Identifier: Apache-2.0
//
// Applications that keep logging in with a credential while it is being retired, and what became of each session.
#ifndef DBA_INTEGRATION_LOGIN_STORM_H_
#define DBA_INTEGRATION_LOGIN_STORM_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace dba {

// An open session; closed when it goes.
class StormSession {
 public:
  virtual ~StormSession() = default;
  // Whether the account can still do what it is for.
  virtual bool Works() = 0;
};

// Fifty logins a second, each session open for 0 to 300 ms.
class LoginStorm {
 public:
  // nullptr: refused. Called by many threads.
  using Login = std::function<std::unique_ptr<StormSession>()>;

  explicit LoginStorm(Login login);
  ~LoginStorm() { End(); }
  LoginStorm(const LoginStorm&) = delete;
  LoginStorm& operator=(const LoginStorm&) = delete;

  // How many logins have succeeded and have been refused so far.
  size_t sessions() const;
  size_t refused() const;

  struct Verdict {
    size_t sessions = 0;
    size_t refused = 0;
    size_t open_after_drop = 0;  // were still open when DropAccount had answered
    size_t broken = 0;           // could not do their work at the end of their life
  };
  // Ends the storm and judges it.
  //   dropped_at  when the answer to DropAccount had come
  Verdict End(absl::Time dropped_at = absl::InfiniteFuture());

 private:
  struct Record {
    absl::Time closing;  // before the session was closed
    bool worked = false;
  };
  void Run();
  // Waits for `time`; false when the storm has ended.
  bool WaitUntil(absl::Time time);

  const Login login_;
  const absl::Time start_;
  mutable Mutex mutex_;
  CondVar ended_;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t logins_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Record> records_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_LOGIN_STORM_H_
