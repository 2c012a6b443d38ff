// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/status_rules.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/plan/hint_rules.h"
#include "controller/plan/memory.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

using api::Condition;
using api::ConditionStatus;

constexpr size_t kMaxHistory = 20;

ConditionStatus FromBool(bool value) { return value ? ConditionStatus::kTrue : ConditionStatus::kFalse; }

std::string EngineName(api::Engine engine) {
  switch (engine) {
    case api::Engine::kPostgresql:
      return "PostgreSQL";
    case api::Engine::kMysql:
      return "MySQL";
    case api::Engine::kMariadb:
      return "MariaDB";
    case api::Engine::kUnknown:
      break;
  }
  return "";
}

// Appends conditions, and keeps the time of those whose status did not change.
class Conditions {
 public:
  Conditions(const World& world, absl::Time now) : world_(world), now_(now) {}

  void Add(absl::string_view type, ConditionStatus status, absl::string_view reason, absl::string_view message) {
    const Condition* before = api::FindCondition(world_.database.status.conditions, type);
    const absl::Time since = before != nullptr && before->status == status ? before->last_transition_time : now_;
    conditions_.push_back(
        {std::string(type), status, std::string(reason), std::string(message), world_.database.meta.generation, since});
  }

  std::vector<Condition> Take() { return std::move(conditions_); }

 private:
  const World& world_;
  const absl::Time now_;
  std::vector<Condition> conditions_;
};

// The verdict in the words of kstatus: not ready and neither reconciling nor stalled does not exist.
void AddVerdict(const Verdict& verdict, Conditions& conditions) {
  const bool done = verdict.progress == Progress::kDone;
  const bool stalled = verdict.progress == Progress::kTerminal;
  const bool blocked = stalled || verdict.progress == Progress::kBlocked;
  const std::string none = done ? "Done" : "InProgress";
  conditions.Add("Ready", FromBool(done), verdict.reason, verdict.message);
  conditions.Add("Reconciling", FromBool(!done && !stalled), !done && !stalled ? verdict.reason : none, "");
  conditions.Add("Stalled", FromBool(stalled), stalled ? verdict.reason : none, stalled ? verdict.message : "");
  conditions.Add("Blocked", FromBool(blocked), blocked ? verdict.reason : none, blocked ? verdict.message : "");
}

void AddAgent(const World& world, Conditions& conditions) {
  if (world.agent_reachable) {
    conditions.Add("AgentReachable", ConditionStatus::kTrue, "AgentAnswers", "");
  } else {
    conditions.Add("AgentReachable", ConditionStatus::kFalse, "AgentUnreachable",
                   world.schema.ok() ? "" : world.schema.status().message());
  }
}

// What the login of the Secret's account came to; kUnknown, too, while it was not tried.
Login OutcomeOf(const World& world, const SecretView& secret) {
  const Probe* probe = FindProbe(world, secret.account, secret.uid);
  return probe == nullptr ? Login::kUnknown : probe->outcome;
}

// The accounts of published credentials that somebody else locked. An agent need not see a lock that is not its own
// (MariaDB, MySQL): then the login tells.
std::vector<std::string> LockedByOthers(const Situation& situation) {
  std::set<std::string> retiring;
  for (const RetireCandidate& candidate : situation.RetireCandidates()) retiring.insert(candidate.version);
  std::vector<std::string> locked;
  for (const RetireCandidate& credential : situation.AllCredentials()) {
    const bool ours = credential.quarantine != nullptr || retiring.count(credential.version) != 0;
    if (ours || credential.secret == nullptr || credential.account == nullptr) continue;
    const bool refused = OutcomeOf(situation.world, *credential.secret) == Login::kLocked;
    if (credential.account->locked || refused) locked.push_back(credential.account->name);
  }
  return locked;
}

// The published Secrets that the database refuses.
std::vector<std::string> Refused(const World& world, const Situation& situation) {
  std::vector<std::string> refused;
  for (const SecretView& secret : situation.secrets) {
    if (secret.role != SecretRole::kApplication) continue;
    if (OutcomeOf(world, secret) == Login::kRefused) refused.push_back(secret.name);
  }
  return refused;
}

void AddCredentials(const World& world, const Situation& situation, Conditions& conditions) {
  constexpr char kType[] = "CredentialsPublished";
  const std::vector<std::string> locked = LockedByOthers(situation);
  const std::vector<std::string> refused = Refused(world, situation);
  if (!locked.empty()) {
    conditions.Add(kType, ConditionStatus::kFalse, "AccountLocked",
                   absl::StrCat("somebody locked account ", absl::StrJoin(locked, ", "),
                                " in the database; it is left so: unlock it there"));
    return;
  }
  if (!refused.empty()) {
    conditions.Add(kType, ConditionStatus::kFalse, "LoginRefused",
                   absl::StrCat("the database refuses what Secret ", absl::StrJoin(refused, ", "),
                                " holds; see who may connect from where (pg_hba.conf, the host of the account)"));
    return;
  }
  if (situation.path.current.empty()) {
    conditions.Add(kType, ConditionStatus::kFalse, "NoVersion", "no migration has run yet");
    return;
  }
  const std::string secret = ApplicationSecret(world.database.meta.name, situation.path.current);
  const bool published = situation.FindSecret(SecretRole::kApplication, situation.path.current) != nullptr &&
                         situation.FindAccount(ApplicationAccount(situation.uid(), situation.path.current)) != nullptr;
  conditions.Add(kType, FromBool(published), published ? "Published" : "NotPublished",
                 absl::StrCat("Secret ", secret, published ? "" : " is not published yet"));
}

void AddSchema(const World& world, const Situation* situation, Conditions& conditions) {
  if (situation == nullptr) {
    conditions.Add("SchemaCurrent", ConditionStatus::kUnknown, "PathUnknown", "");
    return;
  }
  const size_t pending = situation->path.pending.size();
  conditions.Add("SchemaCurrent", FromBool(pending == 0), pending == 0 ? "AtDesiredVersion" : "MigrationsPending",
                 pending == 0 ? "" : absl::StrCat(pending, " pending: ", absl::StrJoin(situation->path.pending, ", ")));
  AddCredentials(world, *situation, conditions);
}

std::vector<api::CredentialStatus> Credentials(const Situation& situation, const Decision& decision) {
  std::set<std::string> retiring;
  for (const RetireCandidate& candidate : situation.RetireCandidates()) retiring.insert(candidate.version);
  std::set<std::string> quarantined;
  std::set<std::string> locked;
  std::map<std::string, api::CredentialStatus> by_version;
  for (const api::Account& account : situation.accounts) {
    if (account.kind != api::AccountKind::kApplication) continue;
    by_version[account.version].account = account.name;
    if (account.locked) locked.insert(account.version);
  }
  for (const SecretView& secret : situation.secrets) {
    if (secret.role == SecretRole::kMigrator) continue;
    api::CredentialStatus& credential = by_version[secret.version];
    credential.account = secret.account;
    if (secret.role == SecretRole::kQuarantine) quarantined.insert(secret.version);
    if (secret.role == SecretRole::kApplication) credential.secret_name = secret.name;
  }
  std::vector<api::CredentialStatus> credentials;
  for (auto& [version, credential] : by_version) {
    credential.version = version;
    // A lock of ours stays claimed until it is taken away.
    const bool claimed = locked.count(version) != 0 && credential.secret_name.empty() &&
                         IsClaimedForRetirement(situation.database(), version);
    const bool withdrawn = quarantined.count(version) != 0;
    credential.state = withdrawn && locked.count(version) != 0                ? "Quarantined"
                       : retiring.count(version) != 0 || withdrawn || claimed ? "Retiring"
                       : credential.secret_name.empty()                       ? "Creating"
                                                                              : "Active";
    const auto users = decision.used_by.find(version);
    if (users != decision.used_by.end()) credential.used_by = users->second;
    credentials.push_back(std::move(credential));
  }
  return credentials;
}

}  // namespace

api::ManagedDatabaseStatus MakeStatus(const World& world, const Situation* situation, const Decision& decision,
                                      absl::Time now) {
  api::ManagedDatabaseStatus status = world.database.status;
  status.observed_generation = world.database.meta.generation;
  status.desired_version = world.database.spec.desired_schema_version;
  if (world.schema.ok()) {
    status.engine = EngineName(world.schema->engine);
    status.server_version = world.schema->server_version;
    if (world.schema->schema_version.state != api::SchemaVersion::State::kUnknown) {
      status.database_version = absl::StrJoin(world.schema->schema_version.versions, ",");
    }
  }
  // Only what also told whether it knows us.
  if (world.schema.ok() && world.accounts.ok() && !world.schema->identity.empty()) {
    status.server_identity = world.schema->identity;
  }
  if (decision.active_migration.has_value()) status.active_migration = *decision.active_migration;
  if (decision.history.has_value()) {
    status.history.insert(status.history.begin(), *decision.history);
    if (status.history.size() > kMaxHistory) status.history.resize(kMaxHistory);
  }
  Conditions conditions(world, now);
  AddVerdict(decision.verdict, conditions);
  AddAgent(world, conditions);
  AddSchema(world, situation, conditions);
  if (situation != nullptr) {
    status.current_version = situation->path.current;
    status.pending = situation->path.pending;
    status.credentials = Credentials(*situation, decision);
  } else if (const Condition* published = api::FindCondition(status.conditions, "CredentialsPublished")) {
    conditions.Add(published->type, published->status, published->reason, published->message);
  }
  HintStatus hints = JudgeHints(world, situation, now);
  conditions.Add("HintsPassed", hints.passed, hints.reason, hints.message);
  status.findings = std::move(hints.findings);
  status.acknowledgement = std::move(hints.acknowledgement);
  status.conditions = conditions.Take();
  return status;
}

}  // namespace dba::plan
