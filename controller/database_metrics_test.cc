// SPDX-License-Identifier: Apache-2.0
#include "controller/database_metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const DatabaseMetrics& metrics) { return prometheus::TextSerializer().Serialize(metrics.Collect()); }

api::ManagedDatabase Shop() {
  api::ManagedDatabase database;
  database.meta.name_space = "ns";
  database.meta.name = "shop";
  return database;
}

api::HistoryEntry Ended(const char* job, const char* outcome, int seconds) {
  api::HistoryEntry entry;
  entry.job_name = job;
  entry.outcome = outcome;
  entry.started_at = absl::FromUnixSeconds(100);
  entry.finished_at = absl::FromUnixSeconds(100 + seconds);
  return entry;
}

TEST(DatabaseMetricsTest, TellsOfADatabase) {
  DatabaseMetrics metrics;
  api::ManagedDatabaseStatus status;
  status.engine = "PostgreSQL";
  status.current_version = "v1";
  status.desired_version = "v3";
  status.pending = {"v2", "v3"};
  status.conditions = {{"Ready", api::ConditionStatus::kFalse, "CredentialsInUse", "", 1, absl::FromUnixSeconds(5)},
                       {"Blocked", api::ConditionStatus::kTrue, "CredentialsInUse", "", 1, absl::FromUnixSeconds(7)}};
  status.credentials = {{"v0", "a", "s", "Retiring", {}}, {"v1", "b", "t", "Active", {}}};
  status.findings.resize(2);
  status.findings[0].rule = status.findings[1].rule = "index.blocks-writes";
  status.findings[0].effect = status.findings[1].effect = "Block";
  metrics.OnStatus(Shop(), status);
  EXPECT_THAT(
      Text(metrics),
      AllOf(HasSubstr("dba_managed_database_info{namespace=\"ns\",database=\"shop\",engine=\"PostgreSQL\"} 1\n"),
            HasSubstr("dba_schema_version_info{namespace=\"ns\",database=\"shop\",current=\"v1\",desired=\"v3\"} 1\n"),
            HasSubstr("dba_migrations_pending{namespace=\"ns\",database=\"shop\"} 2\n"),
            HasSubstr("dba_condition{namespace=\"ns\",database=\"shop\",type=\"Ready\"} 0\n"),
            HasSubstr("dba_credentials{namespace=\"ns\",database=\"shop\",state=\"Retiring\"} 1\n"),
            HasSubstr("dba_findings{namespace=\"ns\",database=\"shop\",rule=\"index.blocks-writes\",effect=\"Block\"} "
                      "2\n"),
            HasSubstr("dba_blocked_since_timestamp_seconds{namespace=\"ns\",database=\"shop\","
                      "reason=\"CredentialsInUse\"} 7\n"),
            HasSubstr("dba_migration_running{namespace=\"ns\",database=\"shop\"} 0\n"),
            HasSubstr("dba_migration_runs_total{namespace=\"ns\",database=\"shop\",result=\"failed\"} 0\n")));
}

TEST(DatabaseMetricsTest, CountsARunOnce) {
  DatabaseMetrics metrics;
  api::ManagedDatabase database = Shop();
  api::ManagedDatabaseStatus status;
  status.history = {Ended("b", "Failed", 2), Ended("a", "Succeeded", 40)};
  metrics.OnStatus(database, status);
  database.status = status;
  metrics.OnStatus(database, status);
  EXPECT_THAT(Text(metrics), AllOf(HasSubstr("result=\"succeeded\"} 1\n"), HasSubstr("result=\"failed\"} 1\n"),
                                   HasSubstr("le=\"5\"} 1\n"), HasSubstr("le=\"60\"} 2\n"),
                                   HasSubstr("dba_migration_run_duration_seconds_sum{namespace=\"ns\","
                                             "database=\"shop\"} 42\n")));
}

TEST(DatabaseMetricsTest, SeriesEndWithTheDatabase) {
  DatabaseMetrics metrics;
  metrics.OnStatus(Shop(), {});
  metrics.OnGone({"ns", "shop"});
  EXPECT_THAT(Text(metrics), AllOf(Not(HasSubstr("shop")), HasSubstr("dba_build_info{version=")));
}

TEST(DatabaseMetricsTest, CountsEffectsAndFailures) {
  DatabaseMetrics metrics;
  api::ManagedDatabase database = Shop();
  database.status.credentials = {{"v0", "app", "s", "Retiring", {}}};
  metrics.OnAction(database, plan::PublishSecret{"n", "i", "v1", "a"}, Effect::kChanged);
  metrics.OnAction(database, plan::PublishSecret{"n", "i", "v1", "a"}, Effect::kNone);
  metrics.OnAction(database, plan::DropAccount{"app"}, Effect::kChanged);
  metrics.OnAction(database, plan::DropAccount{"migrator"}, Effect::kChanged);
  metrics.OnAction(database, plan::CreateJob{}, Effect::kChanged);
  metrics.OnAction(database, plan::LockAccount{"a"}, absl::UnavailableError("x"));
  EXPECT_THAT(Text(metrics),
              AllOf(HasSubstr("dba_credentials_created_total 1\n"), HasSubstr("dba_credentials_revoked_total 1\n"),
                    HasSubstr("dba_operator_migration_jobs_spawned_total 1\n"),
                    HasSubstr("dba_action_failures_total{action=\"LockAccount\",code=\"UNAVAILABLE\"} 1\n")));
}

}  // namespace
}  // namespace dba
