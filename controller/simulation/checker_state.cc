// SPDX-License-Identifier: Apache-2.0
//
// What Checker finds in the whole state: after every step, and when all has come to rest.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"
#include "controller/simulation/checker.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {

bool Checker::IsRetirable(int version) const {
  if (env_->unwanted()) return true;
  return env_->desired > env_->current() && (version < env_->current() || version > env_->desired);
}

void Checker::CheckLogins(bool strict) {
  if (!strict && (disturbed_ || env_->profile.second)) return;
  for (const auto& [name, published] : published_) {
    if (env_->database.CanLogIn(published.account, published.password)) continue;
    if (IsRetirable(published.version) || human_locked_.count(published.account) != 0) continue;
    if (!strict && out_of_step_.count(published.account) != 0) continue;
    env_->Violate("I1", absl::StrCat("Secret ", name, " does not log in"));
  }
}

void Checker::AfterStep() {
  CheckLogins(false);
  for (const auto& [version, effects] : env_->database.image().effects) {
    if (effects > 1) env_->Violate("I3", absl::StrCat("the effect of ", version, " was committed ", effects, " times"));
  }
}

void Checker::CheckPairs() {
  std::set<std::string> accounts;
  for (const auto& [name, account] : env_->database.image().accounts) {
    if (account.owner != env_->database_uid) continue;
    accounts.insert(name);
    if (account.kind == api::AccountKind::kMigrator || env_->unwanted()) {
      env_->Violate("I5", absl::StrCat("account ", name, " is left"));
    }
  }
  std::set<std::string> holders;
  for (const auto& view : env_->kube.Views(kube::kSecrets)) {
    const nlohmann::json& secret = *view;
    if (AnnotationOf(secret, plan::kDatabaseUidAnnotation) != env_->database_uid) continue;
    const std::string account = AnnotationOf(secret, plan::kAccountAnnotation);
    if (LabelOf(secret, plan::kRoleLabel) != "application" || env_->unwanted()) {
      env_->Violate("I5", absl::StrCat("Secret ", secret["metadata"]["name"].get<std::string>(), " is left"));
    } else if (accounts.count(account) == 0) {
      env_->Violate("I5", absl::StrCat("Secret ", secret["metadata"]["name"].get<std::string>(), " has no account"));
    }
    holders.insert(account);
  }
  for (const std::string& account : accounts) {
    if (holders.count(account) != 0) continue;
    env_->Violate("I5", absl::StrCat("account ", account, " has no Secret"));
  }
}

void Checker::CheckCounts() {
  const Profile& profile = env_->profile;
  if (profile.deletion || profile.unfenced() || profile.meddling || profile.failover || profile.restore) return;
  const EffectCounts expected = CountsWithoutFaults(profile.versions);
  const EffectCounts actual = PerAttempt(counts_);
  for (const auto& [kind, count] : expected) {
    if (late_.count(VersionNumber(kind.substr(kind.rfind('/') + 1))) != 0) continue;
    const auto found = actual.find(kind);
    const EffectCount got = found == actual.end() ? EffectCount{} : found->second;
    if (got.created == count.created && got.deleted == count.deleted) continue;
    env_->Violate("I10", absl::StrCat(kind, " was created ", got.created, " and deleted ", got.deleted,
                                      " times; without faults ", count.created, " and ", count.deleted));
  }
}

void Checker::AtRest() {
  const Profile& profile = env_->profile;
  // Nobody is left to mend what an accident, an older process or people did near the end.
  const bool unmended = disturbed_ || profile.unfenced() || (profile.meddling && profile.retain);
  if (profile.deletion && unmended) return;
  CheckLogins(true);
  CheckPairs();
  CheckCounts();
}

}  // namespace dba::simulation
