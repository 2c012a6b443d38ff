// SPDX-License-Identifier: Apache-2.0
#include "controller/api/managed_database.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/api/fields.h"
#include "controller/api/hint_policy.h"

namespace dba::api {
namespace {

absl::StatusOr<DataMetricQuery> ParseQuery(const Json& entry) {
  DataMetricQuery query;
  DBA_ASSIGN_OR_RETURN(query.name, GetString(entry, {"name"}));
  DBA_ASSIGN_OR_RETURN(query.help, GetStringOr(entry, {"help"}, ""));
  DBA_ASSIGN_OR_RETURN(query.query, GetString(entry, {"query"}));
  DBA_ASSIGN_OR_RETURN(const std::string type, GetStringOr(entry, {"type"}, "Gauge"));
  query.counter = type == "Counter";
  DBA_ASSIGN_OR_RETURN(query.interval, GetDurationOr(entry, {"interval"}, absl::ZeroDuration()));
  DBA_ASSIGN_OR_RETURN(const Json* labels, GetObjectOrEmpty(entry, {"labels"}));
  for (const auto& [key, value] : labels->items()) {
    if (value.is_string()) query.labels[key] = value.get<std::string>();
  }
  return query;
}

absl::StatusOr<DataMetrics> ParseDataMetrics(const Json& spec) {
  DataMetrics metrics;
  metrics.table_rows = GetStrings(spec, {"dataMetrics", "tableRows"});
  metrics.next_ids = GetStrings(spec, {"dataMetrics", "nextIDs"});
  DBA_ASSIGN_OR_RETURN(metrics.interval, GetDurationOr(spec, {"dataMetrics", "interval"}, absl::Seconds(30)));
  DBA_ASSIGN_OR_RETURN(const Json* queries, GetArrayOrEmpty(spec, {"dataMetrics", "queries"}));
  for (const Json& entry : *queries) {
    DBA_ASSIGN_OR_RETURN(DataMetricQuery query, ParseQuery(entry));
    metrics.queries.push_back(std::move(query));
  }
  return metrics;
}

absl::Status ParseMigrations(const Json& spec, ManagedDatabaseSpec& parsed) {
  DBA_ASSIGN_OR_RETURN(const std::string who, GetStringOr(spec, {"migrations", "credentials"}, "Migrator"));
  if (who != "Migrator" && who != "Admin") {
    return absl::InvalidArgumentError("spec.migrations.credentials must be Migrator or Admin");
  }
  parsed.migration_credentials = who == "Admin" ? MigrationCredentials::kAdmin : MigrationCredentials::kMigrator;
  DBA_ASSIGN_OR_RETURN(parsed.config_secret, GetStringOr(spec, {"migrations", "configSecretRef", "name"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.service_account_name, GetStringOr(spec, {"migrations", "serviceAccountName"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.push_gateway, GetStringOr(spec, {"migrations", "pushGateway"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.lock_timeout, GetDurationOr(spec, {"migrations", "lockTimeout"}, absl::ZeroDuration()));
  DBA_ASSIGN_OR_RETURN(const int64_t limit, GetIntOr(spec, {"migrations", "connectionLimit"}, 0));
  if (limit < 0 || limit > 10000) {
    return absl::InvalidArgumentError("spec.migrations.connectionLimit must be from 0 to 10000");
  }
  parsed.connection_limit = static_cast<int>(limit);
  if (FindJson(spec, {"migrations", "activeDeadlineSeconds"}) != nullptr) {
    DBA_ASSIGN_OR_RETURN(parsed.active_deadline_seconds, GetInt(spec, {"migrations", "activeDeadlineSeconds"}));
  }
  return absl::OkStatus();
}

absl::StatusOr<ManagedDatabaseSpec> ParseSpec(const Json& spec) {
  ManagedDatabaseSpec parsed;
  DBA_ASSIGN_OR_RETURN(parsed.desired_schema_version, GetString(spec, {"desiredSchemaVersion"}));
  DBA_ASSIGN_OR_RETURN(parsed.admin_secret, GetStringOr(spec, {"connection", "secretRef", "name"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.host, GetStringOr(spec, {"connection", "host"}, ""));
  DBA_ASSIGN_OR_RETURN(const int64_t port, GetIntOr(spec, {"connection", "port"}, 0));
  if (port < 0 || port > 65535) return absl::InvalidArgumentError("spec.connection.port must be from 1 to 65535");
  parsed.port = static_cast<int>(port);
  DBA_ASSIGN_OR_RETURN(parsed.agent_address, GetStringOr(spec, {"agent", "address"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.version_table_preset, GetStringOr(spec, {"versionTable", "preset"}, ""));
  DBA_ASSIGN_OR_RETURN(parsed.version_table_query, GetStringOr(spec, {"versionTable", "query"}, ""));
  if (parsed.version_table_preset.empty() == parsed.version_table_query.empty()) {
    return absl::InvalidArgumentError("spec.versionTable must have one of preset and query");
  }
  DBA_RETURN_IF_ERROR(ParseMigrations(spec, parsed));
  DBA_ASSIGN_OR_RETURN(parsed.credentials, ParseCredentialPolicy(spec));
  DBA_ASSIGN_OR_RETURN(parsed.hints, ParseHintPolicy(spec));
  DBA_ASSIGN_OR_RETURN(parsed.data_metrics, ParseDataMetrics(spec));
  DBA_ASSIGN_OR_RETURN(parsed.read_only, GetBoolOr(spec, {"readOnly"}, false));
  return parsed;
}

// Status is ours: what it does not hold in the form we write is as good as absent.
std::string Text(const Json& root, JsonPath path) { return GetStringOr(root, path, "").value_or(""); }

std::vector<const Json*> Entries(const Json& root, JsonPath path) {
  std::vector<const Json*> entries;
  const Json* array = FindJson(root, path);
  if (array == nullptr || !array->is_array()) return entries;
  for (const Json& entry : *array) entries.push_back(&entry);
  return entries;
}

ManagedDatabaseStatus ParseStatus(const Json& status) {
  ManagedDatabaseStatus parsed;
  parsed.observed_generation = GetIntOr(status, {"observedGeneration"}, 0).value_or(0);
  parsed.current_version = Text(status, {"currentVersion"});
  parsed.database_version = Text(status, {"databaseVersion"});
  parsed.desired_version = Text(status, {"desiredVersion"});
  parsed.pending = GetStrings(status, {"pending"});
  parsed.engine = Text(status, {"server", "engine"});
  parsed.server_version = Text(status, {"server", "version"});
  parsed.server_identity = Text(status, {"server", "identity"});
  if (const Json* active = FindJson(status, {"activeMigration"})) {
    parsed.active_migration = ActiveMigration{Text(*active, {"name"}), Text(*active, {"jobName"}),
                                              Text(*active, {"jobUID"}), TimeFromText(Text(*active, {"startedAt"}))};
  }
  for (const Json* entry : Entries(status, {"credentials"})) {
    parsed.credentials.push_back({Text(*entry, {"version"}), Text(*entry, {"account"}), Text(*entry, {"secretName"}),
                                  Text(*entry, {"state"}), GetStrings(*entry, {"usedBy"})});
  }
  for (const Json* entry : Entries(status, {"history"})) {
    parsed.history.push_back({Text(*entry, {"name"}), Text(*entry, {"jobName"}), Text(*entry, {"outcome"}),
                              Text(*entry, {"message"}), TimeFromText(Text(*entry, {"startedAt"})),
                              TimeFromText(Text(*entry, {"finishedAt"}))});
  }
  parsed.findings = ParseFindings(status);
  parsed.acknowledgement = ParseAcknowledgement(status);
  parsed.conditions = ParseConditions(status);
  return parsed;
}

void Put(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

Json CredentialsToJson(const std::vector<CredentialStatus>& credentials) {
  Json array = Json::array();
  for (const CredentialStatus& credential : credentials) {
    Json entry = {{"version", credential.version}};
    Put(entry, "account", credential.account);
    Put(entry, "secretName", credential.secret_name);
    Put(entry, "state", credential.state);
    if (!credential.used_by.empty()) entry["usedBy"] = credential.used_by;
    array.push_back(std::move(entry));
  }
  return array;
}

Json HistoryToJson(const std::vector<HistoryEntry>& history) {
  Json array = Json::array();
  for (const HistoryEntry& item : history) {
    Json entry = {{"name", item.name}};
    Put(entry, "jobName", item.job_name);
    Put(entry, "outcome", item.outcome);
    Put(entry, "message", item.message);
    Put(entry, "startedAt", TimeToText(item.started_at));
    Put(entry, "finishedAt", TimeToText(item.finished_at));
    array.push_back(std::move(entry));
  }
  return array;
}

}  // namespace

absl::StatusOr<ManagedDatabase> ParseManagedDatabase(const Json& object) {
  ManagedDatabase database;
  DBA_ASSIGN_OR_RETURN(database.meta, ParseMeta(object));
  DBA_ASSIGN_OR_RETURN(const Json* spec, GetObject(object, {"spec"}));
  DBA_ASSIGN_OR_RETURN(database.spec, ParseSpec(*spec));
  if (const Json* status = FindJson(object, {"status"})) database.status = ParseStatus(*status);
  return database;
}

Json ToJson(const ManagedDatabaseStatus& status) {
  Json value = {{"observedGeneration", status.observed_generation}, {"conditions", ToJson(status.conditions)}};
  Put(value, "currentVersion", status.current_version);
  Put(value, "databaseVersion", status.database_version);
  Put(value, "desiredVersion", status.desired_version);
  if (!status.pending.empty()) value["pending"] = status.pending;
  Json server = Json::object();
  Put(server, "engine", status.engine);
  Put(server, "version", status.server_version);
  Put(server, "identity", status.server_identity);
  if (!server.empty()) value["server"] = std::move(server);
  if (status.active_migration.has_value()) {
    value["activeMigration"] = {{"name", status.active_migration->name},
                                {"jobName", status.active_migration->job_name},
                                {"jobUID", status.active_migration->job_uid},
                                {"startedAt", TimeToText(status.active_migration->started_at)}};
  }
  if (!status.credentials.empty()) value["credentials"] = CredentialsToJson(status.credentials);
  if (!status.findings.empty()) value["findings"] = ToJson(status.findings);
  if (status.acknowledgement.has_value()) value["acknowledgement"] = ToJson(*status.acknowledgement);
  if (!status.history.empty()) value["history"] = HistoryToJson(status.history);
  return value;
}

}  // namespace dba::api
