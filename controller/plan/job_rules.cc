// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/job_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/hint_rules.h"
#include "controller/plan/job_template.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kJobRecheck = absl::Seconds(30);

std::string VersionText(const api::SchemaVersion& version) {
  return version.state == api::SchemaVersion::State::kNone
             ? "nothing"
             : absl::StrCat("\"", absl::StrJoin(version.versions, ","), "\"");
}

// How far an attempt of `migration` came that did not reach its version: by its hints, else by the version table.
std::string TriageText(const World& world, const std::string& migration) {
  const std::string by_hints = Triage(world);
  if (!by_hints.empty()) return absl::StrCat("; ", by_hints);
  const auto found = world.migrations.find(migration);
  if (found == world.migrations.end()) return "";
  const auto previous = world.migrations.find(found->second.previous);
  std::vector<std::string> before;
  if (previous != world.migrations.end()) before.push_back(previous->second.version);
  if (previous == world.migrations.end() && !found->second.previous.empty()) return "";
  return world.schema->schema_version.versions == before ? ", as before: it did not start, or is applied in part"
                                                         : ", which is neither the version before nor that after it";
}

// Why an attempt of `migration` that ended did not count as a success.
std::string FailureText(const World& world, const std::string& migration, const std::string& job_name,
                        const JobView* job) {
  const std::string still =
      absl::StrCat("the version table says ", VersionText(world.schema->schema_version), TriageText(world, migration));
  if (job == nullptr) return absl::StrCat("Job ", job_name, " was deleted before it ended; ", still);
  if (job->phase == JobView::Phase::kSucceeded) return absl::StrCat("Job ", job_name, " succeeded, but ", still);
  return absl::StrCat("Job ", job_name, " failed: ", job->message, "; ", still);
}

// The Secret of a running Job is gone, and its password with it. A Job whose container never started gets a new one;
// one that did start holds the old one as long as it runs.
std::optional<Decision> ReplaceLostMigrator(const Situation& situation, const JobView& job) {
  const api::ManagedDatabaseSpec& spec = situation.database().spec;
  if (spec.read_only || spec.migration_credentials != api::MigrationCredentials::kMigrator) return std::nullopt;
  for (const SecretView& secret : situation.secrets) {
    if (secret.name == job.name) return std::nullopt;
  }
  const std::string name = MigratorAccount(situation.uid(), job.name);
  const api::Account* account = situation.FindAccount(name);
  const bool idle = situation.logins_in_flight == 0 && (account == nullptr || account->sessions.empty());
  Decision decision;
  decision.requeue_after = kJobRecheck;
  if (job.started == false && idle) {
    decision.verdict = {Progress::kWorking, "MigrationRunning",
                        absl::StrCat("making Secret ", job.name, " again, which Job ", job.name, " waits for")};
    decision.actions = {CreateSecret{job.name, SecretRole::kMigrator, job.migration, name},
                        EnsureAccount{name, api::AccountKind::kMigrator, job.migration, job.name,
                                      /*replace_password=*/true}};
    decision.notices.push_back({true, "MigratorReplaced",
                                absl::StrCat("Secret ", job.name,
                                             " was gone before its Job had started; it is made again "
                                             "with a new password")});
    return decision;
  }
  decision.verdict = {Progress::kBlocked, "MigratorSecretMissing",
                      absl::StrCat("Secret ", job.name,
                                   " was deleted while its Job runs; a Pod that has started goes on "
                                   "without it. If the Job does not end, delete it: kubectl delete job ",
                                   job.name, " -n ", situation.database().meta.name_space)};
  return decision;
}

bool IsRecorded(const Situation& situation, const JobView& job) {
  const auto& active = situation.database().status.active_migration;
  return active.has_value() && active->job_name == job.name && active->job_uid == job.uid;
}

}  // namespace

std::optional<Decision> FinishMigration(const World& world, absl::Time now) {
  const auto& active = world.database.status.active_migration;
  if (!active.has_value()) return std::nullopt;
  const JobView* job = nullptr;
  for (const JobView& candidate : *world.jobs) {
    if (candidate.name == active->job_name && candidate.uid == active->job_uid) job = &candidate;
  }
  if (job != nullptr && (job->phase == JobView::Phase::kRunning || job->phase == JobView::Phase::kSuspended)) {
    return std::nullopt;
  }
  const bool reached = HasReached(world.migrations, active->name, world.schema->schema_version);
  Decision decision;
  decision.active_migration.emplace(std::nullopt);
  decision.history =
      api::HistoryEntry{active->name,
                        active->job_name,
                        reached ? "Succeeded" : "Failed",
                        reached ? "" : FailureText(world, active->name, active->job_name, job),
                        active->started_at,
                        job != nullptr && job->finished_at != absl::InfinitePast() ? job->finished_at : now};
  decision.verdict = {Progress::kWorking, "MigrationEnded",
                      absl::StrCat("migration ", active->name, reached ? " is applied" : " failed")};
  // A failure is told by the verdict of AwaitRetry.
  if (reached) {
    decision.notices.push_back({false, "MigrationSucceeded", absl::StrCat("migration ", active->name, " is applied")});
  }
  return decision;
}

std::optional<Decision> RecordJob(const Situation& situation) {
  const JobView* unrecorded = nullptr;
  const std::string next_job = situation.next_job();
  for (const JobView& job : situation.jobs) {
    const bool running = job.phase == JobView::Phase::kRunning;
    const bool next = job.phase == JobView::Phase::kSuspended && job.name == next_job;
    if ((running || next) && !IsRecorded(situation, job) && (unrecorded == nullptr || running)) unrecorded = &job;
  }
  if (unrecorded == nullptr) return std::nullopt;
  Decision decision;
  decision.active_migration.emplace(
      api::ActiveMigration{unrecorded->migration, unrecorded->name, unrecorded->uid, situation.now});
  decision.verdict = {Progress::kWorking, "MigrationStarting",
                      absl::StrCat("Job ", unrecorded->name, " is made for migration ", unrecorded->migration)};
  return decision;
}

std::optional<Decision> AwaitJob(const Situation& situation) {
  for (const JobView& job : situation.jobs) {
    if (job.phase != JobView::Phase::kRunning) continue;
    if (auto lost = ReplaceLostMigrator(situation, job)) return lost;
    Decision decision;
    decision.verdict = {Progress::kWorking, "MigrationRunning",
                        absl::StrCat("Job ", job.name, " runs migration ", job.migration)};
    decision.requeue_after = kJobRecheck;
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> DiscardStaleJob(const Situation& situation) {
  const std::string next_job = situation.next_job();
  for (const JobView& job : situation.jobs) {
    if (job.phase != JobView::Phase::kSuspended || job.name == next_job) continue;
    Decision decision;
    if (IsRecorded(situation, job)) decision.active_migration.emplace(std::nullopt);
    decision.actions.push_back(DeleteJob{job.name, job.uid, job.resource_version});
    decision.verdict = {Progress::kWorking, "DiscardingJob",
                        absl::StrCat("Job ", job.name, " never ran and is no longer wanted")};
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> AwaitRetry(const Situation& situation) {
  if (situation.next() == nullptr) return std::nullopt;
  const std::string job_name = situation.next_job();
  const JobView* job = situation.FindJob(job_name);
  const bool ended =
      job != nullptr && (job->phase == JobView::Phase::kSucceeded || job->phase == JobView::Phase::kFailed);
  const api::HistoryEntry* entry = situation.FindHistory(job_name);
  if (!ended && entry == nullptr) return std::nullopt;
  const std::string& name = situation.next()->meta.name;
  const bool version_unchanged = job != nullptr && job->phase == JobView::Phase::kSucceeded;
  Decision decision;
  decision.verdict = {
      Progress::kTerminal, version_unchanged ? "VersionUnchanged" : "MigrationFailed",
      absl::StrCat(entry != nullptr ? entry->message : FailureText(situation.world, name, job_name, job),
                   ". It is not run again by itself: mend it by creating DatabaseMigration ", name,
                   " anew, or repeat it with: kubectl annotate mdb ", situation.database().meta.name, " -n ",
                   situation.database().meta.name_space, " --overwrite ", kRetryAnnotation, "=\"$(date)\"")};
  return decision;
}

std::optional<Decision> PrepareJob(const Situation& situation) {
  const api::DatabaseMigration* next = situation.next();
  const std::string job_name = situation.next_job();
  if (next == nullptr || situation.FindJob(job_name) != nullptr) return std::nullopt;
  Decision decision;
  if (situation.database().spec.migration_credentials == api::MigrationCredentials::kMigrator) {
    const std::string account = MigratorAccount(situation.uid(), job_name);
    decision.actions.push_back(CreateSecret{job_name, SecretRole::kMigrator, next->meta.name, account});
  }
  decision.actions.push_back(CreateJob{job_name, JobManifest(situation.database(), *next, job_name)});
  decision.verdict = {Progress::kWorking, "MigrationStarting",
                      absl::StrCat("making Job ", job_name, " for migration ", next->meta.name)};
  return decision;
}

std::optional<Decision> StartJob(const Situation& situation) {
  const api::DatabaseMigration* next = situation.next();
  if (next == nullptr) return std::nullopt;
  const JobView* job = situation.FindJob(situation.next_job());
  if (job == nullptr || job->phase != JobView::Phase::kSuspended || !IsRecorded(situation, *job)) return std::nullopt;
  Decision decision;
  if (situation.database().spec.migration_credentials == api::MigrationCredentials::kMigrator) {
    const std::string account = MigratorAccount(situation.uid(), job->name);
    const SecretView* secret = situation.FindSecret(SecretRole::kMigrator, next->meta.name);
    if (secret == nullptr || secret->name != job->name) {
      decision.actions.push_back(CreateSecret{job->name, SecretRole::kMigrator, next->meta.name, account});
    }
    // The Job never ran: nobody holds a password that the account may have had.
    decision.actions.push_back(
        EnsureAccount{account, api::AccountKind::kMigrator, next->meta.name, job->name, /*replace_password=*/true});
  }
  decision.actions.push_back(BeginMigration{job->name, situation.world.schema->schema_version.versions});
  decision.actions.push_back(ReleaseJob{job->name, job->uid, job->resource_version});
  decision.verdict = {Progress::kWorking, "MigrationStarting",
                      absl::StrCat("starting Job ", job->name, " for migration ", next->meta.name)};
  decision.notices.push_back(
      {false, "MigrationStarted", absl::StrCat("Job ", job->name, " runs migration ", next->meta.name)});
  return decision;
}

}  // namespace dba::plan
