// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/fiber.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace dba::simulation {
namespace {

constexpr size_t kStackBytes = 512 * 1024;

}  // namespace

Fiber::Fiber() : stack_(new char[kStackBytes]) {}

void Fiber::Enter(unsigned int high, unsigned int low) {
  // makecontext(3) hands over ints only.
  auto* self = reinterpret_cast<Fiber*>((static_cast<uintptr_t>(high) << 32) | low);
  self->body_();
  self->running_ = false;
}

void Fiber::Start(std::function<void()> body) {
  body_ = std::move(body);
  if (getcontext(&callee_) != 0) std::abort();
  callee_.uc_stack.ss_sp = stack_.get();
  callee_.uc_stack.ss_size = kStackBytes;
  callee_.uc_link = &caller_;
  const auto self = reinterpret_cast<uintptr_t>(this);
  makecontext(&callee_, reinterpret_cast<void (*)()>(&Fiber::Enter), 2, static_cast<unsigned int>(self >> 32),
              static_cast<unsigned int>(self));
  running_ = true;
  Resume();
}

void Fiber::Resume() {
  if (swapcontext(&caller_, &callee_) != 0) std::abort();
}

void Fiber::Yield() {
  if (swapcontext(&callee_, &caller_) != 0) std::abort();
}

}  // namespace dba::simulation
