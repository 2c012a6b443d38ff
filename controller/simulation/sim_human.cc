// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_human.h"

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {
namespace {

using nlohmann::json;

constexpr int kMaxAccidents = 2;
const kube::ObjectKey kDatabaseKey{kNamespace, kDatabase};

std::string NameOf(const json& object) { return object["metadata"]["name"].get<std::string>(); }

// A member of condition Ready; empty when there is none.
std::string ReadyText(const json& database, const char* member) {
  if (!database.contains("status") || !database["status"].contains("conditions")) return "";
  for (const json& condition : database["status"]["conditions"]) {
    if (condition["type"] == "Ready") return condition.value(member, "");
  }
  return "";
}

}  // namespace

void SimHuman::PlaceForeign() {
  env_.database.PutAccount("dba_foreign", {"another-uid", api::AccountKind::kApplication, "v1", "x", false});
  env_.database.PutAccount("dbadmin_foreign", {"", api::AccountKind::kApplication, "", "y", false});
  env_.kube.Put(kube::kSecrets, {{"metadata",
                                  {{"name", "shop-foreign"},
                                   {"namespace", kNamespace},
                                   {"labels",
                                    {{std::string(plan::kDatabaseLabel), kDatabase},
                                     {std::string(plan::kMigrationLabel), "v1"},
                                     {std::string(plan::kRoleLabel), "application"}}},
                                   {"annotations", {{std::string(plan::kDatabaseUidAnnotation), "another-uid"}}}}},
                                 {"data", {{"password", "eA=="}}}});
  env_.kube.Put(
      kube::kJobs,
      {{"metadata",
        {{"name", "shop-foreign"},
         {"namespace", kNamespace},
         {"labels", {{std::string(plan::kDatabaseLabel), kDatabase}, {std::string(plan::kMigrationLabel), "v1"}}}}},
       {"spec", {{"suspend", true}}}});
}

void SimHuman::Step() {
  const int choice = env_.rng.Below(100);
  const Profile& profile = env_.profile;
  if (choice < 25) {
    RaiseDesired();
  } else if (choice < 45) {
    RetryIfFailed();
  } else if (choice < 50) {
    if (profile.meddling) Retry();
  } else if (choice < 62) {
    if (profile.meddling) DeleteSecret();
  } else if (choice < 65) {
    if (profile.meddling) DeleteJob();
  } else if (choice < 70) {
    if (profile.meddling) env_.rng.Chance(500) ? LockAccount() : ChangePassword();
  } else if (choice < 85) {
    backups_.push_back(env_.database.image());
  } else if (choice < 90 && (profile.failover || profile.restore) && accidents_ < kMaxAccidents) {
    Accident();
  } else if (choice >= 94 && profile.deletion) {
    DeleteDatabase();
  }
}

void SimHuman::RaiseDesired() {
  if (env_.desired >= env_.profile.versions || env_.deleting) return;
  // Sometimes the CR changes before the DatabaseMigration is there.
  const bool early = env_.rng.Chance(200);
  if (env_.migrations <= env_.desired + 1 && !early) env_.AddMigration();
  env_.desired += env_.desired + 2 <= env_.profile.versions && env_.rng.Chance(300) ? 2 : 1;
  env_.kube.Touch(kube::kManagedDatabases, kDatabaseKey,
                  {{"spec", {{"desiredSchemaVersion", VersionName(env_.desired)}}}});
  env_.Happened("desired version raised", VersionName(env_.desired));
}

void SimHuman::Retry() {
  env_.kube.Touch(kube::kManagedDatabases, kDatabaseKey,
                  {{"metadata", {{"annotations", {{std::string(plan::kRetryAnnotation), absl::StrCat(++retries_)}}}}}});
  env_.Happened("retry asked for", absl::StrCat(retries_));
}

void SimHuman::RetryIfFailed() {
  while (env_.migrations < env_.desired) env_.AddMigration();
  if (env_.gone()) return;
  const std::string reason = ReadyText(*env_.kube.View(kube::kManagedDatabases, kDatabaseKey), "reason");
  if (reason == "MigrationFailed" || reason == "VersionUnchanged") Retry();
  if (reason == "DatabaseReplaced") AcceptDatabase();
}

void SimHuman::DeleteSecret() {
  std::vector<kube::FakeKubeClient::ObjectPtr> ours;
  for (const auto& secret : env_.kube.Views(kube::kSecrets)) {
    if (AnnotationOf(*secret, plan::kDatabaseUidAnnotation) == env_.database_uid) ours.push_back(secret);
  }
  if (ours.empty()) return;
  // Objects come by name: the first is one of the oldest version.
  const int choices = env_.rng.Chance(500) ? 1 : static_cast<int>(ours.size());
  const json& secret = *ours[static_cast<size_t>(env_.rng.Below(choices))];
  env_.kube.Remove(kube::kSecrets, {kNamespace, NameOf(secret)});
  checker_.SecretTakenAway(secret);
  env_.Happened("human deletes a Secret", NameOf(secret));
}

void SimHuman::DeleteJob() {
  for (const auto& job : env_.kube.Views(kube::kJobs)) {
    if (NameOf(*job) == "shop-foreign" || !env_.rng.Chance(500)) continue;
    env_.kube.Remove(kube::kJobs, {kNamespace, NameOf(*job)});
    env_.Happened("human deletes a Job", NameOf(*job));
    return;
  }
}

void SimHuman::LockAccount() {
  for (const auto& [name, account] : env_.database.image().accounts) {
    if (account.owner != env_.database_uid || account.locked || !env_.rng.Chance(300)) continue;
    checker_.HumanLocked(name);
    env_.Happened("human locks", name);
    env_.database.SetLocked(name, true);
    return;
  }
}

void SimHuman::ChangePassword() {
  for (const auto& [name, account] : env_.database.image().accounts) {
    const bool application = account.kind == api::AccountKind::kApplication;
    if (account.owner != env_.database_uid || !application || !env_.rng.Chance(300)) continue;
    checker_.HumanChangedPassword(name);
    env_.Happened("human changes a password", name);
    DatabaseAccount changed = account;
    changed.password = "changed by hand";
    env_.database.PutAccount(std::string(name), changed);
    return;
  }
}

void SimHuman::AcceptDatabase() {
  const std::string identity = absl::StrCat("server-", env_.database.identity());
  env_.kube.Touch(kube::kManagedDatabases, kDatabaseKey,
                  {{"metadata", {{"annotations", {{std::string(plan::kAcceptDatabaseAnnotation), identity}}}}}});
  env_.Happened("human accepts the database", identity);
}

void SimHuman::DeleteDatabase() {
  if (env_.deleting) return;
  env_.deleting = true;
  (void)env_.kube.Delete(kube::kManagedDatabases, kDatabaseKey, {});
  env_.Happened("human deletes the ManagedDatabase", env_.profile.retain ? "Retain" : "Delete");
}

void SimHuman::Accident() {
  ++accidents_;
  checker_.Disturbed();
  if (env_.profile.failover && (!env_.profile.restore || env_.rng.Chance(500))) {
    const int changes = env_.rng.Below(4);
    env_.database.Fail(changes);
    env_.Injected("failover", absl::StrCat("loses ", changes, " changes"));
  } else if (!backups_.empty()) {
    const bool with_accounts = env_.rng.Chance(500);
    const size_t index = static_cast<size_t>(env_.rng.Below(static_cast<int>(backups_.size())));
    env_.database.Restore(backups_[index], with_accounts);
    env_.Injected("restore", absl::StrCat(backups_[index].version, with_accounts ? " with accounts" : ""));
  }
}

void SimHuman::Settle() {
  while (env_.desired < env_.profile.versions && !env_.deleting) RaiseDesired();
  while (env_.migrations < env_.desired) env_.AddMigration();
  const std::set<std::string> locked = checker_.human_locked();
  for (const std::string& account : locked) {
    env_.database.SetLocked(account, false);
    checker_.HumanUnlocked(account);
  }
  if (env_.profile.deletion) DeleteDatabase();
}

}  // namespace dba::simulation
