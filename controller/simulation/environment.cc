// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/environment.h"

#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dba::simulation {
namespace {

using nlohmann::json;

constexpr int kLongPerMille = 50;
// Retiring begins with the third version: most runs need not wait for it.
constexpr int kWarmPerMille = 700;
constexpr int kDeletionPerMille = 150;

int PickOf(Rng& rng, std::initializer_list<int> choices) {
  return *(choices.begin() + rng.Below(static_cast<int>(choices.size())));
}

}  // namespace

Profile DrawProfile(uint64_t seed) {
  Rng rng(seed * 2 + 1);
  Profile profile;
  // Short runs find more in the same time; what needs a long history is left to a few.
  const bool is_long = rng.Chance(kLongPerMille);
  profile.steps = is_long ? 200 + rng.Below(400) : 30 + rng.Below(120);
  profile.versions = is_long ? 3 + rng.Below(3) : 3;
  profile.rest = is_long ? 10 : 3;
  profile.in_use = PickOf(rng, {0, 0, 1, 2});
  profile.quarantine = PickOf(rng, {0, 0, 60});
  profile.warm = !is_long && rng.Chance(kWarmPerMille);
  profile.call_faults = PickOf(rng, {0, 20, 60, 100});
  profile.crashes = PickOf(rng, {0, 10, 40, 120});
  profile.stale = rng.Chance(500);
  profile.pod_faults = PickOf(rng, {0, 20, 60});
  profile.meddling = rng.Chance(400);
  profile.failover = rng.Chance(150);
  profile.restore = rng.Chance(150);
  profile.delays = rng.Chance(200);
  profile.second = rng.Chance(250);
  profile.deletion = rng.Chance(kDeletionPerMille);
  profile.retain = rng.Chance(300);
  return profile;
}

Profile DrawHarshProfile(uint64_t seed) {
  Profile profile = DrawProfile(seed);
  profile.steps = 80 + static_cast<int>(seed % 80);
  profile.warm = seed % 4 < 2;
  profile.meddling = seed % 2 == 0;
  profile.versions = 3;
  profile.call_faults = 60;
  profile.crashes = 40;
  profile.pod_faults = 30;
  return profile;
}

std::string DescribeProfile(const Profile& profile) {
  std::string text =
      absl::StrCat(profile.steps, " steps, ", profile.versions, " versions, faults ", profile.call_faults,
                   "/1000, crashes ", profile.crashes, "/1000, pod faults ", profile.pod_faults, "/1000");
  if (profile.warm) absl::StrAppend(&text, ", from v2 on");
  if (profile.delays) absl::StrAppend(&text, ", delays");
  if (profile.second) absl::StrAppend(&text, ", second controller");
  if (profile.stale) absl::StrAppend(&text, ", stale cache");
  if (profile.meddling) absl::StrAppend(&text, ", meddling");
  if (profile.failover) absl::StrAppend(&text, ", failover");
  if (profile.restore) absl::StrAppend(&text, ", restore");
  if (profile.deletion) absl::StrAppend(&text, ", deleted (", profile.retain ? "Retain" : "Delete", ")");
  return text;
}

Environment::Environment(uint64_t seed_in, const Profile& profile_in, Mutant mutant_in, bool trace_in)
    : seed(seed_in), profile(profile_in), mutant(mutant_in), trace(trace_in), rng(seed_in * 2), secure_random(seed_in) {
  const json stored = kube.Put(kube::kManagedDatabases, {{"apiVersion", "dbaoperator.dev/v1alpha1"},
                                                         {"kind", "ManagedDatabase"},
                                                         {"metadata", {{"namespace", kNamespace}, {"name", kDatabase}}},
                                                         {"spec",
                                                          {{"desiredSchemaVersion", VersionName(1)},
                                                           {"agent", {{"address", kAgentAddress}}},
                                                           {"versionTable", {{"preset", "Alembic"}}}}}});
  database_uid = stored["metadata"]["uid"].get<std::string>();
  desired = 1;
  AddMigration();
}

void Environment::ContinueFrom(const Environment& other) {
  kube.CopyObjects(other.kube);
  database = other.database;
  database_uid = other.database_uid;
  migrations = other.migrations;
  desired = other.desired;
  parsed_migrations = other.parsed_migrations;
  last_epoch = other.last_epoch;
  clock.SetNow(other.clock.Now());
  kube.SetNow(clock.Now());
}

void Environment::Violate(absl::string_view invariant, absl::string_view what) {
  violations.push_back(absl::StrCat(invariant, " at step ", step, ": ", what));
  Trace(absl::StrCat("VIOLATION ", violations.back()));
}

void Environment::KnownGap(const std::string& gap, absl::string_view what) {
  ++tally.gaps[gap];
  Trace(absl::StrCat("GAP     ", gap, ": ", what));
}

void Environment::SetPolicy() {
  static constexpr const char* kInUse[] = {"Wait", "Revert", "Terminate"};
  kube.Touch(kube::kManagedDatabases, {kNamespace, kDatabase},
             {{"spec",
               {{"credentials",
                 {{"onInUse", kInUse[profile.in_use]},
                  {"quarantine", absl::StrCat(profile.quarantine, "s")},
                  {"deletionPolicy", profile.retain ? "Retain" : "Delete"}}}}}});
}

void Environment::Advance(absl::Duration duration) {
  clock.Advance(duration);
  kube.SetNow(clock.Now());
}

void Environment::Trace(absl::string_view what) const {
  if (trace) std::printf("%5lld  %s\n", static_cast<long long>(step), std::string(what).c_str());
}

void Environment::Happened(const std::string& event, absl::string_view detail) {
  ++tally.events[event];
  Trace(absl::StrCat("world   ", event, " ", detail));
}

void Environment::Injected(const std::string& fault, absl::string_view detail) {
  ++tally.faults[fault];
  Trace(absl::StrCat("FAULT   ", fault, " ", detail));
}

void Environment::AddMigration() {
  ++migrations;
  json spec = {{"version", VersionWord(migrations)}, {"container", {{"image", "example.com/m"}}}};
  if (migrations > 1) spec["previous"] = VersionName(migrations - 1);
  const json stored =
      kube.Put(kube::kDatabaseMigrations, {{"apiVersion", "dbaoperator.dev/v1alpha1"},
                                           {"kind", "DatabaseMigration"},
                                           {"metadata", {{"namespace", kNamespace}, {"name", VersionName(migrations)}}},
                                           {"spec", std::move(spec)}});
  parsed_migrations[migrations] = *api::ParseDatabaseMigration(stored);
}

bool Environment::gone() const { return kube.View(kube::kManagedDatabases, {kNamespace, kDatabase}) == nullptr; }

int Environment::current() const { return VersionNumber(database.image().version); }

std::string VersionName(int number) { return absl::StrCat("v", number); }

std::string VersionWord(int number) { return absl::StrCat("r", number); }

int VersionNumber(absl::string_view name_or_word) {
  int number = 0;
  return !name_or_word.empty() && absl::SimpleAtoi(name_or_word.substr(1), &number) ? number : 0;
}

}  // namespace dba::simulation
