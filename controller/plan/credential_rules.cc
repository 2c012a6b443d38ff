// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/credential_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/memory.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kUseRecheck = absl::Seconds(5);
constexpr absl::Duration kLoginRecheck = absl::Seconds(1);

Decision Working(absl::string_view reason, std::string message, std::vector<Action> actions) {
  Decision decision;
  decision.verdict = {Progress::kWorking, std::string(reason), std::move(message)};
  decision.actions = std::move(actions);
  return decision;
}

Decision Blocked(absl::string_view reason, std::string message, absl::Duration requeue_after) {
  Decision decision;
  decision.verdict = {Progress::kBlocked, std::string(reason), std::move(message)};
  decision.requeue_after = requeue_after;
  return decision;
}

// The name of the account of an attempt that is not over; empty when there is none.
std::string AccountOfAttempt(const Situation& situation) {
  const std::string job_name = situation.next_job();
  if (job_name.empty() || situation.FindHistory(job_name) != nullptr) return "";
  const JobView* job = situation.FindJob(job_name);
  const bool over =
      job != nullptr && (job->phase == JobView::Phase::kSucceeded || job->phase == JobView::Phase::kFailed);
  return over ? "" : MigratorAccount(situation.uid(), job_name);
}

// The versions whose credentials are to be retired before the next migration.
std::set<std::string> RetiringVersions(const Situation& situation) {
  std::set<std::string> versions;
  for (const RetireCandidate& candidate : situation.RetireCandidates()) versions.insert(candidate.version);
  return versions;
}

bool IsRefused(const Situation& situation, const SecretView& secret) {
  const Probe* probe = FindProbe(situation.world, secret.account, secret.uid);
  return probe != nullptr && probe->outcome == Login::kRefused;
}

bool WasReplacedLately(const Situation& situation, const std::string& account) {
  const auto replaced = situation.world.memory.password_replaced_at.find(account);
  return replaced != situation.world.memory.password_replaced_at.end() &&
         situation.now - replaced->second < kProbeInterval;
}

// A version that has neither a published Secret nor a quarantined one.
Decision Publish(const Situation& situation, const RetireCandidate& missing) {
  const std::string& version = missing.version;
  const std::string account = ApplicationAccount(situation.uid(), version);
  const std::string intent = IntentSecret(situation.database().meta.name, situation.uid(), version);
  const std::string name = missing.secret_name;
  const bool lost = missing.account != nullptr && missing.intent == nullptr;
  const bool replace = lost || (missing.account != nullptr && IsRefused(situation, *missing.intent));
  Decision decision =
      Working("PublishingCredentials", absl::StrCat("making the credential of ", version, ", Secret ", name),
              {CreateSecret{intent, SecretRole::kIntent, version, account},
               EnsureAccount{account, api::AccountKind::kApplication, version, intent, replace},
               ProbeAccount{account, intent}, PublishSecret{name, intent, version, account}});
  decision.notices.push_back(
      lost ? Notice{true, "CredentialReplaced",
                    absl::StrCat("Secret ", name,
                                 " was gone while its account existed; a new password is published, "
                                 "restart what holds the old one")}
           : Notice{false, "CredentialPublished",
                    absl::StrCat("the credential of ", version, " is published in Secret ", name)});
  return decision;
}

}  // namespace

std::optional<Decision> PublishCredential(const Situation& situation) {
  const std::set<std::string> retiring = RetiringVersions(situation);
  bool current_known = false;
  for (const RetireCandidate& credential : situation.AllCredentials()) {
    const bool current = credential.version == situation.path.current;
    current_known = current_known || current;
    if (credential.secret != nullptr || credential.quarantine != nullptr) continue;
    if (!current && (credential.account == nullptr || retiring.count(credential.version) != 0)) continue;
    const bool locked_by_others = credential.account != nullptr && credential.account->locked &&
                                  credential.intent == nullptr &&
                                  !IsClaimedForRetirement(situation.database(), credential.version);
    if (!locked_by_others) return Publish(situation, credential);
  }
  if (current_known || situation.path.current.empty()) return std::nullopt;
  RetireCandidate current;
  current.version = situation.path.current;
  current.secret_name = ApplicationSecret(situation.database().meta.name, current.version);
  return Publish(situation, current);
}

std::optional<Decision> RestoreAccount(const Situation& situation) {
  const std::set<std::string> retiring = RetiringVersions(situation);
  for (const SecretView& secret : situation.secrets) {
    if (secret.role != SecretRole::kApplication || retiring.count(secret.version) != 0) continue;
    const std::string name = ApplicationAccount(situation.uid(), secret.version);
    const api::Account* account = situation.FindAccount(name);
    const bool refused =
        account != nullptr && !account->locked && IsRefused(situation, secret) && !WasReplacedLately(situation, name);
    if (account != nullptr && !refused) continue;
    Decision decision =
        Working("RestoringAccount",
                absl::StrCat("the account of ", secret.version, refused ? " refuses" : " is missing",
                             refused ? " its password" : "", "; making it again as Secret ", secret.name, " says"),
                {EnsureAccount{name, api::AccountKind::kApplication, secret.version, secret.name,
                               /*replace_password=*/refused}});
    decision.notices.push_back(
        refused ? Notice{true, "PasswordChanged",
                         absl::StrCat("the database account of ", secret.version, " no longer took the password in ",
                                      "Secret ", secret.name, "; it is set to it again")}
                : Notice{true, "AccountMissing",
                         absl::StrCat("the database account of ", secret.version,
                                      " was missing and is made again with the password in Secret ", secret.name)});
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> DeleteIntent(const Situation& situation) {
  for (const SecretView& secret : situation.secrets) {
    if (secret.role != SecretRole::kIntent) continue;
    const bool published = situation.FindSecret(SecretRole::kApplication, secret.version) != nullptr;
    const bool abandoned = situation.FindAccount(secret.account) == nullptr && secret.version != situation.path.current;
    if (!published && !abandoned) continue;
    return Working("PublishingCredentials", absl::StrCat("deleting the intent of ", secret.version),
                   {DeleteSecret{secret.name, secret.uid, secret.resource_version}});
  }
  return std::nullopt;
}

std::optional<Decision> RetireMigrator(const Situation& situation) {
  const std::string in_use = AccountOfAttempt(situation);
  for (const api::Account& account : situation.accounts) {
    if (account.kind != api::AccountKind::kMigrator || account.name == in_use) continue;
    if (!account.locked) {
      return Working("RetiringMigrator", absl::StrCat("locking the migrator account of ", account.version),
                     {LockAccount{account.name}});
    }
    const std::vector<std::string> users = UsersOf({account.version, "", &account, nullptr, nullptr, nullptr}, {});
    if (!users.empty()) {
      return Blocked(
          "MigratorStillConnected",
          absl::StrCat("the migration ", account.version, " is over but its account ", account.name,
                       " is still connected (", absl::StrJoin(users, ", "), "); end what is left of its Pods"),
          kUseRecheck);
    }
    if (situation.logins_in_flight > 0) {
      return Blocked("LoginInFlight", "waiting for a login that the database has accepted but not named",
                     kLoginRecheck);
    }
    return Working("RetiringMigrator", absl::StrCat("dropping the migrator account of ", account.version),
                   {DropAccount{account.name}});
  }
  for (const SecretView& secret : situation.secrets) {
    if (secret.role != SecretRole::kMigrator || secret.account == in_use) continue;
    return Working("RetiringMigrator", absl::StrCat("deleting Secret ", secret.name),
                   {DeleteSecret{secret.name, secret.uid, secret.resource_version}});
  }
  return std::nullopt;
}

}  // namespace dba::plan
