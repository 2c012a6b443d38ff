// SPDX-License-Identifier: Apache-2.0
//
// Enumerates small Worlds, reachable or not, and checks the planner's invariants on each; then lets every known World
// converge. A World that no run can reach is still one that a human, a restored backup or a bug can make.
#include <array>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/plan/memory.h"
#include "controller/plan/names.h"
#include "controller/plan/planner.h"
#include "controller/plan/testing/model.h"
#include "controller/plan/testing/world_builder.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using Phase = JobView::Phase;

enum class Holder { kAbsent, kIdle, kSession, kLocked, kLockedSession };
enum class Held { kNothing, kIntent, kPublished, kQuarantined, kBoth };
enum class Unknown { kNothing, kVersion, kAccounts, kJobs, kSecrets, kReferences };

constexpr std::array<Holder, 5> kHolders = {Holder::kAbsent, Holder::kIdle, Holder::kSession, Holder::kLocked,
                                            Holder::kLockedSession};
constexpr std::array<Held, 5> kHelds = {Held::kNothing, Held::kIntent, Held::kPublished, Held::kQuarantined,
                                        Held::kBoth};
constexpr std::array<Unknown, 6> kUnknowns = {Unknown::kNothing, Unknown::kVersion, Unknown::kAccounts,
                                              Unknown::kJobs,    Unknown::kSecrets, Unknown::kReferences};
constexpr std::array<const char*, 4> kVersions = {"", "v1", "v2", "v3"};

// What else there is.
// kStray: an idle, locked account of a version long gone. kDrained: locked accounts were seen without sessions before.
enum class Other { kNothing, kLoginInFlight, kStray, kDrained };

// One point of the enumeration.
struct Point {
  const char* version;
  const char* desired;
  Holder v1_holder;
  Held v1_held;
  bool v1_referenced;
  Holder v2_holder;
  Held v2_held;
  int job;  // 0: none, else 1 + Phase of the Job of v2, or of v3 when the database is at v2
  bool recorded;
  Holder migrator;
  Other other;
  bool read_only;
};

void AddCredential(WorldBuilder& builder, const char* version, Holder holder, Held held) {
  const bool locked = holder == Holder::kLocked || holder == Holder::kLockedSession;
  const int sessions = holder == Holder::kSession || holder == Holder::kLockedSession ? 1 : 0;
  if (holder != Holder::kAbsent) builder.Account(version, sessions, locked);
  if (held == Held::kIntent) builder.Secret(SecretRole::kIntent, version);
  if (held == Held::kPublished || held == Held::kBoth) builder.Secret(SecretRole::kApplication, version);
  if (held == Held::kQuarantined || held == Held::kBoth) builder.Secret(SecretRole::kQuarantine, version);
}

World Build(const Point& point) {
  WorldBuilder builder(3);
  builder.Desired(point.desired).Version(point.version);
  AddCredential(builder, "v1", point.v1_holder, point.v1_held);
  AddCredential(builder, "v2", point.v2_holder, point.v2_held);
  if (point.v1_referenced) builder.Reference("v1", "app");
  const char* migration = std::string(point.version) == "v2" ? "v3" : "v2";
  if (point.job > 0) builder.Job(migration, static_cast<Phase>(point.job - 1), "why");
  if (point.recorded) builder.Active(migration);
  if (point.migrator != Holder::kAbsent) {
    builder.Migrator(migration, point.migrator == Holder::kLockedSession ? 1 : 0, point.migrator != Holder::kIdle);
  }
  builder.world().accounts->logins_in_flight = point.other == Other::kLoginInFlight ? 1 : 0;
  if (point.other == Other::kStray) builder.Quarantined("v0").Drained("v0");
  if (point.other == Other::kDrained) builder.Drained("v1").Drained("v2");
  builder.world().database.spec.read_only = point.read_only;
  return builder.world();
}

World Forget(World world, Unknown unknown) {
  const absl::Status status = absl::UnavailableError("not observed");
  switch (unknown) {
    case Unknown::kNothing:
      break;
    case Unknown::kVersion:
      world.schema->schema_version.state = api::SchemaVersion::State::kUnknown;
      break;
    case Unknown::kAccounts:
      world.accounts = status;
      break;
    case Unknown::kJobs:
      world.jobs = status;
      break;
    case Unknown::kSecrets:
      world.secrets = status;
      break;
    case Unknown::kReferences:
      world.references = status;
      break;
  }
  return world;
}

template <typename Visit>
void ForEachPoint(const Visit& visit) {
  for (const char* version : kVersions)
    for (const char* desired : {"v2", "v3"})
      for (const Holder v1_holder : kHolders)
        for (const Held v1_held : kHelds)
          for (const bool v1_referenced : {false, true})
            for (const Holder v2_holder : {Holder::kAbsent, Holder::kIdle, Holder::kLocked})
              for (const Held v2_held : {Held::kNothing, Held::kPublished, Held::kQuarantined})
                for (const int job : {0, 1, 2, 3, 4})
                  for (const bool recorded : {false, true})
                    for (const Holder migrator : {Holder::kAbsent, Holder::kIdle, Holder::kLockedSession})
                      for (const Other other : {Other::kNothing, Other::kLoginInFlight, Other::kStray, Other::kDrained})
                        visit(Point{version, desired, v1_holder, v1_held, v1_referenced, v2_holder, v2_held, job,
                                    recorded, migrator, other, false});
}

const api::Account* AccountNamed(const World& world, const std::string& name) {
  for (const api::Account& account : world.accounts->accounts) {
    if (account.name == name) return &account;
  }
  return nullptr;
}

bool IsReferenced(const World& world, const std::string& secret) {
  for (const SecretReference& reference : *world.references) {
    if (reference.is_use && reference.secret_name == secret) return true;
  }
  return false;
}

bool HasSecret(const World& world, SecretRole role, const std::string& version) {
  for (const SecretView& secret : *world.secrets) {
    if (secret.role == role && secret.version == version) return true;
  }
  return false;
}

bool MayTerminate(const World& world) { return world.database.spec.credentials.on_in_use == api::OnInUse::kTerminate; }

// What is wrong with dropping or locking the account; empty when nothing is.
std::string WrongToTake(const World& world, const std::string& name, bool drop) {
  const api::Account* account = AccountNamed(world, name);
  if (account == nullptr) return "an account that was not observed";
  if (drop && !account->locked) return "an account that is not locked";
  if (drop && !account->sessions.empty()) return "an account with a session";
  if (drop && world.accounts->logins_in_flight > 0) return "a login in flight";
  if (account->kind == api::AccountKind::kMigrator) return "";
  if (!account->sessions.empty() && !MayTerminate(world)) return "an application's account with a session";
  if (!world.references.ok()) return "unknown references";
  if (IsReferenced(world, ApplicationSecret("shop", account->version))) return "a Secret that a Pod refers to";
  if (HasSecret(world, SecretRole::kApplication, account->version)) return "an account whose Secret is published";
  const auto drained = world.memory.drained_since.find(name);
  if (drop && (drained == world.memory.drained_since.end() || drained->second >= kTestNow)) {
    return "an account that was seen without sessions only once";
  }
  if (world.schema->schema_version.versions == std::vector<std::string>{account->version}) {
    return "the current version's account";
  }
  return "";
}

struct Check {
  const World& world;
  const Plan& plan;

  std::string operator()(const DropAccount& a) const { return WrongToTake(world, a.account, true); }
  std::string operator()(const LockAccount& a) const { return WrongToTake(world, a.account, false); }
  std::string operator()(const TerminateSessions& a) const {
    const api::Account* account = AccountNamed(world, a.account);
    if (!MayTerminate(world)) return "without being asked to";
    return account != nullptr && account->locked ? "" : "of an account that is not locked";
  }
  std::string operator()(const EnsureAccount& a) const {
    if (!a.replace_password || a.kind == api::AccountKind::kMigrator) return "";
    const api::Account* account = AccountNamed(world, a.account);
    if (account == nullptr) return "replaces the password of an account that was not observed";
    if (!HasSecret(world, SecretRole::kApplication, a.version)) return "";
    const auto probe = world.memory.probes.find(a.account);
    const bool refused = probe != world.memory.probes.end() && probe->second.outcome == Login::kRefused;
    return refused ? "" : "replaces a published password that works";
  }
  std::string operator()(const DeleteSecret& a) const {
    for (const SecretView& secret : *world.secrets) {
      if (secret.name != a.name) continue;
      if (secret.uid != a.uid || secret.resource_version != a.resource_version) return "without its preconditions";
      if (secret.role == SecretRole::kQuarantine) return WrongToForget(secret);
      if (secret.role != SecretRole::kApplication) return "";
      if (AccountNamed(world, secret.account) != nullptr && !IsKept(secret)) {
        return "a published Secret whose account exists, and no copy of it";
      }
      if (!world.references.ok() || IsReferenced(world, a.name)) return "a Secret that may be referred to";
    }
    return "";
  }

  // A copy of the Secret exists, or is made before.
  bool IsKept(const SecretView& secret) const {
    for (const Action& action : plan.actions) {
      if (const auto* copy = std::get_if<QuarantineSecret>(&action)) {
        if (copy->from == secret.name) return true;
      }
    }
    return false;
  }
  // A copy goes when nothing is left to give back, or when it is given back.
  std::string WrongToForget(const SecretView& copy) const {
    if (AccountNamed(world, copy.account) == nullptr) return "";
    for (const Action& action : plan.actions) {
      if (const auto* restored = std::get_if<RestoreSecret>(&action)) {
        if (restored->from == copy.name) return "";
      }
      if (const auto* kept = std::get_if<KeepSecret>(&action)) {
        if (kept->name == ApplicationSecret(world.database.meta.name, copy.version)) return "";
      }
    }
    return "a copy of a Secret whose account exists, without keeping the Secret";
  }
  std::string operator()(const CreateJob&) const { return NoJobRuns(); }
  std::string operator()(const ReleaseJob& a) const {
    const auto& active = world.database.status.active_migration;
    if (!active.has_value() || active->job_uid != a.uid) return "a Job whose UID is not recorded";
    return NoJobRuns();
  }
  template <typename Other>
  std::string operator()(const Other&) const {
    return "";
  }

  std::string NoJobRuns() const {
    if (world.database.spec.read_only) return "in readOnly mode";
    for (const JobView& job : *world.jobs) {
      if (job.phase == Phase::kRunning) return "beside a running Job";
    }
    return "";
  }
};

// What is wrong with the plan; empty when nothing is.
std::string Violation(const World& world, const Plan& plan) {
  int irreversible = 0;
  for (const Action& action : plan.actions) {
    const bool known = world.schema.ok() && world.accounts.ok() && world.jobs.ok() && world.secrets.ok() &&
                       world.schema->schema_version.state != api::SchemaVersion::State::kUnknown;
    if (!known) return absl::StrCat(DebugString(action), " on unknown data");
    if (IsIrreversible(action)) ++irreversible;
    const std::string wrong = std::visit(Check{world, plan}, action);
    if (!wrong.empty()) return absl::StrCat(DebugString(action), ": ", wrong);
  }
  return irreversible > 1 ? "two actions that cannot be undone" : "";
}

std::string ToText(const Point& p) {
  return absl::StrCat("version=", p.version, " desired=", p.desired, " v1=", static_cast<int>(p.v1_holder), "/",
                      static_cast<int>(p.v1_held), "/", p.v1_referenced, " v2=", static_cast<int>(p.v2_holder), "/",
                      static_cast<int>(p.v2_held), " job=", p.job, " recorded=", p.recorded,
                      " migrator=", static_cast<int>(p.migrator), " other=", static_cast<int>(p.other));
}

TEST(PlannerModelTest, NoPlanBreaksAnInvariant) {
  int worlds = 0;
  int failures = 0;
  int index = 0;
  ForEachPoint([&](const Point& point) {
    // The enumeration is larger than what a test has time for. No part has 7 values, so that two of 7 points meet them
    // all.
    if (++index % 7 > 1) return;
    const World known = Build(point);
    for (const Unknown unknown : kUnknowns) {
      if (unknown != Unknown::kNothing && point.other != Other::kNothing) continue;
      World world = Forget(known, unknown);
      world.database.spec.credentials.on_in_use = static_cast<api::OnInUse>(index % 11 % 3);
      ++worlds;
      const std::string violation = Violation(world, MakePlan(world, kTestNow));
      if (violation.empty() || ++failures > 10) continue;
      ADD_FAILURE() << violation << "\n" << ToText(point) << " unknown=" << static_cast<int>(unknown);
    }
  });
  std::cout << "worlds enumerated: " << worlds << ", violations: " << failures << std::endl;
  EXPECT_GT(worlds, 100000);
}

TEST(PlannerModelTest, EveryKnownWorldConvergesAndStays) {
  int worlds = 0;
  int rounds_most = 0;
  int failures = 0;
  int index = 0;
  ForEachPoint([&](const Point& point) {
    if (point.other == Other::kLoginInFlight || ++index % 193 != 0 || failures > 10) return;
    World world = Build(point);
    EffectCounts counts;
    const int rounds = Converge(world, kTestNow, 60, counts);
    ++worlds;
    rounds_most = std::max(rounds_most, rounds);
    if (rounds < 0) {
      ++failures;
      ADD_FAILURE() << "does not converge: " << ToText(point);
      return;
    }
    Remember(world, kTestNow + absl::Hours(1), world.memory);
    const Plan again = MakePlan(world, kTestNow + absl::Hours(1));
    if (!again.actions.empty() || api::ToJson(again.status) != api::ToJson(world.database.status)) {
      ++failures;
      ADD_FAILURE() << "writes at rest: " << ToText(point);
    }
  });
  std::cout << "worlds converged: " << worlds << ", most rounds: " << rounds_most << std::endl;
}

TEST(PlannerModelTest, ReadOnlyNeverActs) {
  int worlds = 0;
  int index = 0;
  ForEachPoint([&](Point point) {
    if (point.other == Other::kLoginInFlight || ++index % 41 != 0) return;
    point.read_only = true;
    ++worlds;
    EXPECT_TRUE(MakePlan(Build(point), kTestNow).actions.empty()) << ToText(point);
  });
  std::cout << "read-only worlds: " << worlds << std::endl;
}

}  // namespace
}  // namespace dba::plan
