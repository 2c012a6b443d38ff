// SPDX-License-Identifier: Apache-2.0
//
// A World whose parts are all known, with what the rules derive from it; and what a rule may decide.
#ifndef DBA_CONTROLLER_PLAN_SITUATION_H_
#define DBA_CONTROLLER_PLAN_SITUATION_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "controller/plan/action.h"
#include "controller/plan/migration_path.h"
#include "controller/plan/plan.h"
#include "controller/plan/verdict.h"
#include "controller/plan/world.h"

namespace dba::plan {

// What there is of the credential of one version.
struct RetireCandidate {
  std::string version;
  std::string secret_name;                 // also when there is no such Secret: a Pod may wait for it
  const api::Account* account = nullptr;   // nullptr: not made, or dropped already
  const SecretView* secret = nullptr;      // nullptr: not published, withdrawn, or deleted already
  const SecretView* quarantine = nullptr;  // nullptr: not withdrawn
  const SecretView* intent = nullptr;
};

// Refers to the World it was made of, which must outlive it.
struct Situation {
  const World& world;
  absl::Time now;
  MigrationPath path;
  const std::vector<api::Account>& accounts;
  int logins_in_flight = 0;
  const std::vector<JobView>& jobs;
  const std::vector<SecretView>& secrets;

  const api::ManagedDatabase& database() const { return world.database; }
  const std::string& uid() const { return world.database.meta.uid; }

  // The next migration to run; nullptr when none is pending.
  const api::DatabaseMigration* next() const;
  // The name of the next migration's Job; empty when none is pending.
  std::string next_job() const;

  const JobView* FindJob(absl::string_view name) const;
  const api::Account* FindAccount(absl::string_view name) const;
  // nullptr when there is none with that role for that version.
  const SecretView* FindSecret(SecretRole role, absl::string_view version) const;
  // The newest entry of status.history for the Job; nullptr when there is none.
  const api::HistoryEntry* FindHistory(absl::string_view job_name) const;

  // Of every version of which there is an account of applications or a Secret for it, by version.
  std::vector<RetireCandidate> AllCredentials() const;
  // The credentials to retire before the next migration: of every version but the current one and those still to
  // come (a restored backup may have left these behind; they are needed again). Empty while no migration is pending.
  std::vector<RetireCandidate> RetireCandidates() const;
};

// What one rule decided. Rules are tried in order; the first decision is the plan.
struct Decision {
  Verdict verdict;
  std::vector<Action> actions;
  std::vector<Notice> notices;
  std::optional<absl::Duration> requeue_after;
  // Changes to the status; nullopt leaves it.
  std::optional<std::optional<api::ActiveMigration>> active_migration;
  std::optional<api::HistoryEntry> history;
  // By version: who still uses a credential that is to be retired.
  std::map<std::string, std::vector<std::string>> used_by;
};

// nullopt: this rule has nothing to say.
using Rule = std::optional<Decision> (*)(const Situation&);

// Whether the status says that this program retires the credential of this version.
bool IsClaimedForRetirement(const api::ManagedDatabase& database, absl::string_view version);

// "Pod a", "2 sessions from 10.0.0.7", "member report": who uses the candidate; sorted, at most 10. `references` are
// those known.
std::vector<std::string> UsersOf(const RetireCandidate& candidate, const std::vector<SecretReference>& references);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_SITUATION_H_
