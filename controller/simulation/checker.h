// SPDX-License-Identifier: Apache-2.0
//
// Says whether what happened was allowed: the invariants I1 to I10 of docs/simulation.md. It looks at the truth, not at
// what a controller was told; a decision is judged by what was true when its process looked.
#ifndef DBA_CONTROLLER_SIMULATION_CHECKER_H_
#define DBA_CONTROLLER_SIMULATION_CHECKER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "controller/simulation/effect_counts.h"
#include "controller/simulation/environment.h"
#include "nlohmann/json.hpp"

namespace dba::simulation {

// What was true when a process last looked.
struct Observation {
  struct Account {
    bool locked = false;
    int sessions = 0;
  };
  bool accounts_known = false;
  std::map<std::string, Account> accounts;
  int logins_in_flight = 0;
  int64_t pods_listed = -1;  // the step; -1: not since the accounts were listed
};

// Not thread-safe. What it is made of must outlive it.
class Checker {
 public:
  explicit Checker(Environment* env);

  // Knows what `other` knows, and goes on in its own environment.
  void ContinueFrom(const Checker& other);

  // Effects of a controller, after they happened; `seen` is what its process had observed.
  void SecretCreated(const nlohmann::json& secret);
  void SecretDeleted(const nlohmann::json& secret, const Observation& seen);
  void JobCreated(const nlohmann::json& job);
  void JobReleased(const nlohmann::json& job);
  void JobDeleted(const nlohmann::json& job);
  void StatusWritten(const nlohmann::json& status);
  void AccountEnsured(const std::string& name, const DatabaseAccount* before, const DatabaseAccount& after);
  void AccountChanged(const std::string& name);  // locked or unlocked
  void Changed(uint64_t epoch);                  // anything in the database, by the leader of that epoch
  void DropAsked(const std::string& name, const Observation& seen);
  void AccountDropped(const std::string& name, const DatabaseAccount& before);
  // A line for people: must not hold a password.
  void Told(absl::string_view where, absl::string_view text);
  void ToldAll(absl::string_view where, const nlohmann::json& value);

  // What the world did.
  void PodStarted(const std::string& pod, const std::string& secret_name);
  void PodEnded(const std::string& pod) { pods_.erase(pod); }
  // Somebody came to use the credential of the version, or went on to, in a way that one look can miss.
  void WantedLate(int version);
  void SecretTakenAway(const nlohmann::json& secret);  // by a human
  void HumanLocked(const std::string& account) { human_locked_.insert(account); }
  // It does not log in until a controller finds out.
  void HumanChangedPassword(const std::string& account) { out_of_step_.insert(account); }
  void HumanUnlocked(const std::string& account) { human_locked_.erase(account); }
  // The database forgot something: accounts need a controller's hand.
  void Disturbed();
  void MigratorConnected(const std::string& job_uid, int other_jobs);

  // I1 and I3, after each step.
  void AfterStep();
  // I1, I5 and I10, once nothing is left to do.
  void AtRest();

  const std::set<std::string>& human_locked() const { return human_locked_; }
  const EffectCounts& counts() const { return counts_; }

 private:
  struct Published {
    int version = 0;
    std::string account;
    std::string password;
  };
  struct LivePod {
    std::string secret_name;
    int64_t since = 0;
  };

  bool IsRetirable(int version) const;
  void CheckLogins(bool strict);
  void CheckPairs();
  void CheckCounts();
  void CheckForeign(absl::string_view kind, const std::string& name);

  Environment* env_;
  std::map<std::string, Published> published_;  // by Secret name
  std::set<std::string> passwords_;
  std::map<std::string, LivePod> pods_;
  std::set<std::string> recorded_jobs_;  // UIDs that a status ever named
  std::set<std::string> history_;        // attempts in the last status
  std::set<std::string> human_locked_;
  std::set<std::string> taken_away_;         // accounts whose Secret a human deleted
  std::set<std::string> copies_taken_away_;  // accounts whose quarantined Secret a human deleted, and nobody made anew
  std::set<std::string> out_of_step_;        // accounts whose published password somebody replaced
  std::set<int> late_;                       // versions that were wanted while they were retired
  bool disturbed_ = false;
  uint64_t highest_epoch_ = 0;  // that changed something which the database did not forget
  EffectCounts counts_;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_CHECKER_H_
