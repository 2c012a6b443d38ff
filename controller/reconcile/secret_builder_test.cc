// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/secret_builder.h"

#include "absl/strings/escaping.h"
#include "common/testing/status_matchers.h"
#include "controller/plan/names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPassword[] = "p@ss word";

api::ManagedDatabase Shop() {
  api::ManagedDatabase database;
  database.meta.name_space = "ns";
  database.meta.name = "shop";
  database.meta.uid = "uid-1";
  return database;
}

api::DatabaseView Postgres() {
  api::DatabaseView view;
  view.engine = api::Engine::kPostgresql;
  view.host = "db";
  view.port = 5432;
  view.database = "shop db";
  return view;
}

std::string Value(const nlohmann::json& secret, const char* key) {
  const absl::StatusOr<Secret> value = SecretValue(secret, key);
  return value.ok() ? std::string(value->Reveal()) : value.status().ToString();
}

TEST(BuildSecretTest, AnApplicationGetsEverythingToConnect) {
  ASSERT_OK_AND_ASSIGN(
      const nlohmann::json secret,
      BuildSecret(Shop(), Postgres(), {"shop-v1", plan::SecretRole::kApplication, "v1", "dba_1"}, Secret(kPassword)));
  EXPECT_EQ(secret["type"], "kubernetes.io/basic-auth");
  EXPECT_EQ(secret["immutable"], true);
  EXPECT_EQ(secret["metadata"]["namespace"], "ns");
  EXPECT_FALSE(secret["metadata"].contains("ownerReferences"));
  EXPECT_EQ(Value(secret, "username"), "dba_1");
  EXPECT_EQ(Value(secret, "password"), kPassword);
  EXPECT_EQ(Value(secret, "host"), "db");
  EXPECT_EQ(Value(secret, "port"), "5432");
  EXPECT_EQ(Value(secret, "dbname"), "shop db");
  EXPECT_EQ(Value(secret, "uri"), "postgresql://dba_1:p%40ss%20word@db:5432/shop%20db");
  EXPECT_EQ(Value(secret, "jdbc-uri"), "jdbc:postgresql://db:5432/shop%20db?user=dba_1&password=p%40ss%20word");
}

TEST(BuildSecretTest, TheHostOfTheCustomResourceGoesFirst) {
  api::ManagedDatabase database = Shop();
  database.spec.host = "proxy";
  database.spec.port = 6432;
  api::DatabaseView view = Postgres();
  view.engine = api::Engine::kMariadb;
  ASSERT_OK_AND_ASSIGN(const nlohmann::json secret,
                       BuildSecret(database, view, {"n", plan::SecretRole::kApplication, "v1", "a"}, Secret("p")));
  EXPECT_EQ(Value(secret, "host"), "proxy");
  EXPECT_EQ(Value(secret, "uri"), "mysql://a:p@proxy:6432/shop%20db");
  EXPECT_THAT(Value(secret, "jdbc-uri"), HasSubstr("jdbc:mariadb://proxy:6432/"));
}

TEST(BuildSecretTest, OnlyAMigratorsIsOwned) {
  ASSERT_OK_AND_ASSIGN(const nlohmann::json secret,
                       BuildSecret(Shop(), Postgres(), {"job", plan::SecretRole::kMigrator, "v1", "a"}, Secret("p")));
  EXPECT_EQ(secret["metadata"]["ownerReferences"][0]["uid"], "uid-1");
}

TEST(BuildSecretTest, AnIntentNeedsNoAddress) {
  const absl::StatusOr<api::DatabaseView> unknown = absl::UnavailableError("no agent");
  ASSERT_OK_AND_ASSIGN(const nlohmann::json secret,
                       BuildSecret(Shop(), unknown, {"i", plan::SecretRole::kIntent, "v1", "a"}, Secret("p")));
  EXPECT_EQ(secret["type"], "Opaque");
  EXPECT_EQ(secret["data"].size(), 2u);
  EXPECT_THAT(BuildSecret(Shop(), unknown, {"i", plan::SecretRole::kApplication, "v1", "a"}, Secret("p")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no agent")));
}

TEST(ViewSecretTest, ReadsBackWhatWasBuilt) {
  ASSERT_OK_AND_ASSIGN(nlohmann::json secret,
                       BuildSecret(Shop(), Postgres(), {"job", plan::SecretRole::kMigrator, "v1", "a"}, Secret("p")));
  secret["metadata"]["uid"] = "s";
  secret["metadata"]["resourceVersion"] = "9";
  const std::optional<plan::SecretView> view = ViewSecret(secret, "uid-1");
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->name, "job");
  EXPECT_EQ(view->uid, "s");
  EXPECT_EQ(view->resource_version, "9");
  EXPECT_EQ(view->role, plan::SecretRole::kMigrator);
  EXPECT_EQ(view->version, "v1");
  EXPECT_EQ(view->account, "a");
}

TEST(CopySecretTest, HoldsTheSameUnderAnotherNameAndRole) {
  ASSERT_OK_AND_ASSIGN(const nlohmann::json secret,
                       BuildSecret(Shop(), Postgres(), {"n", plan::SecretRole::kApplication, "v1", "a"}, Secret("p")));
  nlohmann::json copy = CopySecret(Shop(), {"n-copy", plan::SecretRole::kQuarantine, "v1", "a"}, secret);
  EXPECT_EQ(copy["data"], secret["data"]);
  EXPECT_EQ(copy["type"], secret["type"]);
  EXPECT_EQ(copy["immutable"], true);
  EXPECT_FALSE(copy["metadata"].contains("ownerReferences"));
  copy["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z";
  const std::optional<plan::SecretView> view = ViewSecret(copy, "uid-1");
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->role, plan::SecretRole::kQuarantine);
  EXPECT_EQ(view->created_at, absl::FromUnixSeconds(1767225600));
}

TEST(ViewSecretTest, WhatIsNotOursIsNotSeen) {
  ASSERT_OK_AND_ASSIGN(nlohmann::json secret,
                       BuildSecret(Shop(), Postgres(), {"n", plan::SecretRole::kIntent, "v1", "a"}, Secret("p")));
  EXPECT_FALSE(ViewSecret(secret, "another").has_value());
  secret["metadata"]["labels"].erase(std::string(plan::kRoleLabel));
  EXPECT_FALSE(ViewSecret(secret, "uid-1").has_value());
  EXPECT_FALSE(ViewSecret(nlohmann::json::object(), "").has_value());
}

TEST(SecretValueTest, AnErrorDoesNotTellTheValue) {
  const nlohmann::json secret = {{"metadata", {{"name", "n"}}}, {"data", {{"password", "not base64!"}}}};
  const absl::Status status = SecretValue(secret, "password").status();
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Secret n has no usable key password")));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("not base64")));
}

}  // namespace
}  // namespace dba
