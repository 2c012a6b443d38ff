// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/reconciler.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "controller/plan/memory.h"
#include "controller/plan/planner.h"

namespace dba {
namespace {

// More than the longest way between two waits has steps; a plan that never
// comes to rest is a defect.
constexpr int kMaxRounds = 50;
// Somebody else's write is answered by another look at once, but not for ever.
constexpr int kMaxConflicts = 5;

std::string NameOf(const kube::ObjectKey& key) { return absl::StrCat(key.name_space, "/", key.name); }

bool IsDataMetrics(const plan::Action& action) { return std::holds_alternative<plan::ConfigureDataMetrics>(action); }

}  // namespace

Retry Reconciler::Reconcile(const kube::ObjectKey& key, const StopToken& stop) {
  Run run{key, stop};
  for (int round = 0; round < kMaxRounds; ++round) {
    if (stop.StopRequested()) return {absl::CancelledError("stopping"), std::nullopt};
    if (std::optional<Retry> retry = Round(run)) return *std::move(retry);
  }
  if (run.failed.has_value()) return *run.failed;
  return {absl::UnavailableError(absl::StrCat(NameOf(key), " did not come to rest in ", kMaxRounds, " rounds")),
          std::nullopt};
}

std::optional<Retry> Reconciler::Round(Run& run) {
  absl::StatusOr<plan::World> world = observer_.Observe(run.key);
  if (absl::IsNotFound(world.status())) {
    ForgetFailure(run.key);
    Forget(run.key);
    listener_.OnGone(run.key);
    return Retry{};
  }
  if (!world.ok()) {
    LogWarning("database cannot be observed", {{"database", NameOf(run.key)}, {"error", world.status()}});
    if (absl::IsInvalidArgument(world.status())) TellUnreadable(run.key, world.status());
    return RetryAfter(world.status());
  }
  world->last_failure = LastFailure(run.key);
  Recall(run.key, *world);
  if (plan::NeedsReferences(*world)) observer_.ObserveReferences(*world);
  if (const api::DatabaseMigration* wanted = plan::WantsHints(*world)) observer_.ObserveHints(*world, *wanted);
  const plan::Plan plan = plan::MakePlan(*world, clock_.Now());
  KeepFailureOf(run.key, plan);

  const absl::StatusOr<Effect> written = executor_.ApplyStatus(*world, plan.status);
  if (absl::IsAborted(written.status()) && ++run.conflicts <= kMaxConflicts) return std::nullopt;
  if (!written.ok()) {
    LogWarning("status cannot be written", {{"database", NameOf(run.key)}, {"error", written.status()}});
    return run.failed.has_value() ? run.failed : RetryAfter(written.status());
  }
  listener_.OnStatus(world->database, plan.status);
  if (run.failed.has_value()) {
    if (*written == Effect::kChanged) Tell(*world, plan, Tone::kWarnings);
    return run.failed;
  }
  return Act(run, *world, plan, *written == Effect::kChanged);
}

std::optional<Retry> Reconciler::Act(Run& run, const plan::World& world, const plan::Plan& plan, bool status_changed) {
  bool changed = status_changed;
  for (const plan::Action& action : plan.actions) {
    if (run.stop.StopRequested()) return Retry{absl::CancelledError("stopping"), std::nullopt};
    // The status was written: the finalizers are to be those of the object as it is now.
    if (status_changed && std::holds_alternative<plan::SetFinalizers>(action)) return std::nullopt;
    const absl::StatusOr<Effect> effect = executor_.Execute(world, action);
    NoteAction(run.key, action, effect.ok());
    listener_.OnAction(world.database, action, effect);
    if (!effect.ok()) {
      // Data metrics come last, and keep nothing else from going on.
      if (!IsDataMetrics(action)) return Fail(run, action, effect.status());
      SetFailure(run.key, {plan::DebugString(action), effect.status()});
      Tell(world, plan, Tone::kAll);
      if (changed) return std::nullopt;
      Retry retry = RetryAfter(effect.status());
      if (retry.status.ok() && plan.requeue_after.has_value()) {
        retry.requeue_after = std::min(*retry.requeue_after, *plan.requeue_after);
      }
      return retry;
    }
    changed = true;
    if (*effect == Effect::kChanged) {
      LogInfo("action done", {{"database", NameOf(run.key)}, {"action", plan::DebugString(action)}});
    }
  }
  if (!plan.actions.empty()) ForgetFailure(run.key);
  Tell(world, plan, Tone::kAll);
  if (changed) return std::nullopt;
  if (!plan.transient_error.ok()) return RetryAfter(plan.transient_error);
  return Retry{absl::OkStatus(), plan.requeue_after};
}

std::optional<Retry> Reconciler::Fail(Run& run, const plan::Action& action, const absl::Status& status) {
  if (absl::IsAborted(status) && ++run.conflicts <= kMaxConflicts) return std::nullopt;
  const std::string description = plan::DebugString(action);
  LogWarning("action failed", {{"database", NameOf(run.key)}, {"action", description}, {"error", status}});
  SetFailure(run.key, {description, status});
  run.failed = RetryAfter(status);
  return std::nullopt;
}

void Reconciler::Tell(const plan::World& world, const plan::Plan& plan, Tone tone) {
  for (const plan::Notice& notice : plan.notices) {
    if (tone == Tone::kAll || notice.warning) listener_.OnNotice(world.database, notice);
  }
}

void Reconciler::TellUnreadable(const kube::ObjectKey& key, const absl::Status& status) {
  // Its status is left alone: it holds what was claimed, and could only be written whole.
  const absl::StatusOr<api::ManagedDatabase> database = observer_.ObserveIdentity(key);
  if (database.ok()) listener_.OnNotice(*database, {true, "InvalidConfiguration", std::string(status.message())});
}

void Reconciler::Recall(const kube::ObjectKey& key, plan::World& world) {
  {
    MutexLock lock(&mu_);
    world.memory = memories_[key];
  }
  const absl::Time now = clock_.Now();
  plan::Remember(world, now, world.memory);
  observer_.ObserveProbes(plan::DueProbes(world, now), now, world);
  KeepMemory(key, world.memory);
}

void Reconciler::Forget(const kube::ObjectKey& key) {
  MutexLock lock(&mu_);
  memories_.erase(key);
}

void Reconciler::KeepMemory(const kube::ObjectKey& key, const plan::Memory& memory) {
  MutexLock lock(&mu_);
  memories_[key] = memory;
}

void Reconciler::NoteAction(const kube::ObjectKey& key, const plan::Action& action, bool succeeded) {
  MutexLock lock(&mu_);
  plan::RememberAction(action, succeeded, clock_.Now(), memories_[key]);
}

std::optional<plan::Failure> Reconciler::LastFailure(const kube::ObjectKey& key) {
  MutexLock lock(&mu_);
  const auto found = failures_.find(key);
  if (found == failures_.end()) return std::nullopt;
  return found->second;
}

void Reconciler::KeepFailureOf(const kube::ObjectKey& key, const plan::Plan& plan) {
  MutexLock lock(&mu_);
  const auto found = failures_.find(key);
  if (found == failures_.end()) return;
  for (const plan::Action& action : plan.actions) {
    if (plan::DebugString(action) == found->second.action) return;
  }
  failures_.erase(found);
}

void Reconciler::SetFailure(const kube::ObjectKey& key, plan::Failure failure) {
  MutexLock lock(&mu_);
  failures_[key] = std::move(failure);
}

void Reconciler::ForgetFailure(const kube::ObjectKey& key) {
  MutexLock lock(&mu_);
  failures_.erase(key);
}

}  // namespace dba
