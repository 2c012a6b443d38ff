// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/job_template.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::plan {
namespace {

using nlohmann::json;

api::ManagedDatabase Database() {
  api::ManagedDatabase database;
  database.meta.name_space = "prod";
  database.meta.name = "shop";
  database.meta.uid = "u1";
  database.spec.admin_secret = "shop-admin";
  return database;
}

api::DatabaseMigration Migration() {
  api::DatabaseMigration migration;
  migration.meta.name = "v2";
  migration.container = {{"image", "migrate:2"}, {"command", {"upgrade"}}};
  return migration;
}

json OnlyContainer(const json& job) {
  EXPECT_EQ(job["spec"]["template"]["spec"]["containers"].size(), 1u);
  return job["spec"]["template"]["spec"]["containers"][0];
}

// The value of a variable, or the "Secret/key" it refers to.
std::string Variable(const json& container, const std::string& name) {
  std::string found;
  for (const json& variable : container["env"]) {
    if (!variable.is_object() || variable["name"] != name) continue;
    EXPECT_EQ(found, "") << name << " appears twice";
    found = variable.contains("value") ? variable["value"].get<std::string>()
                                       : variable["valueFrom"]["secretKeyRef"]["name"].get<std::string>() + "/" +
                                             variable["valueFrom"]["secretKeyRef"]["key"].get<std::string>();
  }
  return found;
}

TEST(JobTemplateTest, TheWholeJob) {
  const json expected = json::parse(R"({
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {
      "name": "shop-v2-0a1b2c3d",
      "namespace": "prod",
      "labels": {
        "app.kubernetes.io/managed-by": "dba-operator",
        "dbaoperator.dev/database": "shop",
        "dbaoperator.dev/migration": "v2"
      },
      "ownerReferences": [{
        "apiVersion": "dbaoperator.dev/v1alpha1", "kind": "ManagedDatabase", "name": "shop", "uid": "u1",
        "controller": true, "blockOwnerDeletion": true
      }]
    },
    "spec": {
      "suspend": true,
      "backoffLimit": 0,
      "completions": 1,
      "parallelism": 1,
      "completionMode": "NonIndexed",
      "podReplacementPolicy": "Failed",
      "podFailurePolicy": {"rules": [{
        "action": "FailJob", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]
      }]},
      "template": {
        "metadata": {"labels": {
          "app.kubernetes.io/managed-by": "dba-operator",
          "dbaoperator.dev/database": "shop",
          "dbaoperator.dev/migration": "v2"
        }},
        "spec": {
          "restartPolicy": "Never",
          "automountServiceAccountToken": false,
          "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
          "containers": [{
            "name": "migration",
            "image": "migrate:2",
            "command": ["upgrade"],
            "env": [
              {"name": "DBA_OP_CONNECTION_STRING",
               "valueFrom": {"secretKeyRef": {"name": "shop-v2-0a1b2c3d", "key": "uri"}}},
              {"name": "DBA_OP_JOB_ID", "value": "shop-v2-0a1b2c3d"},
              {"name": "DBA_OP_LABEL_DATABASE", "value": "shop"},
              {"name": "DBA_OP_LABEL_MIGRATION", "value": "v2"}
            ],
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
          }]
        }
      }
    }
  })");
  EXPECT_EQ(JobManifest(Database(), Migration(), "shop-v2-0a1b2c3d"), expected)
      << JobManifest(Database(), Migration(), "shop-v2-0a1b2c3d").dump(2);
}

TEST(JobTemplateTest, SeveralWorkersAreAnIndexedJob) {
  api::DatabaseMigration migration = Migration();
  migration.parallelism = 3;
  const json job = JobManifest(Database(), migration, "j");
  EXPECT_EQ(job["spec"]["completionMode"], "Indexed");
  EXPECT_EQ(job["spec"]["completions"], 3);
  EXPECT_EQ(job["spec"]["parallelism"], 3);
}

TEST(JobTemplateTest, TheAdminsCredentialsOnlyWhenAskedFor) {
  api::ManagedDatabase database = Database();
  EXPECT_EQ(Variable(OnlyContainer(JobManifest(database, Migration(), "j")), "DBA_OP_CONNECTION_STRING"), "j/uri");
  database.spec.migration_credentials = api::MigrationCredentials::kAdmin;
  EXPECT_EQ(Variable(OnlyContainer(JobManifest(database, Migration(), "j")), "DBA_OP_CONNECTION_STRING"),
            "shop-admin/uri");
}

TEST(JobTemplateTest, TheContainersOwnEnvironmentStaysButCannotReplaceOurs) {
  api::DatabaseMigration migration = Migration();
  migration.container["env"] = {
      {{"name", "LOG"}, {"value", "debug"}}, {{"name", "DBA_OP_JOB_ID"}, {"value", "mine"}}, "not an object"};
  const json container = OnlyContainer(JobManifest(Database(), migration, "j"));
  EXPECT_EQ(Variable(container, "DBA_OP_JOB_ID"), "j");
  EXPECT_EQ(container["env"].size(), 6u);
}

TEST(JobTemplateTest, ThePushGatewayAndTheConfigSecretReachTheContainer) {
  api::ManagedDatabase database = Database();
  database.spec.push_gateway = "push:9091";
  database.spec.config_secret = "shop-config";
  database.spec.service_account_name = "migrator";
  database.spec.active_deadline_seconds = 600;
  const json job = JobManifest(database, Migration(), "j");
  const json container = OnlyContainer(job);
  EXPECT_EQ(Variable(container, "DBA_OP_PROMETHEUS_PUSH_GATEWAY_ADDR"), "push:9091");
  EXPECT_EQ(container["envFrom"][0]["secretRef"]["name"], "shop-config");
  EXPECT_EQ(job["spec"]["template"]["spec"]["serviceAccountName"], "migrator");
  EXPECT_EQ(job["spec"]["activeDeadlineSeconds"], 600);
}

TEST(JobTemplateTest, ATemplateKeepsWhatItSays) {
  api::DatabaseMigration migration = Migration();
  migration.container = nullptr;
  migration.pod_template = {{"metadata", {{"labels", {{"team", "shop"}}}}},
                            {"spec",
                             {{"restartPolicy", "Always"},
                              {"nodeSelector", {{"disk", "fast"}}},
                              {"containers", {{{"name", "a"}, {"image", "x"}}, {{"name", "b"}, {"image", "y"}}}}}}};
  const json pod = JobManifest(Database(), migration, "j")["spec"]["template"];
  EXPECT_EQ(pod["metadata"]["labels"]["team"], "shop");
  EXPECT_EQ(pod["spec"]["restartPolicy"], "Never");
  EXPECT_EQ(pod["spec"]["nodeSelector"]["disk"], "fast");
  ASSERT_EQ(pod["spec"]["containers"].size(), 2u);
  EXPECT_EQ(Variable(pod["spec"]["containers"][1], "DBA_OP_JOB_ID"), "j");
}

TEST(JobTemplateTest, WhatIsOfAnotherTypeIsLeftToTheApiServer) {
  const char* templates[] = {
      R"({"spec": "x", "metadata": []})",
      R"({"spec": {"containers": "x"}, "metadata": {"labels": 7}})",
      R"({"spec": {"containers": [1, null, {"env": 3, "envFrom": "x", "name": []}]}})",
  };
  for (const char* text : templates) {
    api::ManagedDatabase database = Database();
    database.spec.config_secret = "shop-config";
    api::DatabaseMigration migration = Migration();
    migration.container = nullptr;
    migration.pod_template = json::parse(text);
    EXPECT_EQ(JobManifest(database, migration, "j")["spec"]["template"]["spec"]["restartPolicy"], "Never") << text;
  }
}

}  // namespace
}  // namespace dba::plan
