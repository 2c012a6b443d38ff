// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/credential_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// Whether an earlier plan claimed in the status that it retires this version's credential.
bool IsClaimedForRetirement(const Situation& situation, absl::string_view version) {
  for (const api::CredentialStatus& credential : situation.database().status.credentials) {
    if (credential.version == version) return credential.state == "Retiring";
  }
  return false;
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

// What is to be done about the candidates, sorted by how far each has come.
struct Retirement {
  std::vector<std::string> used;  // "v1 (Pod a, 1 session from b)"
  std::vector<Action> reopen;     // in use after all: unlock, or make the account again
  std::vector<Action> lock;
  std::vector<Action> drop;
  std::vector<Action> remove;  // Secrets whose account is gone
};

void Sort(const Situation& situation, const RetireCandidate& candidate, const std::vector<std::string>& users,
          Retirement& retirement) {
  const api::Account* account = candidate.account;
  if (!users.empty()) {
    retirement.used.push_back(absl::StrCat(candidate.version, " (", absl::StrJoin(users, ", "), ")"));
    if (account == nullptr) {
      retirement.reopen.push_back(EnsureAccount{ApplicationAccount(situation.uid(), candidate.version),
                                                api::AccountKind::kApplication, candidate.version,
                                                candidate.secret->name});
    } else if (account->locked) {
      retirement.reopen.push_back(UnlockAccount{account->name});
    }
  } else if (account == nullptr) {
    retirement.remove.push_back(
        DeleteSecret{candidate.secret->name, candidate.secret->uid, candidate.secret->resource_version});
  } else if (!account->locked) {
    retirement.lock.push_back(LockAccount{account->name});
  } else {
    retirement.drop.push_back(DropAccount{account->name});
  }
}

}  // namespace

std::optional<Decision> PublishCredential(const Situation& situation) {
  const std::string& version = situation.path.current;
  if (version.empty() || situation.FindSecret(SecretRole::kApplication, version) != nullptr) return std::nullopt;
  const std::string account = ApplicationAccount(situation.uid(), version);
  const std::string intent = IntentSecret(situation.database().meta.name, situation.uid(), version);
  const std::string name = ApplicationSecret(situation.database().meta.name, version);
  const api::Account* existing = situation.FindAccount(account);
  const bool lost = existing != nullptr && situation.FindSecret(SecretRole::kIntent, version) == nullptr;
  Decision decision =
      Working("PublishingCredentials", absl::StrCat("making the credential of ", version, ", Secret ", name),
              {CreateSecret{intent, SecretRole::kIntent, version, account},
               EnsureAccount{account, api::AccountKind::kApplication, version, intent, lost},
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

std::optional<Decision> RestoreAccount(const Situation& situation) {
  std::set<std::string> retiring;
  for (const RetireCandidate& candidate : situation.RetireCandidates()) retiring.insert(candidate.version);
  for (const SecretView& secret : situation.secrets) {
    if (secret.role != SecretRole::kApplication || retiring.count(secret.version) != 0) continue;
    const api::Account* account = situation.FindAccount(ApplicationAccount(situation.uid(), secret.version));
    if (account == nullptr) {
      Decision decision = Working("RestoringAccount",
                                  absl::StrCat("the account of ", secret.version,
                                               " is missing; making it again as Secret ", secret.name, " says"),
                                  {EnsureAccount{ApplicationAccount(situation.uid(), secret.version),
                                                 api::AccountKind::kApplication, secret.version, secret.name}});
      decision.notices.push_back(
          {true, "AccountMissing",
           absl::StrCat("the database account of ", secret.version,
                        " was missing and is made again with the password in Secret ", secret.name)});
      return decision;
    }
    if (account->locked && IsClaimedForRetirement(situation, secret.version)) {
      return Working("RestoringAccount", absl::StrCat("unlocking the account of ", secret.version),
                     {UnlockAccount{account->name}});
    }
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
    const std::vector<std::string> users = UsersOf({account.version, "", &account, nullptr}, {});
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

std::optional<Decision> RetireCredentials(const Situation& situation) {
  const std::vector<RetireCandidate> candidates = situation.RetireCandidates();
  if (candidates.empty()) return std::nullopt;
  const std::string& next = situation.path.pending.front();
  if (!situation.world.references.ok()) {
    return Blocked("ReferencesUnknown",
                   absl::StrCat("cannot tell which Pods use the credentials to retire before ", next, ": ",
                                situation.world.references.status().message()),
                   kUseRecheck);
  }
  Retirement retirement;
  Decision decision;
  for (const RetireCandidate& candidate : candidates) {
    std::vector<std::string> users = UsersOf(candidate, *situation.world.references);
    Sort(situation, candidate, users, retirement);
    decision.used_by[candidate.version] = std::move(users);
  }
  decision.actions = std::move(retirement.reopen);
  if (!retirement.lock.empty()) {
    for (Action& action : retirement.lock) decision.actions.push_back(std::move(action));
  } else if (!retirement.drop.empty() && situation.logins_in_flight == 0) {
    decision.actions.push_back(std::move(retirement.drop.front()));
  } else if (!retirement.remove.empty()) {
    decision.actions.push_back(std::move(retirement.remove.front()));
  }
  if (!retirement.used.empty()) {
    decision.verdict = {Progress::kBlocked, "CredentialsInUse",
                        absl::StrCat("migration ", next, " waits: still used: the credential of ",
                                     absl::StrJoin(retirement.used, "; of "), ". Move them to Secret ",
                                     ApplicationSecret(situation.database().meta.name, situation.path.current),
                                     "; it then goes on by itself")};
    decision.requeue_after = kUseRecheck;
  } else if (decision.actions.empty()) {
    decision.verdict = {Progress::kBlocked, "LoginInFlight",
                        "waiting for a login that the database has accepted but not named"};
    decision.requeue_after = kLoginRecheck;
  } else {
    decision.verdict = {Progress::kWorking, "RetiringCredentials",
                        absl::StrCat("retiring the credentials that do not fit ", next)};
  }
  return decision;
}

}  // namespace dba::plan
