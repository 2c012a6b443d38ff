// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/retire_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/memory.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

constexpr absl::Duration kUseRecheck = absl::Seconds(5);
constexpr absl::Duration kLoginRecheck = absl::Seconds(1);

// The next step of one candidate.
struct Step {
  std::vector<Action> actions;   // can be undone
  std::optional<Action> ending;  // the drop, or the deletion of what is left when the account is gone
  bool in_use = false;
  std::optional<Verdict> wait;  // for time to pass
  absl::Duration recheck = kUseRecheck;
};

SecretView const* AnySecret(const RetireCandidate& candidate) {
  return candidate.secret != nullptr ? candidate.secret : candidate.quarantine;
}

DeleteSecret Delete(const SecretView& secret) { return {secret.name, secret.uid, secret.resource_version}; }

// Account first: what a Secret promises works before it is seen. The copy last, and only once no other process can
// delete the published Secret any more on a look that is older than this.
std::vector<Action> GiveBack(const Situation& situation, const RetireCandidate& candidate) {
  std::vector<Action> actions;
  const std::string account = ApplicationAccount(situation.uid(), candidate.version);
  if (candidate.account == nullptr) {
    actions.push_back(
        EnsureAccount{account, api::AccountKind::kApplication, candidate.version, AnySecret(candidate)->name});
  } else if (candidate.account->locked && candidate.quarantine != nullptr) {
    actions.push_back(UnlockAccount{account});
  }
  if (candidate.secret == nullptr && candidate.quarantine != nullptr) {
    actions.push_back(RestoreSecret{candidate.secret_name, candidate.quarantine->name, candidate.version, account});
  } else if (candidate.quarantine != nullptr) {
    actions.push_back(KeepSecret{candidate.secret->name, candidate.secret->uid, candidate.secret->resource_version});
  }
  if (candidate.quarantine != nullptr) actions.push_back(Delete(*candidate.quarantine));
  return actions;
}

std::vector<Action> Withdraw(const Situation& situation, const RetireCandidate& candidate) {
  const std::string copy = QuarantineSecretName(situation.database().meta.name, situation.uid(), candidate.version);
  return {QuarantineSecret{copy, candidate.secret->name, candidate.version, candidate.secret->account},
          Delete(*candidate.secret)};
}

bool IsReferenced(const Situation& situation, const RetireCandidate& candidate) {
  const std::vector<SecretReference>& references = *situation.world.references;
  return std::any_of(references.begin(), references.end(), [&](const SecretReference& reference) {
    return reference.is_use && reference.secret_name == candidate.secret_name;
  });
}

// When the account may be dropped for all that time has to say.
absl::Time QuarantineEnd(const Situation& situation, const RetireCandidate& candidate) {
  const absl::Duration quarantine = situation.database().spec.credentials.quarantine;
  // The API server's clock may be ahead of ours: without a quarantine it has no say.
  if (candidate.quarantine == nullptr || quarantine == absl::ZeroDuration()) return absl::InfinitePast();
  return candidate.quarantine->created_at + quarantine;
}

Step OfAbsentAccount(const Situation& situation, const RetireCandidate& candidate) {
  Step step;
  if (IsReferenced(situation, candidate) && AnySecret(candidate) != nullptr) {
    step.in_use = true;
    step.actions = GiveBack(situation, candidate);
    return step;
  }
  for (const SecretView* left : {candidate.secret, candidate.quarantine, candidate.intent}) {
    if (left == nullptr) continue;
    step.ending = Delete(*left);
    break;
  }
  return step;
}

Step OfReferenced(const Situation& situation, const RetireCandidate& candidate) {
  Step step;
  step.in_use = true;
  step.actions = GiveBack(situation, candidate);
  // Its Secret was deleted by hand after this program had locked the account.
  const bool ours = candidate.secret == nullptr && candidate.quarantine == nullptr &&
                    IsClaimedForRetirement(situation.database(), candidate.version);
  if (ours && candidate.account->locked) step.actions.push_back(UnlockAccount{candidate.account->name});
  return step;
}

Step OfConnected(const Situation& situation, const RetireCandidate& candidate) {
  Step step;
  switch (situation.database().spec.credentials.on_in_use) {
    case api::OnInUse::kWait:
      step.in_use = true;
      break;
    case api::OnInUse::kRevert:
      step.in_use = true;
      step.actions = GiveBack(situation, candidate);
      break;
    case api::OnInUse::kTerminate:
      if (candidate.secret != nullptr) {
        step.actions = Withdraw(situation, candidate);
      } else if (!candidate.account->locked) {
        step.actions.push_back(LockAccount{candidate.account->name});
      } else if (!candidate.account->sessions.empty()) {
        step.actions.push_back(TerminateSessions{candidate.account->name});
      } else {
        step.in_use = true;  // a prepared transaction has no session to end
      }
      break;
  }
  return step;
}

// Locked, and without sessions: what still keeps it from being dropped.
Step OfLocked(const Situation& situation, const RetireCandidate& candidate) {
  Step step;
  const Memory& memory = situation.world.memory;
  const auto drained = memory.drained_since.find(candidate.account->name);
  const absl::Time end = QuarantineEnd(situation, candidate);
  if (!candidate.account->obstacles.empty()) {
    step.in_use = true;
  } else if (situation.logins_in_flight > 0) {
    step.wait = Verdict{Progress::kBlocked, "LoginInFlight",
                        "waiting for a login that the database has accepted but not named"};
    step.recheck = kLoginRecheck;
  } else if (drained == memory.drained_since.end() || situation.now - drained->second < kDrainGap) {
    step.wait = Verdict{Progress::kWorking, "Draining",
                        absl::StrCat("the account of ", candidate.version, " is locked and looked at once more")};
    step.recheck = kDrainGap;
  } else if (situation.now < end) {
    step.wait = Verdict{Progress::kBlocked, "Quarantine",
                        absl::StrCat("the credential of ", candidate.version, " is locked and in quarantine until ",
                                     api::TimeToText(end), " (spec.credentials.quarantine)")};
    step.recheck = end - situation.now;
  } else {
    step.ending = DropAccount{candidate.account->name};
  }
  return step;
}

Step NextStep(const Situation& situation, const RetireCandidate& candidate) {
  if (candidate.account == nullptr) return OfAbsentAccount(situation, candidate);
  if (IsReferenced(situation, candidate)) return OfReferenced(situation, candidate);
  if (!candidate.account->sessions.empty() || candidate.account->prepared_transactions > 0) {
    return OfConnected(situation, candidate);
  }
  Step step;
  if (candidate.secret != nullptr) {
    step.actions = Withdraw(situation, candidate);
  } else if (!candidate.account->locked) {
    step.actions.push_back(LockAccount{candidate.account->name});
  } else {
    return OfLocked(situation, candidate);
  }
  return step;
}

std::string RemedyText(const Situation& situation) {
  const std::string current = ApplicationSecret(situation.database().meta.name, situation.path.current);
  return situation.path.current.empty()
             ? ". End what uses it; it then goes on by itself"
             : absl::StrCat(". Move them to Secret ", current, "; it then goes on by itself");
}

}  // namespace

Decision Retire(const Situation& situation, const std::vector<RetireCandidate>& candidates,
                const std::string& purpose) {
  Decision decision;
  if (!situation.world.references.ok()) {
    decision.verdict = {Progress::kBlocked, "ReferencesUnknown",
                        absl::StrCat("cannot tell what uses the credentials to retire before ", purpose, ": ",
                                     situation.world.references.status().message())};
    decision.requeue_after = kUseRecheck;
    return decision;
  }
  std::vector<std::string> used;
  std::optional<Action> ending;
  std::optional<Verdict> wait;
  for (const RetireCandidate& candidate : candidates) {
    std::vector<std::string> users = UsersOf(candidate, *situation.world.references);
    Step step = NextStep(situation, candidate);
    if (step.in_use) used.push_back(absl::StrCat(candidate.version, " (", absl::StrJoin(users, ", "), ")"));
    decision.used_by[candidate.version] = std::move(users);
    for (Action& action : step.actions) decision.actions.push_back(std::move(action));
    if (!ending.has_value()) ending = std::move(step.ending);
    if (step.in_use || step.wait.has_value()) {
      decision.requeue_after = std::min(decision.requeue_after.value_or(step.recheck), step.recheck);
    }
    if (!wait.has_value()) wait = std::move(step.wait);
  }
  if (decision.actions.empty() && ending.has_value()) decision.actions.push_back(*std::move(ending));
  if (!used.empty()) {
    decision.verdict = {Progress::kBlocked, "CredentialsInUse",
                        absl::StrCat(purpose, " waits: still used: the credential of ", absl::StrJoin(used, "; of "),
                                     RemedyText(situation))};
  } else if (decision.actions.empty() && wait.has_value()) {
    decision.verdict = *std::move(wait);
  } else {
    decision.verdict = {Progress::kWorking, "RetiringCredentials",
                        absl::StrCat("retiring the credentials that do not fit ", purpose)};
  }
  return decision;
}

std::optional<Decision> ReturnCredentials(const Situation& situation) {
  std::set<std::string> retiring;
  for (const RetireCandidate& candidate : situation.RetireCandidates()) retiring.insert(candidate.version);
  for (const RetireCandidate& candidate : situation.AllCredentials()) {
    if (candidate.quarantine == nullptr || retiring.count(candidate.version) != 0) continue;
    Decision decision;
    decision.actions = GiveBack(situation, candidate);
    decision.verdict = {Progress::kWorking, "RestoringCredential",
                        absl::StrCat("giving the credential of ", candidate.version, " back: it is not to be retired")};
    return decision;
  }
  return std::nullopt;
}

std::optional<Decision> RetireCredentials(const Situation& situation) {
  const std::vector<RetireCandidate> candidates = situation.RetireCandidates();
  if (candidates.empty()) return std::nullopt;
  return Retire(situation, candidates, absl::StrCat("migration ", situation.path.pending.front()));
}

}  // namespace dba::plan
