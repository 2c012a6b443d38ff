// SPDX-License-Identifier: Apache-2.0
//
// The only writer: carries out a plan's status and actions. One call is one
// effect, at the edge of which a test may end the process.
#ifndef DBA_CONTROLLER_RECONCILE_EXECUTOR_H_
#define DBA_CONTROLLER_RECONCILE_EXECUTOR_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/random.h"
#include "controller/agent/agent_client.h"
#include "controller/kube/kube_client.h"
#include "controller/plan/action.h"
#include "controller/plan/world.h"

namespace dba {

// Called with "ApplyStatus.before", "DropAccount.after" and so on, the verb of
// plan::DebugString and the edge, and with the object that follows the verb, ""
// without one. An error stops the executor there: "before", as a crash would;
// "after", as one that lost the reply. Empty in a release.
using CrashPoint = std::function<absl::Status(absl::string_view point, absl::string_view object)>;

// What an action did. An action that finds its work done changes nothing.
enum class Effect { kNone, kChanged };

// Thread-safe. What it is made of must outlive it.
class Executor {
 public:
  Executor(kube::KubeClient* kube, agent::AgentDirectory* agents, SecureRandom* random, CrashPoint crash_point)
      : kube_(*kube), agents_(*agents), random_(*random), crash_point_(std::move(crash_point)) {}

  // Writes `status` if it differs from that of `world`. ABORTED when the
  // ManagedDatabase has changed since it was observed: observe again.
  absl::StatusOr<Effect> ApplyStatus(const plan::World& world, const api::ManagedDatabaseStatus& status);

  // Codes are those of KubeClient and AgentClient, and
  //   FAILED_PRECONDITION  an object of that name is not ours, or a Secret
  //   lacks its password ABORTED              the object is no longer the one
  //   that was observed
  // The message names the object.
  absl::StatusOr<Effect> Execute(const plan::World& world, const plan::Action& action);

 private:
  struct Visitor;

  // `description` is an action's DebugString.
  absl::Status Reach(absl::string_view description, absl::string_view edge) const;

  kube::KubeClient& kube_;
  agent::AgentDirectory& agents_;
  SecureRandom& random_;
  const CrashPoint crash_point_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_EXECUTOR_H_
