// SPDX-License-Identifier: Apache-2.0
//
// A World in a few words, for tests of the planner: ManagedDatabase prod/shop with UID "db-uid" and migrations whose
// version is their own name.
#ifndef DBA_CONTROLLER_PLAN_TESTING_WORLD_BUILDER_H_
#define DBA_CONTROLLER_PLAN_TESTING_WORLD_BUILDER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "controller/plan/world.h"

namespace dba::plan {

inline constexpr absl::Time kTestNow = absl::FromUnixSeconds(1'700'000'000);

class WorldBuilder {
 public:
  // A chain v1 <- v2 <- ... of `migrations` entries; everything is known, the database is empty, `desired` is the last.
  explicit WorldBuilder(int migrations);

  WorldBuilder& Desired(absl::string_view version);
  WorldBuilder& Version(absl::string_view version);  // what the version table says; empty: none
  WorldBuilder& Migration(absl::string_view name, absl::string_view previous);
  // The account of a version, with its published Secret.
  WorldBuilder& Credential(absl::string_view version, int sessions = 0, bool locked = false);
  WorldBuilder& Account(absl::string_view version, int sessions = 0, bool locked = false);
  WorldBuilder& Secret(SecretRole role, absl::string_view version);
  // The account of a version that is withdrawn: locked, with its quarantined Secret and no published one.
  WorldBuilder& Quarantined(absl::string_view version, int sessions = 0);
  // The locked account was seen without sessions before.
  WorldBuilder& Drained(absl::string_view version);
  WorldBuilder& Probed(absl::string_view version, Login outcome);
  WorldBuilder& Deleting(api::DeletionPolicy policy);
  WorldBuilder& Reference(absl::string_view version, absl::string_view pod);
  // The Job of the next attempt of `migration`, with UID "job-uid".
  WorldBuilder& Job(absl::string_view migration, JobView::Phase phase, absl::string_view message = "");
  WorldBuilder& Migrator(absl::string_view migration, int sessions = 0, bool locked = false);
  WorldBuilder& Active(absl::string_view migration);  // status.activeMigration names that Job

  World& world() { return world_; }
  std::string JobNameOf(absl::string_view migration) const;

 private:
  World world_;
};

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_TESTING_WORLD_BUILDER_H_
