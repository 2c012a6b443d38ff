// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/edge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/agent/agent_client.h"

namespace dba::simulation {
namespace {

// Of the calls that fail: half are refused, the others lose their reply.
constexpr int kRefusedPerMille = 500;
// Of the writes on their way when faults are on and delays are allowed.
constexpr int kDelayedPerMille = 10;

absl::Status Ended() { return absl::CancelledError("the process has ended"); }

}  // namespace

std::string CallName::Text() const { return absl::StrCat(verb, kind.empty() ? "" : " ", kind, " ", name); }

absl::Status Edge::InjectedError(Peer peer, CallKind kind) {
  const int choice = env_.rng.Below(kind == CallKind::kWrite && peer == Peer::kApiServer ? 4 : 3);
  absl::Status status = choice == 0   ? absl::UnavailableError("connection broken")
                        : choice == 1 ? absl::DeadlineExceededError("no answer in time")
                        : choice == 2 ? absl::PermissionDeniedError("a right is missing")
                                      : absl::AbortedError("conflict");
  if (peer == Peer::kAgent && choice < 2) return agent::NotAnswered(std::move(status));
  return status;
}

Edge::Turn Edge::Enter(Peer peer, CallKind kind, const CallName& what) {
  if (dead_) return {Ended()};
  fiber_.Yield();
  if (dead_) return {Ended()};
  const bool write = kind == CallKind::kWrite;
  if (write) ++env_.writes;
  if (env_.calm) return {};
  if (write && env_.profile.delays && !env_.delayed.has_value() && env_.rng.Chance(kDelayedPerMille)) {
    dead_ = true;
    env_.Injected("effect delayed", absl::StrCat(process_, " ", what.Text()));
    return {Ended(), false, true};
  }
  if (!env_.rng.Chance(env_.profile.call_faults)) return {};
  absl::Status error = InjectedError(peer, kind);
  const bool lost =
      write && (absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error)) && !env_.rng.Chance(kRefusedPerMille);
  env_.Injected(lost ? "reply lost" : absl::StrCat(absl::StatusCodeToString(error.code())),
                absl::StrCat(process_, " ", what.Text()));
  return {std::move(error), lost};
}

void Edge::Leave(const CallName& what, const absl::Status& status) {
  if (!env_.trace) return;
  env_.Trace(
      absl::StrCat(process_, "       ", what.Text(), status.ok() ? "" : " -> ", status.ok() ? "" : status.ToString()));
}

absl::Status Edge::AtCrashPoint(absl::string_view point) {
  if (dead_) return Ended();
  if (env_.calm || !env_.rng.Chance(env_.profile.crashes)) return absl::OkStatus();
  dead_ = true;
  env_.Injected(absl::StrCat("crash ", point.substr(point.rfind('.') + 1)), absl::StrCat(process_, " ", point));
  return Ended();
}

}  // namespace dba::simulation
