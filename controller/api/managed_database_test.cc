// SPDX-License-Identifier: Apache-2.0
#include "controller/api/managed_database.h"

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

json Database(const json& patch = json::object()) {
  json object = {{"metadata", {{"name", "shop"}, {"namespace", "prod"}, {"uid", "u1"}}},
                 {"spec",
                  {{"desiredSchemaVersion", "v3"},
                   {"connection", {{"secretRef", {{"name", "shop-admin"}}}}},
                   {"agent", {{"address", "shop-db:8443"}}},
                   {"versionTable", {{"preset", "Alembic"}}}}}};
  object.merge_patch(patch);
  return object;
}

TEST(ManagedDatabaseTest, DefaultsAreTheSafeOnes) {
  const auto database = ParseManagedDatabase(Database());
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ(database->spec.migration_credentials, MigrationCredentials::kMigrator);
  EXPECT_EQ(database->spec.credentials.privileges, Privileges::kReadWrite);
  EXPECT_EQ(database->spec.credentials.on_in_use, OnInUse::kWait);
  EXPECT_EQ(database->spec.credentials.quarantine, absl::ZeroDuration());
  EXPECT_EQ(database->spec.credentials.deletion_policy, DeletionPolicy::kRetain);
  EXPECT_EQ(database->spec.credentials.deletion_timeout, absl::Minutes(10));
  EXPECT_EQ(database->spec.connection_limit, 0);
  EXPECT_FALSE(database->spec.read_only);
  EXPECT_FALSE(database->spec.active_deadline_seconds.has_value());
  EXPECT_EQ(database->spec.data_metrics.interval, absl::Seconds(30));
}

TEST(ManagedDatabaseTest, ReadsDataMetrics) {
  const auto database = ParseManagedDatabase(Database(
      {{"spec",
        {{"dataMetrics",
          {{"tableRows", {"image"}},
           {"nextIDs", {"image", "tag"}},
           {"interval", "1m30s"},
           {"queries",
            {{{"name", "database_orders"}, {"type", "Counter"}, {"query", "SELECT 1"}, {"interval", "5s"}}}}}}}}}));
  ASSERT_TRUE(database.ok()) << database.status();
  const DataMetrics& metrics = database->spec.data_metrics;
  EXPECT_THAT(metrics.next_ids, ElementsAre("image", "tag"));
  EXPECT_EQ(metrics.interval, absl::Seconds(90));
  ASSERT_EQ(metrics.queries.size(), 1u);
  EXPECT_TRUE(metrics.queries[0].counter);
  EXPECT_EQ(metrics.queries[0].interval, absl::Seconds(5));
}

TEST(ManagedDatabaseTest, ReadsWhatCredentialsMayDoAndHowTheyGo) {
  const auto database = ParseManagedDatabase(Database(json::parse(R"json({"spec": {
      "migrations": {"connectionLimit": 4},
      "credentials": {
        "privileges": "ReadOnly", "onInUse": "Terminate", "quarantine": "24h", "deletionPolicy": "Delete",
        "deletionTimeout": "1m",
        "extraGrants": [{"privileges": ["Execute"], "kind": "Function", "name": "f(int)"}],
        "referencedBy": [{"apiVersion": "a.b/v1", "kind": "Widget", "paths": ["spec.from[].name"]},
                         {"apiVersion": "v1", "kind": "Proxy", "resource": "proxies", "paths": ["x"]}]}}})json")));
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ(database->spec.connection_limit, 4);
  const CredentialPolicy& policy = database->spec.credentials;
  EXPECT_EQ(policy.privileges, Privileges::kReadOnly);
  EXPECT_EQ(policy.on_in_use, OnInUse::kTerminate);
  EXPECT_EQ(policy.quarantine, absl::Hours(24));
  EXPECT_EQ(policy.deletion_policy, DeletionPolicy::kDelete);
  EXPECT_EQ(policy.deletion_timeout, absl::Minutes(1));
  ASSERT_EQ(policy.extra_grants.size(), 1u);
  EXPECT_EQ(policy.extra_grants[0].name, "f(int)");
  ASSERT_EQ(policy.referenced_by.size(), 2u);
  EXPECT_EQ(policy.referenced_by[0].resource, "widgets");
  EXPECT_EQ(policy.referenced_by[1].resource, "proxies");
}

TEST(ManagedDatabaseTest, BadInputIsAnError) {
  const struct {
    const char* reason;
    json patch;
  } cases[] = {
      {"an unknown onInUse", {{"spec", {{"credentials", {{"onInUse", "Kill"}}}}}}},
      {"an unknown deletionPolicy", {{"spec", {{"credentials", {{"deletionPolicy", "Drop"}}}}}}},
      {"a grant of nothing", {{"spec", {{"credentials", {{"extraGrants", {{{"kind", "Table"}}}}}}}}}},
      {"neither preset nor query", {{"spec", {{"versionTable", {{"preset", nullptr}}}}}}},
      {"both preset and query", {{"spec", {{"versionTable", {{"query", "SELECT 1"}}}}}}},
      {"a port that is none", {{"spec", {{"connection", {{"port", 70000}}}}}}},
      {"an unknown kind of credentials", {{"spec", {{"migrations", {{"credentials", "Root"}}}}}}},
      {"a duration that is none", {{"spec", {{"migrations", {{"lockTimeout", "soon"}}}}}}},
      {"a negative duration", {{"spec", {{"dataMetrics", {{"interval", "-3s"}}}}}}},
      {"a metric without a query", {{"spec", {{"dataMetrics", {{"queries", {{{"name", "x"}}}}}}}}}},
      {"a list where a word belongs", {{"spec", {{"desiredSchemaVersion", {1, 2}}}}}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ParseManagedDatabase(Database(c.patch)).status().code(), absl::StatusCode::kInvalidArgument) << c.reason;
  }
}

TEST(ManagedDatabaseTest, StatusSurvivesTheRoundTrip) {
  ManagedDatabaseStatus status;
  status.observed_generation = 4;
  status.current_version = "v2";
  status.database_version = "3512efb5496d";
  status.desired_version = "v3";
  status.pending = {"v3"};
  status.engine = "PostgreSQL";
  status.active_migration = ActiveMigration{"v3", "shop-v3-0a", "u9", absl::FromUnixSeconds(100)};
  status.credentials = {{"v1", "dba_1", "shop-v1", "Retiring", {"Pod a"}}};
  status.history = {{"v2", "shop-v2-0b", "Failed", "why", absl::FromUnixSeconds(1), absl::FromUnixSeconds(2)}};
  const json once = ToJson(status);
  const auto database = ParseManagedDatabase(Database({{"status", once}}));
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ(ToJson(database->status), once);
  EXPECT_EQ(database->status.active_migration->job_uid, "u9");
}

TEST(ManagedDatabaseTest, AStatusOfAnotherShapeIsReadAsAbsent) {
  const auto database = ParseManagedDatabase(Database({{"status", {{"history", "x"}, {"pending", {{"a", 1}}}}}}));
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_TRUE(database->status.history.empty());
}

}  // namespace
}  // namespace dba::api
