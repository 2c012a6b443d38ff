// SPDX-License-Identifier: Apache-2.0
//
// The ManagedDatabase custom resource (crds/manageddatabases.yaml) as a value.
#ifndef DBA_CONTROLLER_API_MANAGED_DATABASE_H_
#define DBA_CONTROLLER_API_MANAGED_DATABASE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/api/credential_policy.h"
#include "controller/api/hint_status.h"
#include "controller/api/hints.h"
#include "controller/api/meta.h"
#include "nlohmann/json.hpp"

namespace dba::api {

enum class MigrationCredentials { kMigrator, kAdmin };

struct DataMetricQuery {
  std::string name;
  std::string help;
  bool counter = false;  // else a gauge
  std::string query;
  std::map<std::string, std::string> labels;
  absl::Duration interval = absl::ZeroDuration();  // zero: DataMetrics::interval
};

struct DataMetrics {
  std::vector<std::string> table_rows;
  std::vector<std::string> next_ids;
  std::vector<DataMetricQuery> queries;
  absl::Duration interval = absl::Seconds(30);
};

struct ManagedDatabaseSpec {
  std::string desired_schema_version;  // the name of a DatabaseMigration
  std::string admin_secret;
  std::string host;  // empty: what the agent reports
  int port = 0;      // 0: what the agent reports
  std::string agent_address;
  std::string version_table_preset;  // empty when `version_table_query` is set
  std::string version_table_query;
  MigrationCredentials migration_credentials = MigrationCredentials::kMigrator;
  std::string config_secret;         // empty: none; its keys become the Job's environment
  std::string service_account_name;  // empty: the namespace's default
  std::optional<int64_t> active_deadline_seconds;
  std::string push_gateway;
  absl::Duration lock_timeout = absl::ZeroDuration();  // zero: the server's default
  int connection_limit = 0;                            // of a migration's account; 0: none
  CredentialPolicy credentials;
  HintPolicy hints;
  DataMetrics data_metrics;
  bool read_only = false;
};

// One version's credential while it exists, or is being made or retired.
struct CredentialStatus {
  std::string version;  // the name of a DatabaseMigration
  std::string account;
  std::string secret_name;
  std::string state;                 // Creating | Active | Retiring | Quarantined
  std::vector<std::string> used_by;  // while it is retired: "Pod x", "3 sessions from 10.0.0.7"; sorted, at most 10
};

struct ActiveMigration {
  std::string name;  // of the DatabaseMigration
  std::string job_name;
  std::string job_uid;
  absl::Time started_at;
};

struct HistoryEntry {
  std::string name;  // of the DatabaseMigration
  std::string job_name;
  std::string outcome;  // Succeeded | Failed
  std::string message;  // empty on success
  absl::Time started_at;
  absl::Time finished_at;
};

struct ManagedDatabaseStatus {
  int64_t observed_generation = 0;
  std::string current_version;   // the name of a DatabaseMigration; empty before the first
  std::string database_version;  // what the version table says; several heads joined with ","
  std::string desired_version;
  std::vector<std::string> pending;
  std::string engine;  // PostgreSQL | MySQL | MariaDB
  std::string server_version;
  std::string server_identity;  // DatabaseView::identity of the database that the credentials are for
  std::optional<ActiveMigration> active_migration;
  std::vector<CredentialStatus> credentials;
  std::vector<HistoryEntry> history;    // newest first, at most 20
  std::vector<FindingStatus> findings;  // of the next migration's hints, those that block first; at most 50
  std::optional<Acknowledgement> acknowledgement;
  std::vector<Condition> conditions;
};

struct ManagedDatabase {
  ObjectMeta meta;
  ManagedDatabaseSpec spec;
  ManagedDatabaseStatus status;
};

// INVALID_ARGUMENT names the field and what it should be. Thread-safe, as all functions of this folder.
absl::StatusOr<ManagedDatabase> ParseManagedDatabase(const nlohmann::json& object);

// The value of `.status`; empty fields are left out, so that server-side apply takes them away.
nlohmann::json ToJson(const ManagedDatabaseStatus& status);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_MANAGED_DATABASE_H_
