// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/deletion_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/credential_rules.h"
#include "controller/plan/job_rules.h"
#include "controller/plan/names.h"
#include "controller/plan/retire_rules.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kDeletionRecheck = absl::Seconds(10);

std::vector<std::string> WithoutOurs(const api::ManagedDatabase& database) {
  std::vector<std::string> finalizers = database.meta.finalizers;
  finalizers.erase(std::remove(finalizers.begin(), finalizers.end(), kFinalizer), finalizers.end());
  return finalizers;
}

Decision LetGo(const World& world) {
  Decision decision;
  decision.actions.push_back(SetFinalizers{WithoutOurs(world.database), false});
  decision.verdict = {Progress::kWorking, "Deleting", "everything that was to be cleaned up is; letting go"};
  return decision;
}

// What is left behind, as far as it is known.
std::string LeftBehind(const World& world) {
  std::vector<std::string> left;
  for (const api::CredentialStatus& credential : world.database.status.credentials) {
    left.push_back(
        absl::StrCat("account ", credential.account,
                     credential.secret_name.empty() ? "" : absl::StrCat(" (Secret ", credential.secret_name, ")")));
  }
  if (world.secrets.ok()) {
    for (const SecretView& secret : *world.secrets) {
      if (secret.role == SecretRole::kApplication) continue;
      left.push_back(absl::StrCat(SecretRoleName(secret.role), " Secret ", secret.name));
    }
  }
  return left.empty() ? "nothing that is known of" : absl::StrJoin(left, ", ");
}

Decision Abandon(const World& world, absl::string_view why) {
  Decision decision = LetGo(world);
  decision.notices.push_back({true, "Abandoned",
                              absl::StrCat("ManagedDatabase ", world.database.meta.name, " is let go ", why,
                                           "; left behind: ", LeftBehind(world),
                                           ". See docs/runbooks/Deletion.md for how to clean up by hand")});
  return decision;
}

Decision AwaitReach(const World& world, const Decision& unobserved, absl::Time now) {
  const absl::Duration timeout = world.database.spec.credentials.deletion_timeout;
  const absl::Time since = std::max(world.memory.unreachable_since, world.database.meta.deleted_at);
  if (now - since >= timeout) {
    return Abandon(world, absl::StrCat("because it could not be looked at for ", absl::FormatDuration(timeout), " (",
                                       unobserved.verdict.reason, ": ", unobserved.verdict.message, ")"));
  }
  Decision decision;
  decision.verdict = {Progress::kBlocked, "DeletionWaits",
                      absl::StrCat(unobserved.verdict.reason, ": ", unobserved.verdict.message,
                                   "; the deletion waits until ", api::TimeToText(since + timeout),
                                   ". To let it go now: kubectl annotate mdb ", world.database.meta.name, " -n ",
                                   world.database.meta.name_space, " ", kDeletionAnnotation, "=Abandon")};
  decision.requeue_after = kDeletionRecheck;
  return decision;
}

std::optional<Decision> DiscardJobs(const Situation& situation) {
  for (const JobView& job : situation.jobs) {
    if (job.phase != JobView::Phase::kSuspended) continue;
    Decision decision;
    decision.actions.push_back(DeleteJob{job.name, job.uid, job.resource_version});
    decision.verdict = {Progress::kWorking, "Deleting", absl::StrCat("Job ", job.name, " never ran and is not wanted")};
    return decision;
  }
  return std::nullopt;
}

}  // namespace

bool HasFinalizer(const api::ManagedDatabase& database) {
  const std::vector<std::string>& finalizers = database.meta.finalizers;
  return std::find(finalizers.begin(), finalizers.end(), kFinalizer) != finalizers.end();
}

std::optional<Decision> EnsureFinalizer(const Situation& situation) {
  if (HasFinalizer(situation.database())) return std::nullopt;
  Decision decision;
  std::vector<std::string> finalizers = situation.database().meta.finalizers;
  finalizers.emplace_back(kFinalizer);
  decision.actions.push_back(SetFinalizers{std::move(finalizers), true});
  decision.verdict = {Progress::kWorking, "Starting", "making sure that a deletion is noticed"};
  return decision;
}

std::vector<RetireCandidate> DeletionCandidates(const Situation& situation) {
  const bool all = situation.database().spec.credentials.deletion_policy == api::DeletionPolicy::kDelete;
  std::vector<RetireCandidate> candidates;
  for (RetireCandidate& credential : situation.AllCredentials()) {
    const bool unpublished = credential.secret == nullptr && (credential.intent != nullptr);
    if (all || unpublished || credential.quarantine != nullptr) candidates.push_back(std::move(credential));
  }
  return candidates;
}

Decision DecideDeletion(const World& world, const Situation* situation, const std::optional<Decision>& unobserved,
                        absl::Time now) {
  const api::ObjectMeta& meta = world.database.meta;
  const auto annotation = meta.annotations.find(std::string(kDeletionAnnotation));
  if (annotation != meta.annotations.end() && annotation->second == "Abandon") {
    return Abandon(world, absl::StrCat("as its annotation ", kDeletionAnnotation, " asks"));
  }
  if (world.database.spec.read_only) return Abandon(world, "unchanged, because spec.readOnly is set");
  if (situation == nullptr) return AwaitReach(world, *unobserved, now);
  if (auto running = AwaitJob(*situation)) return *std::move(running);
  if (auto discarded = DiscardJobs(*situation)) return *std::move(discarded);
  if (auto migrator = RetireMigrator(*situation)) return *std::move(migrator);
  const std::vector<RetireCandidate> candidates = DeletionCandidates(*situation);
  if (!candidates.empty()) {
    return Retire(*situation, candidates, absl::StrCat("the deletion of ManagedDatabase ", meta.name));
  }
  if (auto intent = DeleteIntent(*situation)) return *std::move(intent);
  return LetGo(world);
}

}  // namespace dba::plan
