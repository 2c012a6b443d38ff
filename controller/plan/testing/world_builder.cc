// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/testing/world_builder.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"

namespace dba::plan {

WorldBuilder::WorldBuilder(int migrations) {
  api::ManagedDatabase& database = world_.database;
  database.meta = {"prod", "shop", "db-uid", "1", 1, false, {}, {}};
  database.meta.finalizers = {std::string(kFinalizer)};
  database.spec.admin_secret = "shop-admin";
  database.spec.agent_address = "shop-db:8443";
  database.spec.version_table_preset = "Alembic";
  world_.agent_reachable = true;
  world_.schema = api::DatabaseView{api::Engine::kPostgresql, "15.10", "id-1", "shop-db", 5432, "shop", {}, ""};
  world_.accounts = api::AccountsView{};
  world_.jobs = std::vector<JobView>{};
  world_.secrets = std::vector<SecretView>{};
  world_.references = std::vector<SecretReference>{};
  for (int i = 1; i <= migrations; ++i) Migration(absl::StrCat("v", i), i == 1 ? "" : absl::StrCat("v", i - 1));
  Version("");
  Desired(absl::StrCat("v", migrations));
}

WorldBuilder& WorldBuilder::Desired(absl::string_view version) {
  world_.database.spec.desired_schema_version = std::string(version);
  return *this;
}

WorldBuilder& WorldBuilder::Version(absl::string_view version) {
  api::SchemaVersion& schema = world_.schema->schema_version;
  schema.state = version.empty() ? api::SchemaVersion::State::kNone : api::SchemaVersion::State::kKnown;
  schema.versions.clear();
  if (!version.empty()) schema.versions.emplace_back(version);
  return *this;
}

WorldBuilder& WorldBuilder::Migration(absl::string_view name, absl::string_view previous) {
  api::DatabaseMigration migration;
  migration.meta = {"prod", std::string(name), absl::StrCat(name, "-uid"), "1", 1, false, {}, {}};
  migration.previous = std::string(previous);
  migration.version = std::string(name);
  migration.container = {{"image", "migrate:1"}};
  world_.migrations[migration.meta.name] = migration;
  return *this;
}

WorldBuilder& WorldBuilder::Credential(absl::string_view version, int sessions, bool locked) {
  return Account(version, sessions, locked).Secret(SecretRole::kApplication, version);
}

WorldBuilder& WorldBuilder::Account(absl::string_view version, int sessions, bool locked) {
  api::Account account;
  account.name = ApplicationAccount("db-uid", version);
  account.version = std::string(version);
  account.locked = locked;
  account.sessions.resize(static_cast<size_t>(sessions), {"1", "10.0.0.7", "app", kTestNow});
  world_.accounts->accounts.push_back(account);
  return *this;
}

WorldBuilder& WorldBuilder::Secret(SecretRole role, absl::string_view version) {
  SecretView secret;
  secret.role = role;
  secret.version = std::string(version);
  switch (role) {
    case SecretRole::kApplication:
      secret.name = ApplicationSecret("shop", version);
      secret.account = ApplicationAccount("db-uid", version);
      break;
    case SecretRole::kIntent:
      secret.name = IntentSecret("shop", "db-uid", version);
      secret.account = ApplicationAccount("db-uid", version);
      break;
    case SecretRole::kMigrator:
      secret.name = JobNameOf(version);
      secret.account = MigratorAccount("db-uid", secret.name);
      break;
    case SecretRole::kQuarantine:
      secret.name = QuarantineSecretName("shop", "db-uid", version);
      secret.account = ApplicationAccount("db-uid", version);
      secret.created_at = kTestNow - absl::Minutes(1);
      break;
  }
  secret.uid = absl::StrCat(secret.name, "-uid");
  secret.resource_version = "5";
  world_.secrets->push_back(secret);
  return *this;
}

WorldBuilder& WorldBuilder::Quarantined(absl::string_view version, int sessions) {
  return Account(version, sessions, true).Secret(SecretRole::kQuarantine, version);
}

WorldBuilder& WorldBuilder::Drained(absl::string_view version) {
  world_.memory.drained_since[ApplicationAccount("db-uid", version)] = kTestNow - absl::Seconds(5);
  return *this;
}

WorldBuilder& WorldBuilder::Probed(absl::string_view version, Login outcome) {
  const std::string secret_uid = absl::StrCat(ApplicationSecret("shop", version), "-uid");
  world_.memory.probes[ApplicationAccount("db-uid", version)] = {outcome, "id-1", secret_uid, kTestNow};
  return *this;
}

WorldBuilder& WorldBuilder::Deleting(api::DeletionPolicy policy) {
  world_.database.meta.deleting = true;
  world_.database.meta.deleted_at = kTestNow - absl::Minutes(1);
  world_.database.spec.credentials.deletion_policy = policy;
  return *this;
}

WorldBuilder& WorldBuilder::Reference(absl::string_view version, absl::string_view pod) {
  world_.references->push_back({ApplicationSecret("shop", version), absl::StrCat("Pod ", pod)});
  return *this;
}

WorldBuilder& WorldBuilder::Job(absl::string_view migration, JobView::Phase phase, absl::string_view message) {
  JobView job;
  job.name = JobNameOf(migration);
  job.uid = "job-uid";
  job.resource_version = "9";
  job.migration = std::string(migration);
  job.phase = phase;
  job.message = std::string(message);
  const bool finished = phase == JobView::Phase::kSucceeded || phase == JobView::Phase::kFailed;
  job.finished_at = finished ? kTestNow - absl::Seconds(5) : absl::InfinitePast();
  world_.jobs->push_back(job);
  return *this;
}

WorldBuilder& WorldBuilder::Migrator(absl::string_view migration, int sessions, bool locked) {
  api::Account account;
  account.name = MigratorAccount("db-uid", JobNameOf(migration));
  account.kind = api::AccountKind::kMigrator;
  account.version = std::string(migration);
  account.locked = locked;
  account.sessions.resize(static_cast<size_t>(sessions), {"2", "10.0.0.8", "alembic", kTestNow});
  world_.accounts->accounts.push_back(account);
  return Secret(SecretRole::kMigrator, migration);
}

WorldBuilder& WorldBuilder::Active(absl::string_view migration) {
  world_.database.status.active_migration =
      api::ActiveMigration{std::string(migration), JobNameOf(migration), "job-uid", kTestNow - absl::Minutes(1)};
  return *this;
}

std::string WorldBuilder::JobNameOf(absl::string_view migration) const {
  return JobName(world_.database, world_.migrations.at(std::string(migration)));
}

}  // namespace dba::plan
