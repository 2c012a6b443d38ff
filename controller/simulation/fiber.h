// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_FIBER_H_
#define DBA_CONTROLLER_SIMULATION_FIBER_H_

#include <csetjmp>
#include <functional>
#include <memory>

namespace dba::simulation {

// A call that can be put aside in its middle and gone on with later, on the same thread: how two controllers and the
// world around them take turns inside blocking code. All methods belong to one thread.
class Fiber {
 public:
  Fiber();
  // The body must have ended.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs `body` until its first Yield or its end. Only while not running().
  void Start(std::function<void()> body);
  // Goes on after the Yield until the next one or the end. Only while running().
  void Resume();
  // Called by the body: goes back to whoever called Start or Resume.
  void Yield();
  // Whether a body was started and has not ended.
  bool running() const { return running_; }

 private:
  static void Enter(unsigned int high, unsigned int low);
  // Runs the body on its own stack.
  [[noreturn]] void Begin();

  std::unique_ptr<char[]> stack_;
  std::jmp_buf caller_;
  std::jmp_buf callee_;
  std::function<void()> body_;
  bool running_ = false;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_FIBER_H_
