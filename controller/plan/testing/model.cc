// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/testing/model.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/plan/memory.h"
#include "controller/plan/planner.h"

namespace dba::plan {
namespace {

template <typename T>
auto FindByName(std::vector<T>& items, const std::string& name) {
  return std::find_if(items.begin(), items.end(), [&](const T& item) { return item.name == name; });
}

struct Effect {
  World& world;
  absl::Time now;

  void operator()(const ConfigureDataMetrics& a) const { world.schema->data_metrics_digest = a.digest; }
  void operator()(const CreateSecret& a) const { AddSecret(a.name, a.role, a.version, a.account); }
  void operator()(const PublishSecret& a) const { AddSecret(a.name, SecretRole::kApplication, a.version, a.account); }
  void operator()(const QuarantineSecret& a) const { AddSecret(a.name, SecretRole::kQuarantine, a.version, a.account); }
  void operator()(const RestoreSecret& a) const { AddSecret(a.name, SecretRole::kApplication, a.version, a.account); }
  void operator()(const KeepSecret& a) const {
    absl::StrAppend(&FindByName(*world.secrets, a.name)->resource_version, "+");
  }
  void operator()(const DeleteSecret& a) const {
    const auto it = FindByName(*world.secrets, a.name);
    if (it != world.secrets->end()) world.secrets->erase(it);
  }
  void operator()(const EnsureAccount& a) const {
    std::vector<api::Account>& accounts = world.accounts->accounts;
    auto it = FindByName(accounts, a.account);
    if (it == accounts.end())
      it = accounts.insert(accounts.end(), api::Account{a.account, a.kind, a.version, false, {}, 0, {}});
    it->locked = false;
  }
  void operator()(const ProbeAccount&) const {}
  void operator()(const LockAccount& a) const { FindByName(world.accounts->accounts, a.account)->locked = true; }
  void operator()(const UnlockAccount& a) const { FindByName(world.accounts->accounts, a.account)->locked = false; }
  void operator()(const TerminateSessions& a) const {
    FindByName(world.accounts->accounts, a.account)->sessions.clear();
  }
  void operator()(const DropAccount& a) const {
    const auto it = FindByName(world.accounts->accounts, a.account);
    if (it != world.accounts->accounts.end()) world.accounts->accounts.erase(it);
  }
  void operator()(const CreateJob& a) const {
    if (FindByName(*world.jobs, a.name) != world.jobs->end()) return;
    JobView job;
    job.name = a.name;
    job.uid = absl::StrCat(a.name, "-uid");
    job.resource_version = "1";
    job.migration = a.manifest["metadata"]["labels"]["dbaoperator.dev/migration"].get<std::string>();
    job.phase = JobView::Phase::kSuspended;
    job.finished_at = absl::InfinitePast();
    world.jobs->push_back(job);
  }
  void operator()(const BeginMigration&) const {}
  void operator()(const ReleaseJob& a) const { FindByName(*world.jobs, a.name)->phase = JobView::Phase::kRunning; }
  void operator()(const SetFinalizers& a) const { world.database.meta.finalizers = a.finalizers; }
  void operator()(const DeleteJob& a) const { world.jobs->erase(FindByName(*world.jobs, a.name)); }

  void AddSecret(const std::string& name, SecretRole role, const std::string& version,
                 const std::string& account) const {
    if (FindByName(*world.secrets, name) != world.secrets->end()) return;
    world.secrets->push_back({name, absl::StrCat(name, "-uid"), "1", role, version, account, now});
  }
};

}  // namespace

void Apply(const Plan& plan, World& world, absl::Time now, EffectCounts& counts) {
  world.database.status = plan.status;
  for (const Action& action : plan.actions) {
    std::visit(Effect{world, now}, action);
    ++counts[DebugString(action)];
    RememberAction(action, /*succeeded=*/true, now, world.memory);
  }
}

void RunJobs(World& world) {
  for (JobView& job : *world.jobs) {
    if (job.phase != JobView::Phase::kRunning) continue;
    job.phase = JobView::Phase::kSucceeded;
    const auto migration = world.migrations.find(job.migration);
    if (migration == world.migrations.end()) continue;
    world.schema->schema_version = {api::SchemaVersion::State::kKnown, {migration->second.version}, ""};
  }
}

int Converge(World& world, absl::Time now, int max_rounds, EffectCounts& counts) {
  for (int round = 0; round < max_rounds; ++round, now += absl::Seconds(1)) {
    Remember(world, now, world.memory);
    const Plan plan = MakePlan(world, now);
    const bool quiet = plan.actions.empty() && api::ToJson(plan.status) == api::ToJson(world.database.status);
    const bool running = std::any_of(world.jobs->begin(), world.jobs->end(),
                                     [](const JobView& job) { return job.phase == JobView::Phase::kRunning; });
    const bool waits = plan.requeue_after.has_value() && *plan.requeue_after <= kDrainGap;
    if (quiet && !running && !waits) return round;
    Apply(plan, world, now, counts);
    if (quiet) RunJobs(world);
  }
  return -1;
}

}  // namespace dba::plan
