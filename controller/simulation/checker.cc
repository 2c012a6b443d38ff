// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/checker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {
namespace {

using nlohmann::json;

constexpr size_t kMaxHistory = 20;      // of status.history
constexpr size_t kPasswordLength = 43;  // of GeneratePassword: 32 bytes

bool IsPasswordCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; }

std::string NameOf(const json& object) { return object["metadata"]["name"].get<std::string>(); }
std::string UidOf(const json& object) { return object["metadata"]["uid"].get<std::string>(); }

bool IsRunning(const json& job) {
  if (job["spec"].value("suspend", false)) return false;
  return !job.contains("status") || !job["status"].contains("conditions");
}

std::string SecretKind(const json& secret) {
  return absl::StrCat("Secret/", LabelOf(secret, plan::kRoleLabel), "/", LabelOf(secret, plan::kMigrationLabel));
}

std::string AccountKind(const DatabaseAccount& account) {
  return absl::StrCat("account/", account.kind == api::AccountKind::kMigrator ? "migrator/" : "application/",
                      account.version);
}

// Whether the other of a published Secret and its quarantined copy exists.
bool HasCounterpart(const Environment& env, absl::string_view role, absl::string_view account) {
  if (role != "application" && role != "quarantine") return false;
  const absl::string_view other = role == "application" ? "quarantine" : "application";
  for (const auto& secret : env.kube.Views(kube::kSecrets)) {
    if (LabelOf(*secret, plan::kRoleLabel) == other && AnnotationOf(*secret, plan::kAccountAnnotation) == account) {
      return true;
    }
  }
  return false;
}

}  // namespace

Checker::Checker(Environment* env) : env_(env) {}

void Checker::ContinueFrom(const Checker& other) {
  Environment* const env = env_;
  *this = other;
  env_ = env;
}

void Checker::CheckForeign(absl::string_view kind, const std::string& name) {
  if (absl::StrContains(name, "foreign")) env_->Violate("I7", absl::StrCat(kind, " ", name, " is not ours"));
}

void Checker::SecretCreated(const json& secret) {
  const std::string name = NameOf(secret);
  CheckForeign("created Secret", name);
  ++counts_[SecretKind(secret)].created;
  const std::string password = SecretText(secret, "password");
  if (password.size() != kPasswordLength) env_->Violate("I4", "a password has another length than is looked for");
  passwords_.insert(password);
  if (LabelOf(secret, plan::kRoleLabel) == "quarantine") {
    copies_taken_away_.erase(AnnotationOf(secret, plan::kAccountAnnotation));
  }
  if (LabelOf(secret, plan::kRoleLabel) != "application") return;
  const auto before = published_.find(name);
  if (before != published_.end() && before->second.password != password) {
    env_->Violate("I8", absl::StrCat("Secret ", name, " got another password"));
  }
  const Published now{VersionNumber(LabelOf(secret, plan::kMigrationLabel)), SecretText(secret, "username"), password};
  if (!env_->database.CanLogIn(now.account, password) && human_locked_.count(now.account) == 0 && !disturbed_ &&
      out_of_step_.count(now.account) == 0) {
    const std::string what = absl::StrCat("Secret ", name, " was published and does not log in");
    if (env_->profile.second || (env_->profile.delays && taken_away_.count(now.account) != 0)) {
      env_->KnownGap("process with an older view publishes what does not log in", what);
      out_of_step_.insert(now.account);
    } else {
      env_->Violate("I1", what);
    }
  }
  published_[name] = now;
}

void Checker::SecretDeleted(const json& secret, const Observation& seen) {
  const std::string name = NameOf(secret);
  const std::string role = LabelOf(secret, plan::kRoleLabel);
  const std::string account = AnnotationOf(secret, plan::kAccountAnnotation);
  CheckForeign("deleted Secret", name);
  ++counts_[SecretKind(secret)].deleted;
  published_.erase(name);
  const bool existed = !seen.accounts_known || seen.accounts.count(account) != 0;
  if (role == "intent" || !existed || HasCounterpart(*env_, role, account)) return;
  // A human took the copy between the controller's look at it and this.
  if (role == "application" && copies_taken_away_.count(account) != 0) return;
  env_->Violate("I2", absl::StrCat("Secret ", name, " was deleted while its account existed"));
}

void Checker::SecretTakenAway(const json& secret) {
  published_.erase(NameOf(secret));
  const std::string account = AnnotationOf(secret, plan::kAccountAnnotation);
  taken_away_.insert(account);
  if (LabelOf(secret, plan::kRoleLabel) == "quarantine") copies_taken_away_.insert(account);
}

void Checker::JobCreated(const json& job) {
  CheckForeign("created Job", NameOf(job));
  ++counts_[absl::StrCat("Job/", LabelOf(job, plan::kMigrationLabel))].created;
  if (IsRunning(job)) JobReleased(job);
}

void Checker::JobDeleted(const json& job) {
  CheckForeign("deleted Job", NameOf(job));
  ++counts_[absl::StrCat("Job/", LabelOf(job, plan::kMigrationLabel))].deleted;
  if (IsRunning(job)) env_->Violate("I3", absl::StrCat("running Job ", NameOf(job), " was deleted"));
}

void Checker::JobReleased(const json& job) {
  CheckForeign("released Job", NameOf(job));
  env_->job_released = true;
  if (recorded_jobs_.count(UidOf(job)) == 0) {
    env_->Violate("I3", absl::StrCat("Job ", NameOf(job), " runs and no status ever named its UID"));
  }
  int running = 0;
  for (const auto& other : env_->kube.Views(kube::kJobs)) {
    running += LabelOf(*other, plan::kDatabaseLabel) == kDatabase && IsRunning(*other) ? 1 : 0;
  }
  if (running > 1) env_->Violate("I3", absl::StrCat(running, " Jobs of ours run, the last is ", NameOf(job)));
}

void Checker::StatusWritten(const json& status) {
  ToldAll("the status", status);
  const auto active = status.find("activeMigration");
  if (active != status.end()) recorded_jobs_.insert(active->value("jobUID", ""));
  std::set<std::string> history;
  const auto entries = status.find("history");
  if (entries != status.end()) {
    for (const json& entry : *entries)
      history.insert(absl::StrCat(entry.value("jobName", ""), entry.value("outcome", "")));
  }
  for (const std::string& attempt : history_) {
    if (history.count(attempt) == 0 && history.size() < kMaxHistory) {
      env_->Violate("I3", absl::StrCat("the history forgot ", attempt));
    }
  }
  history_ = std::move(history);
}

void Checker::AccountEnsured(const std::string& name, const DatabaseAccount* before, const DatabaseAccount& after) {
  if (before == nullptr) ++counts_[AccountKind(after)].created;
  AccountChanged(name);
  human_locked_.erase(name);
  if (before == nullptr || before->password == after.password) return;
  for (const auto& [secret, published] : published_) {
    if (published.account != name || published.password != before->password) continue;
    const std::string what = absl::StrCat("the password of ", name, ", which Secret ", secret, " holds, was replaced");
    if (env_->profile.second || (env_->profile.delays && taken_away_.count(name) != 0)) {
      env_->KnownGap("process with an older view replaces a published password", what);
      out_of_step_.insert(name);
    } else {
      env_->Violate("I8", what);
    }
  }
}

void Checker::AccountChanged(const std::string& name) {
  const DatabaseAccount* account = env_->database.Find(name);
  if (account != nullptr && account->owner != env_->database_uid) {
    env_->Violate("I7", absl::StrCat("account ", name, " without our mark was changed"));
  }
}

void Checker::Changed(uint64_t epoch) {
  if (epoch < highest_epoch_) {
    env_->Violate("I3", absl::StrCat("the database was changed under epoch ", epoch, " after ", highest_epoch_));
  }
  highest_epoch_ = std::max(highest_epoch_, epoch);
}

void Checker::Disturbed() {
  disturbed_ = true;
  highest_epoch_ = 0;
}

void Checker::DropAsked(const std::string& name, const Observation& seen) {
  const DatabaseAccount* account = env_->database.Find(name);
  if (account == nullptr) return;
  const auto known = seen.accounts.find(name);
  if (!seen.accounts_known || known == seen.accounts.end()) {
    env_->Violate("I2", absl::StrCat("the drop of ", name, " was asked for without knowing it"));
    return;
  }
  if (!known->second.locked) env_->Violate("I2", absl::StrCat(name, " was not locked when its drop was decided"));
  if (known->second.sessions > 0) env_->Violate("I2", absl::StrCat(name, " had sessions when its drop was decided"));
  if (seen.logins_in_flight > 0)
    env_->Violate("I2", absl::StrCat("a login was in flight when the drop of ", name, " was decided"));
  if (account->kind == api::AccountKind::kMigrator) return;
  if (seen.pods_listed < 0) {
    env_->Violate("I2", absl::StrCat("the drop of ", name, " was decided without knowing the Pods"));
  }
  const std::string secret = plan::ApplicationSecret(kDatabase, account->version);
  for (const auto& [pod, live] : pods_) {
    if (live.secret_name == secret && live.since < seen.pods_listed) {
      env_->Violate("I2",
                    absl::StrCat("Pod ", pod, " referred to ", secret, " when the drop of ", name, " was decided"));
    }
  }
}

void Checker::AccountDropped(const std::string& name, const DatabaseAccount& before) {
  ++counts_[AccountKind(before)].deleted;
  if (before.owner != env_->database_uid) env_->Violate("I7", absl::StrCat("account ", name, " was dropped"));
  if (!before.locked || env_->database.SessionsOf(name) > 0 || env_->database.logins_in_flight() > 0) {
    env_->Violate("I2", absl::StrCat(name, " was dropped while it could be in use"));
  }
  human_locked_.erase(name);
  out_of_step_.erase(name);
}

void Checker::Told(absl::string_view where, absl::string_view text) {
  // A password is kPasswordLength characters of WebSafeBase64Escape, and what stands around it may be some too.
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && IsPasswordCharacter(text[end])) ++end;
    for (; end - begin >= kPasswordLength; ++begin) {
      if (passwords_.count(std::string(text.substr(begin, kPasswordLength))) == 0) continue;
      env_->Violate("I4", absl::StrCat(where, " holds a password"));
    }
    begin = end + 1;
  }
}

void Checker::ToldAll(absl::string_view where, const json& value) {
  if (value.is_string()) Told(where, value.get_ref<const std::string&>());
  if (!value.is_structured()) return;
  for (const json& member : value) ToldAll(where, member);
}

void Checker::PodStarted(const std::string& pod, const std::string& secret_name) {
  pods_[pod] = {secret_name, env_->step};
  WantedLate(VersionNumber(secret_name.substr(secret_name.rfind('-') + 1)));
}

void Checker::WantedLate(int version) {
  if (version <= env_->current() - 1) late_.insert(version);
}

void Checker::MigratorConnected(const std::string& job_uid, int other_jobs) {
  if (other_jobs == 0) return;
  const std::string what = absl::StrCat("a Pod of Job ", job_uid, " is connected beside one of another Job");
  if (env_->profile.unfenced()) {
    env_->KnownGap("process with an older view lets two attempts connect", what);
  } else {
    env_->Violate("I3", what);
  }
}

}  // namespace dba::simulation
