// SPDX-License-Identifier: Apache-2.0
//
// What all parts of one simulated run share: its random numbers, API server, database, clock and tally.
#ifndef DBA_CONTROLLER_SIMULATION_ENVIRONMENT_H_
#define DBA_CONTROLLER_SIMULATION_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "controller/api/database_migration.h"
#include "controller/simulation/mutant.h"
#include "controller/simulation/rng.h"
#include "controller/simulation/sim_database.h"
#include "controller/testing/fake_kube_client.h"

namespace dba::simulation {

inline constexpr char kNamespace[] = "ns";
inline constexpr char kDatabase[] = "shop";
inline constexpr char kAgentAddress[] = "shop-db:8443";

// What may happen in a run; drawn from the seed.
struct Profile {
  int steps = 0;          // before calm
  int versions = 0;       // v1 to v<versions> will be asked for
  int call_faults = 0;    // of 1,000 calls: refused, or the reply lost
  int crashes = 0;        // of 1,000 crash points
  bool delays = false;    // a call of a process that crashed takes effect later
  bool second = false;    // another controller that believes to lead
  bool stale = false;     // the cache of DatabaseMigrations lags
  bool meddling = false;  // a human deletes Secrets and Jobs, locks accounts, asks for retries
  bool failover = false;  // the database loses its last changes
  bool restore = false;   // the database goes back to a backup
  int pod_faults = 0;     // of 1,000 steps of a migration: it dies, runs twice, or its node is lost
  bool warm = false;      // begins at v2, with the credentials of v1 and v2, as a run without faults leaves it
  int in_use = 0;         // spec.credentials.onInUse: 0 Wait, 1 Revert, 2 Terminate
  int quarantine = 0;     // spec.credentials.quarantine, in seconds
  bool deletion = false;  // a human deletes the ManagedDatabase
  bool retain = false;    // spec.credentials.deletionPolicy: Retain, else Delete
  int rest = 3;           // reconciles at rest, in which nothing may be written

  // Effects may come from a process that was replaced: nothing in the database refuses them yet.
  bool unfenced() const { return delays || second; }
};

Profile DrawProfile(uint64_t seed);
// The same with more faults in as few steps.
Profile DrawHarshProfile(uint64_t seed);
std::string DescribeProfile(const Profile& profile);

struct Tally {
  std::map<std::string, int64_t> faults;   // by kind
  std::map<std::string, int64_t> actions;  // by verb, carried out with success
  std::map<std::string, int64_t> events;   // what the world did, by kind
  std::map<std::string, int64_t> gaps;     // broken promises that docs/simulation.md lists as not yet kept
};

// Not thread-safe.
struct Environment {
  Environment(uint64_t seed_in, const Profile& profile_in, Mutant mutant_in, bool trace_in);

  const uint64_t seed;
  const Profile profile;
  const Mutant mutant;
  const bool trace;
  Rng rng;
  FakeRandom secure_random;
  FakeClock clock;
  kube::FakeKubeClient kube;
  SimDatabase database;
  std::string database_uid;
  bool calm = false;      // nothing fails any more
  bool deleting = false;  // the ManagedDatabase was deleted, and may wait for its finalizer
  int64_t step = 0;
  int migrations = 0;                                       // DatabaseMigrations v1 to v<migrations> exist
  int desired = 0;                                          // what the CR asks for
  uint64_t last_epoch = 0;                                  // of the leader that was elected last
  int64_t writes = 0;                                       // by controllers, that reached a server
  bool job_released = false;                                // since the Job controller looked
  std::map<int, api::DatabaseMigration> parsed_migrations;  // by number
  std::optional<std::function<void()>> delayed;             // the effect that is still on its way
  Tally tally;
  std::vector<std::string> violations;

  void Violate(absl::string_view invariant, absl::string_view what);
  void KnownGap(const std::string& gap, absl::string_view what);
  // What the profile says of the ManagedDatabase's spec.
  void SetPolicy();

  // Lets time pass, for controllers and the API server.
  void Advance(absl::Duration duration);

  void Trace(absl::string_view what) const;
  void Happened(const std::string& event, absl::string_view detail);
  void Injected(const std::string& fault, absl::string_view detail);

  // Takes over objects, database and what people asked for; for one that has not been used.
  void ContinueFrom(const Environment& other);

  // Whether nothing that was ours is wanted any more.
  bool unwanted() const { return deleting && !profile.retain; }
  // Whether the ManagedDatabase is gone from the API server.
  bool gone() const;

  // The DatabaseMigration v<number>; its version table says "r<number>".
  void AddMigration();
  // What the version table says, as a number; 0: nothing.
  int current() const;
};

std::string VersionName(int number);                // v3
std::string VersionWord(int number);                // r3
int VersionNumber(absl::string_view name_or_word);  // 0 for anything else

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_ENVIRONMENT_H_
