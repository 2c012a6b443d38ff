// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/planner.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "controller/plan/credential_rules.h"
#include "controller/plan/data_metrics_digest.h"
#include "controller/plan/deletion_rules.h"
#include "controller/plan/hint_rules.h"
#include "controller/plan/identity_rules.h"
#include "controller/plan/job_rules.h"
#include "controller/plan/migration_path.h"
#include "controller/plan/names.h"
#include "controller/plan/retire_rules.h"
#include "controller/plan/situation.h"
#include "controller/plan/status_rules.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kTerminalRecheck = absl::Seconds(30);
constexpr absl::Duration kBlockedRecheck = absl::Seconds(10);

std::optional<Decision> AwaitWritable(const Situation& situation) {
  if (!situation.database().spec.read_only) return std::nullopt;
  Decision decision;
  if (situation.path.pending.empty()) {
    decision.verdict = {Progress::kDone, "ReadOnly", "spec.readOnly is set: nothing is changed"};
  } else {
    decision.verdict = {Progress::kBlocked, "ReadOnly",
                        absl::StrCat("spec.readOnly is set: migration ", situation.path.pending.front(),
                                     " waits until it is taken away")};
  }
  return decision;
}

std::optional<Decision> Finish(const Situation& situation) {
  Decision decision;
  decision.verdict = {Progress::kDone, "UpToDate", absl::StrCat("the schema is at ", situation.path.current)};
  return decision;
}

// Tried in this order; the first that has something to say makes the plan.
constexpr Rule kRules[] = {
    RecordJob,          // a Job that exists is known by its UID before anything else happens
    AwaitJob,           // nothing is changed beside a running migration
    AwaitWritable,      // spec.readOnly: from here on rules act
    EnsureFinalizer,    // a deletion is noticed before anything is made
    DiscardStaleJob,    //
    ReturnCredentials,  // a credential that was withdrawn in vain is back before another is made in its place
    PublishCredential,  // the current version's credential exists before the next migration takes others away
    RestoreAccount,     //
    DeleteIntent,       //
    RetireMigrator,     // the last attempt's account is gone before another attempt gets one
    AwaitRetry,         // an attempt that failed is not repeated
    RetireCredentials,  // code that does not fit the next schema can no longer reach the database
    CheckHints,         // a migration that would do harm on the database as it is now does not start
    PrepareJob,         //
    StartJob,           //
    Finish,             //
};

Decision Observed(Progress progress, absl::string_view reason, absl::string_view message) {
  Decision decision;
  decision.verdict = {progress, std::string(reason), std::string(message)};
  return decision;
}

// What a failed call of the agent means for the database.
Decision AgentFailure(const World& world, const absl::Status& status) {
  if (!world.agent_reachable) return Observed(Progress::kTransient, "AgentUnreachable", status.message());
  switch (status.code()) {
    case absl::StatusCode::kAborted:
      return Observed(Progress::kTransient, "Fenced", status.message());
    case absl::StatusCode::kUnauthenticated:
      return Observed(Progress::kTerminal, "AdminCredentialsRefused", status.message());
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
      return Observed(Progress::kTerminal, "AdminRightMissing", status.message());
    case absl::StatusCode::kInvalidArgument:
      return Observed(Progress::kTerminal, "InvalidConfiguration", status.message());
    default:
      return Observed(Progress::kTransient, "DatabaseUnreachable", status.message());
  }
}

// Why nothing can be decided yet; nullopt when everything a Situation needs is known.
std::optional<Decision> Unobserved(const World& world) {
  const api::ManagedDatabase& database = world.database;
  if (database.spec.agent_address.empty()) {
    return Observed(Progress::kTerminal, "AgentAddressMissing",
                    absl::StrCat("ManagedDatabase ", database.meta.name,
                                 " has no spec.agent.address; run a dba-agent beside the database and set it"));
  }
  if (!world.schema.ok()) return AgentFailure(world, world.schema.status());
  if (!world.accounts.ok()) return AgentFailure(world, world.accounts.status());
  if (!world.jobs.ok()) return Observed(Progress::kTransient, "JobsUnknown", world.jobs.status().message());
  if (!world.secrets.ok()) return Observed(Progress::kTransient, "SecretsUnknown", world.secrets.status().message());
  return std::nullopt;
}

std::variant<Situation, Verdict> MakeSituation(const World& world, absl::Time now) {
  auto path =
      FindMigrationPath(world.migrations, world.database.spec.desired_schema_version, world.schema->schema_version);
  if (auto* verdict = std::get_if<Verdict>(&path)) return std::move(*verdict);
  return Situation{world,
                   now,
                   std::get<MigrationPath>(std::move(path)),
                   world.accounts->accounts,
                   world.accounts->logins_in_flight,
                   *world.jobs,
                   *world.secrets};
}

// Of a ManagedDatabase that is being deleted no path is asked for.
Situation SituationOfDeletion(const World& world, absl::Time now) {
  return Situation{
      world,       now,           MigrationPath{}, world.accounts->accounts, world.accounts->logins_in_flight,
      *world.jobs, *world.secrets};
}

Decision Decide(const Situation& situation) {
  for (const Rule rule : kRules) {
    if (auto decision = rule(situation)) return *std::move(decision);
  }
  return *Finish(situation);
}

// An action that failed before and is planned again is what the verdict is about.
void TellLastFailure(const World& world, Decision& decision) {
  if (!world.last_failure.has_value()) return;
  for (const Action& action : decision.actions) {
    if (DebugString(action) != world.last_failure->action) continue;
    const absl::Status& status = world.last_failure->status;
    const bool human = status.code() == absl::StatusCode::kInvalidArgument ||
                       status.code() == absl::StatusCode::kPermissionDenied ||
                       status.code() == absl::StatusCode::kUnauthenticated;
    const bool waits = status.code() == absl::StatusCode::kFailedPrecondition;
    decision.verdict = {human   ? Progress::kTerminal
                        : waits ? Progress::kBlocked
                                : Progress::kTransient,
                        "ActionFailed", absl::StrCat(world.last_failure->action, ": ", status.message())};
    decision.notices.clear();
    return;
  }
}

// Once, when it begins: what is wrong with a published credential, and that the database moved.
void TellCredentials(const World& world, Plan& plan) {
  if (plan.status.server_identity != world.database.status.server_identity) {
    if (auto moved = NoticeOfMove(world)) plan.notices.push_back(*std::move(moved));
  }
  const api::Condition* before = api::FindCondition(world.database.status.conditions, "CredentialsPublished");
  const api::Condition* after = api::FindCondition(plan.status.conditions, "CredentialsPublished");
  if (after == nullptr || (before != nullptr && before->reason == after->reason)) return;
  if (after->reason == "AccountLocked" || after->reason == "LoginRefused") {
    plan.notices.push_back({true, after->reason, after->message});
  }
}

Plan ToPlan(const World& world, const Situation* situation, Decision decision, absl::Time now) {
  TellLastFailure(world, decision);
  Plan plan;
  plan.status = MakeStatus(world, situation, decision, now);
  plan.actions = std::move(decision.actions);
  plan.notices = std::move(decision.notices);
  plan.requeue_after = decision.requeue_after;
  const Verdict& verdict = decision.verdict;
  if (verdict.progress == Progress::kTransient && plan.actions.empty()) {
    plan.transient_error = absl::UnavailableError(absl::StrCat(verdict.reason, ": ", verdict.message));
  }
  if (!plan.requeue_after.has_value() && verdict.progress == Progress::kTerminal) plan.requeue_after = kTerminalRecheck;
  if (!plan.requeue_after.has_value() && verdict.progress == Progress::kBlocked) plan.requeue_after = kBlockedRecheck;
  if (auto notice = TellFindings(world.database.status, plan.status)) plan.notices.push_back(*std::move(notice));
  const api::Condition* before = api::FindCondition(world.database.status.conditions, "Ready");
  const bool trouble = verdict.progress != Progress::kDone && verdict.progress != Progress::kWorking;
  if (trouble && (before == nullptr || before->reason != verdict.reason)) {
    plan.notices.push_back({true, verdict.reason, verdict.message});
  }
  TellCredentials(world, plan);
  // Last, so that a metric which the agent refuses keeps nothing else from happening.
  const std::string digest = DataMetricsDigest(world.database.spec.data_metrics);
  if (world.schema.ok() && world.schema->data_metrics_digest != digest) {
    plan.actions.push_back(ConfigureDataMetrics{digest});
  }
  return plan;
}

Plan PlanDeletion(const World& world, absl::Time now) {
  if (!HasFinalizer(world.database)) {
    Plan plan;
    plan.status = world.database.status;
    return plan;
  }
  const std::optional<Decision> unobserved = Unobserved(world);
  std::optional<Situation> situation;
  if (!unobserved.has_value()) situation.emplace(SituationOfDeletion(world, now));
  const Situation* known = situation.has_value() ? &*situation : nullptr;
  Plan plan = ToPlan(world, known, DecideDeletion(world, known, unobserved, now), now);
  plan.status.current_version = world.database.status.current_version;
  plan.status.pending = world.database.status.pending;
  return plan;
}

}  // namespace

bool NeedsReferences(const World& world) {
  if (Unobserved(world).has_value()) return false;
  if (world.database.meta.deleting) {
    return HasFinalizer(world.database) &&
           !DeletionCandidates(SituationOfDeletion(world, absl::InfinitePast())).empty();
  }
  const auto situation = MakeSituation(world, absl::InfinitePast());
  const auto* known = std::get_if<Situation>(&situation);
  return known != nullptr && !known->RetireCandidates().empty();
}

const api::DatabaseMigration* WantsHints(const World& world) {
  if (world.database.meta.deleting || Unobserved(world).has_value()) return nullptr;
  const auto& active = world.database.status.active_migration;
  if (active.has_value() && world.schema->schema_version.state != api::SchemaVersion::State::kUnknown) {
    const auto ended = FinishMigration(world, absl::InfinitePast());
    const auto migration = world.migrations.find(active->name);
    if (ended.has_value() && ended->history->outcome == "Failed" && migration != world.migrations.end()) {
      return migration->second.hints.empty() ? nullptr : &migration->second;
    }
  }
  const auto situation = MakeSituation(world, absl::InfinitePast());
  const auto* known = std::get_if<Situation>(&situation);
  if (known == nullptr || known->next() == nullptr || !HasHintsToCheck(world, *known->next())) return nullptr;
  for (const Rule rule : kRules) {
    if (rule == static_cast<Rule>(CheckHints)) return known->next();
    if (rule(*known).has_value()) return nullptr;
  }
  return nullptr;
}

Plan MakePlan(const World& world, absl::Time now) {
  now = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  if (world.database.meta.deleting) return PlanDeletion(world, now);
  if (auto decision = Unobserved(world)) return ToPlan(world, nullptr, *std::move(decision), now);
  if (auto replaced = AwaitAcceptance(world)) {
    Plan plan = ToPlan(world, nullptr, *std::move(replaced), now);
    plan.status.server_identity = world.database.status.server_identity;
    return plan;
  }
  const bool version_known = world.schema->schema_version.state != api::SchemaVersion::State::kUnknown;
  auto situation = MakeSituation(world, now);
  const auto* known = std::get_if<Situation>(&situation);
  if (version_known) {
    if (auto ended = FinishMigration(world, now)) return ToPlan(world, known, *std::move(ended), now);
  }
  if (known == nullptr) {
    Decision decision;
    decision.verdict = std::get<Verdict>(std::move(situation));
    return ToPlan(world, nullptr, std::move(decision), now);
  }
  return ToPlan(world, known, Decide(*known), now);
}

}  // namespace dba::plan
