// SPDX-License-Identifier: Apache-2.0
#include "dbagent/proto_convert.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxOwnerBytes = 128;
constexpr size_t kMaxVersionBytes = 253;  // a Kubernetes object name
constexpr size_t kMaxPasswordBytes = 1024;
constexpr size_t kMaxQueryBytes = 16384;
constexpr uint32_t kMaxConnectionLimit = 10000;
constexpr int kMaxExtraGrants = 100;
constexpr absl::Duration kMaxLockTimeout = absl::Hours(24);

absl::StatusOr<AccountKind> KindOf(v1::AccountKind kind) {
  if (kind == v1::ACCOUNT_KIND_APPLICATION) return AccountKind::kApplication;
  if (kind == v1::ACCOUNT_KIND_MIGRATOR) return AccountKind::kMigrator;
  return absl::InvalidArgumentError("kind must be ACCOUNT_KIND_APPLICATION or ACCOUNT_KIND_MIGRATOR");
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Status FillKind(const v1::EnsureAccountRequest& request, AccountSpec* spec) {
  DBA_ASSIGN_OR_RETURN(spec->kind, KindOf(request.kind()));
  const bool application = spec->kind == AccountKind::kApplication;
  if (application && request.privileges() == v1::PRIVILEGES_READ_ONLY) {
    spec->privileges = Privileges::kReadOnly;
  } else if (application && request.privileges() != v1::PRIVILEGES_READ_WRITE) {
    return absl::InvalidArgumentError("privileges of an application must be PRIVILEGES_READ_WRITE or _READ_ONLY");
  }
  if (request.has_lock_timeout()) {
    if (application) return absl::InvalidArgumentError("lock_timeout is for migrators only");
    spec->lock_timeout = FromProto(request.lock_timeout());
    if (*spec->lock_timeout < absl::Milliseconds(1) || *spec->lock_timeout > kMaxLockTimeout) {
      return absl::InvalidArgumentError("lock_timeout must be from 1ms to 24h");
    }
  }
  if (application && request.connection_limit() > 0) {
    return absl::InvalidArgumentError("connection_limit is for migrators only");
  }
  if (request.connection_limit() > kMaxConnectionLimit) {
    return absl::InvalidArgumentError(absl::StrCat("connection_limit must be at most ", kMaxConnectionLimit));
  }
  spec->connection_limit = request.connection_limit();
  if (!application && request.extra_grants_size() > 0) {
    return absl::InvalidArgumentError("extra_grants are for applications only");
  }
  if (request.extra_grants_size() > kMaxExtraGrants) {
    return absl::InvalidArgumentError(absl::StrCat("extra_grants must be at most ", kMaxExtraGrants));
  }
  for (const v1::Grant& grant : request.extra_grants()) {
    spec->extra_grants.push_back({{grant.privileges().begin(), grant.privileges().end()}, grant.kind(), grant.name()});
  }
  return absl::OkStatus();
}

}  // namespace

v1::Engine ToProto(Engine engine) {
  switch (engine) {
    case Engine::kPostgresql:
      return v1::ENGINE_POSTGRESQL;
    case Engine::kMysql:
      return v1::ENGINE_MYSQL;
    case Engine::kMariadb:
      return v1::ENGINE_MARIADB;
  }
  return v1::ENGINE_UNSPECIFIED;
}

v1::SchemaVersion ToProto(const SchemaVersion& version) {
  v1::SchemaVersion out;
  switch (version.state) {
    case SchemaVersion::State::kKnown:
      out.set_state(v1::SchemaVersion::STATE_KNOWN);
      break;
    case SchemaVersion::State::kNone:
      out.set_state(v1::SchemaVersion::STATE_NONE);
      break;
    case SchemaVersion::State::kDirty:
      out.set_state(v1::SchemaVersion::STATE_DIRTY);
      break;
    case SchemaVersion::State::kUnknown:
      out.set_state(v1::SchemaVersion::STATE_UNKNOWN);
      break;
  }
  for (const std::string& text : version.versions) out.add_versions(text);
  out.set_detail(version.detail);
  return out;
}

v1::Account ToProto(const Account& account) {
  v1::Account out;
  out.set_name(account.name);
  out.set_kind(account.kind == AccountKind::kApplication ? v1::ACCOUNT_KIND_APPLICATION : v1::ACCOUNT_KIND_MIGRATOR);
  out.set_version(account.version);
  out.set_locked(account.locked);
  out.set_prepared_transactions(account.prepared_transactions);
  for (const std::string& obstacle : account.obstacles) out.add_obstacles(obstacle);
  for (const Session& session : account.sessions) {
    v1::Session* added = out.add_sessions();
    added->set_id(session.id);
    added->set_client(session.client);
    added->set_application(session.application);
    if (session.since == absl::InfinitePast()) continue;
    const int64_t nanoseconds = absl::ToUnixNanos(session.since);
    added->mutable_since()->set_seconds(nanoseconds / 1000000000);
    added->mutable_since()->set_nanos(static_cast<int32_t>(nanoseconds % 1000000000));
  }
  return out;
}

v1::ProbeAccountResponse ToProto(const ProbeResult& result) {
  v1::ProbeAccountResponse out;
  switch (result.outcome) {
    case ProbeResult::Outcome::kLoggedIn:
      out.set_outcome(v1::ProbeAccountResponse::OUTCOME_LOGGED_IN);
      break;
    case ProbeResult::Outcome::kRefused:
      out.set_outcome(v1::ProbeAccountResponse::OUTCOME_REFUSED);
      break;
    case ProbeResult::Outcome::kLocked:
      out.set_outcome(v1::ProbeAccountResponse::OUTCOME_LOCKED);
      break;
  }
  out.set_detail(result.detail);
  return out;
}

absl::StatusOr<VersionSource> FromProto(const v1::VersionTable& table) {
  switch (table.source_case()) {
    case v1::VersionTable::kPreset:
      if (table.preset() == v1::VersionTable::PRESET_ALEMBIC) return VersionSource(FindPreset("Alembic"));
      return absl::InvalidArgumentError(
          "version_table.preset is not one that this agent knows; use version_table.query");
    case v1::VersionTable::kQuery:
      if (table.query().empty() || table.query().size() > kMaxQueryBytes) {
        return absl::InvalidArgumentError("version_table.query must be 1 to 16384 bytes");
      }
      return VersionSource(table.query());
    case v1::VersionTable::SOURCE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("version_table needs a preset or a query");
}

absl::Status CheckOwner(const std::string& owner) { return CheckMarkText("owner", owner, kMaxOwnerBytes); }

absl::StatusOr<AccountSpec> FromProto(const v1::EnsureAccountRequest& request) {
  DBA_RETURN_IF_ERROR(CheckOwner(request.owner()));
  DBA_RETURN_IF_ERROR(CheckAccountName(request.name()));
  DBA_RETURN_IF_ERROR(CheckMarkText("version", request.version(), kMaxVersionBytes));
  if (request.password().empty() || request.password().size() > kMaxPasswordBytes ||
      request.password().find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("password must be 1 to 1024 bytes without NUL");
  }
  AccountSpec spec;
  spec.owner = request.owner();
  spec.name = request.name();
  spec.version = request.version();
  spec.epoch = request.epoch();
  spec.replace_password = request.replace_password();
  spec.password = Secret(request.password());
  DBA_RETURN_IF_ERROR(FillKind(request, &spec));
  return spec;
}

absl::StatusOr<MigrationStart> FromProto(const v1::BeginMigrationRequest& request) {
  DBA_RETURN_IF_ERROR(CheckOwner(request.owner()));
  MigrationStart start;
  start.owner = request.owner();
  start.epoch = request.epoch();
  start.expected_versions.assign(request.expected_versions().begin(), request.expected_versions().end());
  std::sort(start.expected_versions.begin(), start.expected_versions.end());
  return start;
}

DataMetricsConfig FromProto(const v1::ConfigureDataMetricsRequest& request) {
  const v1::DataMetrics& metrics = request.metrics();
  DataMetricsConfig config;
  config.database = request.database();
  config.digest = request.digest();
  config.table_rows.assign(metrics.table_rows().begin(), metrics.table_rows().end());
  config.next_ids.assign(metrics.next_ids().begin(), metrics.next_ids().end());
  if (metrics.has_interval()) config.interval = FromProto(metrics.interval());
  for (const v1::DataMetrics::Query& query : metrics.queries()) {
    DataQuery added;
    added.name = query.name();
    added.help = query.help();
    added.counter = query.type() == v1::DataMetrics::Query::TYPE_COUNTER;
    added.sql = query.query();
    added.labels.insert(query.labels().begin(), query.labels().end());
    added.interval = query.has_interval() ? FromProto(query.interval()) : config.interval;
    config.queries.push_back(std::move(added));
  }
  return config;
}

}  // namespace dba::agent
