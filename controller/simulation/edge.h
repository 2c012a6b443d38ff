// SPDX-License-Identifier: Apache-2.0
//
// The way out of one controller process: every call to the API server or an agent passes here, where the rest of the
// world moves first, and where the call may be refused, its reply be lost, or the process end.
#ifndef DBA_CONTROLLER_SIMULATION_EDGE_H_
#define DBA_CONTROLLER_SIMULATION_EDGE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/simulation/environment.h"
#include "controller/simulation/fiber.h"

namespace dba::simulation {

enum class CallKind { kRead, kWrite };
enum class Peer { kApiServer, kAgent };

// A call for people: "get Secret shop-v1".
struct CallName {
  absl::string_view verb;
  absl::string_view kind;  // may be empty
  absl::string_view name;

  std::string Text() const;
};

// A value that is used where it is for as long as its user is not copied: a call's effect is copied when it is delayed
// and outlives its caller.
template <typename T>
class Borrowed {
 public:
  explicit Borrowed(const T* value) : value_(value) {}
  Borrowed(const Borrowed& other) : own_(std::make_shared<const T>(*other.value_)), value_(own_.get()) {}
  Borrowed& operator=(const Borrowed&) = delete;

  const T& operator*() const { return *value_; }

 private:
  std::shared_ptr<const T> own_;
  const T* value_;
};

// Not thread-safe. What it is made of must outlive it.
class Edge {
 public:
  Edge(Environment* env, std::string process, Fiber* fiber)
      : env_(*env), process_(std::move(process)), fiber_(*fiber) {}

  // Runs `effect`. A copy of a write's effect must own all that it uses: it may run after this process has ended.
  template <typename Result, typename Effect>
  Result Call(Peer peer, CallKind kind, const CallName& what, const Effect& effect) {
    const Turn turn = Enter(peer, kind, what);
    if (turn.delayed) env_.delayed = [effect] { (void)effect(); };
    if (turn.effect_without_reply) (void)effect();
    if (!turn.status.ok()) return turn.status;
    Result result = effect();
    Leave(what, StatusOf(result));
    return result;
  }

  // The executor's CrashPoint: CANCELLED when the process ends there.
  absl::Status AtCrashPoint(absl::string_view point);

  // A process that ended: no call goes out any more.
  bool dead() const { return dead_; }
  void Kill() { dead_ = true; }

 private:
  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  // What becomes of a call.
  struct Turn {
    absl::Status status;  // not OK: what the caller is told instead
    bool effect_without_reply = false;
    bool delayed = false;
  };

  Turn Enter(Peer peer, CallKind kind, const CallName& what);
  absl::Status InjectedError(Peer peer, CallKind kind);
  void Leave(const CallName& what, const absl::Status& status);

  Environment& env_;
  const std::string process_;
  Fiber& fiber_;
  bool dead_ = false;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_EDGE_H_
