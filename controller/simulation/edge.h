// SPDX-License-Identifier: Apache-2.0
//
// The way out of one controller process: every call to the API server or an agent passes here, where the rest of the
// world moves first, and where the call may be refused, its reply be lost, or the process end.
#ifndef DBA_CONTROLLER_SIMULATION_EDGE_H_
#define DBA_CONTROLLER_SIMULATION_EDGE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/simulation/environment.h"
#include "controller/simulation/fiber.h"

namespace dba::simulation {

enum class CallKind { kRead, kWrite };
enum class Peer { kApiServer, kAgent };

// Not thread-safe. What it is made of must outlive it.
class Edge {
 public:
  Edge(Environment* env, std::string process, Fiber* fiber)
      : env_(*env), process_(std::move(process)), fiber_(*fiber) {}

  // Runs `effect`, which must own all that it uses: it may run after this process has ended.
  template <typename Result>
  Result Call(Peer peer, CallKind kind, const std::string& what, const std::function<Result()>& effect) {
    const absl::Status refused = Enter(peer, kind, what, [effect] { (void)effect(); });
    if (!refused.ok()) return refused;
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

  absl::Status Enter(Peer peer, CallKind kind, const std::string& what, std::function<void()> effect);
  absl::Status InjectedError(Peer peer, CallKind kind);
  void Leave(const std::string& what, const absl::Status& status);

  Environment& env_;
  const std::string process_;
  Fiber& fiber_;
  bool dead_ = false;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_EDGE_H_
