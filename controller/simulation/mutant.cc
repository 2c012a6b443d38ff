// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/mutant.h"

#include <utility>

namespace dba::simulation {
namespace {

const std::vector<std::pair<Mutant, const char*>>& Names() {
  static const auto* const kNames = new std::vector<std::pair<Mutant, const char*>>{
      {Mutant::kSessionsHidden, "sessions-hidden"},
      {Mutant::kLoginsHidden, "logins-hidden"},
      {Mutant::kPodsHidden, "pods-hidden"},
      {Mutant::kPodsErrorEmpty, "pods-error-empty"},
      {Mutant::kPodsOfLostSecretsHidden, "pods-of-lost-secrets-hidden"},
      {Mutant::kAccountsErrorEmpty, "accounts-error-empty"},
      {Mutant::kJobsErrorEmpty, "jobs-error-empty"},
      {Mutant::kSecretsErrorEmpty, "secrets-error-empty"},
      {Mutant::kVersionErrorNone, "version-error-none"},
      {Mutant::kPreconditionsIgnored, "preconditions-ignored"},
      {Mutant::kJobStartsAtOnce, "job-starts-at-once"},
      {Mutant::kSecretOverwritten, "secret-overwritten"},
      {Mutant::kPublishedUnproven, "published-unproven"},
      {Mutant::kLockForgotten, "lock-forgotten"},
      {Mutant::kLockBeforeDropUnseen, "lock-unseen"},
      {Mutant::kPasswordTold, "password-told"},
      {Mutant::kMarksIgnored, "marks-ignored"},
      {Mutant::kProbeAlwaysOk, "probe-always-ok"},
      {Mutant::kFenceIgnored, "fence-ignored"},
      {Mutant::kIntentForgotten, "intent-forgotten"},
  };
  return *kNames;
}

}  // namespace

const std::vector<Mutant>& AllMutants() {
  static const auto* const kAll = [] {
    auto* all = new std::vector<Mutant>;
    for (const auto& [mutant, name] : Names()) all->push_back(mutant);
    return all;
  }();
  return *kAll;
}

std::string MutantName(Mutant mutant) {
  for (const auto& [candidate, name] : Names()) {
    if (candidate == mutant) return name;
  }
  return "none";
}

Mutant MutantFromName(absl::string_view name) {
  for (const auto& [mutant, candidate] : Names()) {
    if (name == candidate) return mutant;
  }
  return Mutant::kNone;
}

}  // namespace dba::simulation
