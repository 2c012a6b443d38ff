// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/process.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/stop_token.h"
#include "controller/plan/names.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {

Process::Process(Environment* env, Checker* checker, std::string name, Fiber* fiber)
    : env_(*env),
      checker_(*checker),
      name_(std::move(name)),
      fiber_(*fiber),
      edge_(env, name_, fiber),
      kube_(env, checker, &edge_, &seen_),
      agent_(std::make_shared<SimAgent>(env, checker, &edge_, &seen_)),
      observer_(&kube_, this, this),
      executor_(&kube_, this, &env->secure_random,
                [this](absl::string_view point, absl::string_view) { return edge_.AtCrashPoint(point); }),
      reconciler_(&observer_, &executor_, this, &env->clock) {}

Process::~Process() {
  edge_.Kill();
  while (fiber_.running()) fiber_.Resume();
  if (env_.mutant == Mutant::kIntentForgotten) ForgetIntents();
}

void Process::ForgetIntents() {
  for (const auto& secret : env_.kube.Views(kube::kSecrets)) {
    if (LabelOf(*secret, plan::kRoleLabel) == "intent")
      env_.kube.Remove(kube::kSecrets, {kNamespace, (*secret)["metadata"]["name"].get<std::string>()});
  }
}

void Process::Step() {
  if (fiber_.running()) {
    fiber_.Resume();
    return;
  }
  fiber_.Start([this] {
    const Retry retry = reconciler_.Reconcile({kNamespace, kDatabase}, StopToken());
    if (env_.trace) env_.Trace(absl::StrCat(name_, "     reconciled: ", retry.status.ToString()));
  });
}

absl::StatusOr<std::map<std::string, api::DatabaseMigration>> Process::List(absl::string_view) {
  if (!env_.profile.stale || env_.calm) {
    migrations_seen_ = env_.migrations;
  } else if (migrations_seen_ < env_.migrations) {
    migrations_seen_ += env_.rng.Below(2);
  }
  if (migrations_seen_ < 0) return absl::UnavailableError("DatabaseMigrations are not listed yet");
  std::map<std::string, api::DatabaseMigration> result;
  for (int number = 1; number <= migrations_seen_; ++number) {
    result[VersionName(number)] = env_.parsed_migrations.at(number);
  }
  return result;
}

std::shared_ptr<agent::AgentClient> Process::Get(absl::string_view) { return agent_; }

void Process::OnStatus(const api::ManagedDatabase&, const api::ManagedDatabaseStatus&) {}

void Process::OnNotice(const api::ManagedDatabase&, const plan::Notice& notice) {
  checker_.Told("a notice", notice.message);
}

void Process::OnAction(const api::ManagedDatabase&, const plan::Action& action, const absl::StatusOr<Effect>& effect) {
  const std::string text = plan::DebugString(action);
  if (effect.ok()) ++env_.tally.actions[text.substr(0, text.find(' '))];
  checker_.Told("an action", text);
}

void Process::OnGone(const kube::ObjectKey&) {}

}  // namespace dba::simulation
