// SPDX-License-Identifier: Apache-2.0
//
// Asks long work to end. A StopSource is held by whoever decides to stop; each
// wait and loop takes a StopToken. The shape is that of C++20's
// std::stop_token.
#ifndef DBA_COMMON_STOP_TOKEN_H_
#define DBA_COMMON_STOP_TOKEN_H_

#include <functional>
#include <memory>

namespace dba {

namespace internal {
class StopState;
}  // namespace internal

// A view of a StopSource; cheap to copy. A default-constructed token never
// stops. Thread-safe.
class StopToken {
 public:
  StopToken() = default;

  bool StopRequested() const;

 private:
  friend class StopSource;
  friend class StopCallback;
  explicit StopToken(std::shared_ptr<internal::StopState> state) : state_(std::move(state)) {}

  std::shared_ptr<internal::StopState> state_;
};

// Thread-safe; copies share one state.
class StopSource {
 public:
  StopSource();

  StopToken Token() const { return StopToken(state_); }
  bool StopRequested() const { return Token().StopRequested(); }

  // Runs the registered callbacks on this thread, then returns. Later calls do
  // nothing.
  void RequestStop();

 private:
  std::shared_ptr<internal::StopState> state_;
};

// Runs `callback` once when a stop is requested: on the thread that requests
// it, or at once in this constructor when it already was. The destructor waits
// for a callback that is running on another thread; after it, none runs. So no
// lock may be held around the destructor that the callback takes too.
class StopCallback {
 public:
  StopCallback(const StopToken& token, std::function<void()> callback);
  ~StopCallback();
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;

 private:
  std::shared_ptr<internal::StopState> state_;
  int id_ = 0;  // 0: not registered
};

}  // namespace dba

#endif  // DBA_COMMON_STOP_TOKEN_H_
