// SPDX-License-Identifier: Apache-2.0
// The checking longjmp of glibc takes a jump to another stack for a mistake.
#undef _FORTIFY_SOURCE
#include "controller/simulation/fiber.h"

#include <ucontext.h>

#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace dba::simulation {
namespace {

constexpr size_t kStackBytes = 512 * 1024;

// Stacks of fibers that are gone: a new one would be paged in again.
thread_local std::vector<std::unique_ptr<char[]>> spare_stacks;

std::unique_ptr<char[]> TakeStack() {
  if (spare_stacks.empty()) return std::unique_ptr<char[]>(new char[kStackBytes]);
  std::unique_ptr<char[]> stack = std::move(spare_stacks.back());
  spare_stacks.pop_back();
  return stack;
}

}  // namespace

Fiber::Fiber() : stack_(TakeStack()) {}

Fiber::~Fiber() { spare_stacks.push_back(std::move(stack_)); }

void Fiber::Enter(unsigned int high, unsigned int low) {
  // makecontext(3) hands over ints only.
  auto* self = reinterpret_cast<Fiber*>((static_cast<uintptr_t>(high) << 32) | low);
  self->body_();
  self->running_ = false;
  _longjmp(self->caller_, 1);
}

void Fiber::Begin() {
  // A context begins on a stack of its own; from then on jumps do, which unlike swapcontext(3) call no kernel.
  ucontext_t context;
  if (getcontext(&context) != 0) std::abort();
  context.uc_stack.ss_sp = stack_.get();
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  const auto self = reinterpret_cast<uintptr_t>(this);
  makecontext(&context, reinterpret_cast<void (*)()>(&Fiber::Enter), 2, static_cast<unsigned int>(self >> 32),
              static_cast<unsigned int>(self));
  setcontext(&context);
  std::abort();
}

void Fiber::Start(std::function<void()> body) {
  body_ = std::move(body);
  running_ = true;
  if (_setjmp(caller_) == 0) Begin();
}

void Fiber::Resume() {
  if (_setjmp(caller_) == 0) _longjmp(callee_, 1);
}

void Fiber::Yield() {
  if (_setjmp(callee_) == 0) _longjmp(caller_, 1);
}

}  // namespace dba::simulation
