// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/agent_convert.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace dba::agent {

google::protobuf::Duration DurationToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

absl::Duration DurationFromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Time TimeFromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

namespace {

api::Engine FromProto(v1::Engine engine) {
  switch (engine) {
    case v1::ENGINE_POSTGRESQL:
      return api::Engine::kPostgresql;
    case v1::ENGINE_MYSQL:
      return api::Engine::kMysql;
    case v1::ENGINE_MARIADB:
      return api::Engine::kMariadb;
    default:
      return api::Engine::kUnknown;
  }
}

api::SchemaVersion FromProto(const v1::SchemaVersion& proto) {
  api::SchemaVersion version;
  switch (proto.state()) {
    case v1::SchemaVersion::STATE_KNOWN:
      version.state = api::SchemaVersion::State::kKnown;
      break;
    case v1::SchemaVersion::STATE_NONE:
      version.state = api::SchemaVersion::State::kNone;
      break;
    case v1::SchemaVersion::STATE_DIRTY:
      version.state = api::SchemaVersion::State::kDirty;
      break;
    default:
      version.state = api::SchemaVersion::State::kUnknown;
  }
  version.versions.assign(proto.versions().begin(), proto.versions().end());
  std::sort(version.versions.begin(), version.versions.end());
  version.detail = proto.detail();
  return version;
}

api::Account FromProto(const v1::Account& proto) {
  api::Account account;
  account.name = proto.name();
  account.kind =
      proto.kind() == v1::ACCOUNT_KIND_MIGRATOR ? api::AccountKind::kMigrator : api::AccountKind::kApplication;
  account.version = proto.version();
  account.locked = proto.locked();
  account.prepared_transactions = static_cast<int>(proto.prepared_transactions());
  account.obstacles.assign(proto.obstacles().begin(), proto.obstacles().end());
  for (const v1::Session& session : proto.sessions()) {
    account.sessions.push_back({session.id(), session.client(), session.application(), TimeFromProto(session.since())});
  }
  return account;
}

}  // namespace

absl::StatusOr<v1::VersionTable> ToProto(const VersionTable& table) {
  v1::VersionTable proto;
  if (!table.query.empty()) {
    proto.set_query(table.query);
  } else if (table.preset == "Alembic") {
    proto.set_preset(v1::VersionTable::PRESET_ALEMBIC);
  } else {
    return absl::InvalidArgumentError(absl::StrCat("spec.versionTable.preset '", table.preset,
                                                   "' is not known to this controller; use Alembic, or a query"));
  }
  return proto;
}

v1::EnsureAccountRequest ToProto(const AccountRequest& request, const Secret& password) {
  v1::EnsureAccountRequest proto;
  proto.set_owner(request.owner);
  proto.set_name(request.name);
  proto.set_version(request.version);
  proto.set_password(std::string(password.Reveal()));
  proto.set_replace_password(request.replace_password);
  if (request.kind == api::AccountKind::kMigrator) {
    proto.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
    if (request.lock_timeout > absl::ZeroDuration())
      *proto.mutable_lock_timeout() = DurationToProto(request.lock_timeout);
    proto.set_connection_limit(static_cast<uint32_t>(request.connection_limit));
  } else {
    proto.set_kind(v1::ACCOUNT_KIND_APPLICATION);
    proto.set_privileges(request.privileges == api::Privileges::kReadOnly ? v1::PRIVILEGES_READ_ONLY
                                                                          : v1::PRIVILEGES_READ_WRITE);
    for (const api::Grant& grant : request.extra_grants) {
      v1::Grant& out = *proto.add_extra_grants();
      for (const std::string& privilege : grant.privileges) out.add_privileges(privilege);
      out.set_kind(grant.kind);
      out.set_name(grant.name);
    }
  }
  return proto;
}

v1::DataMetrics ToProto(const api::DataMetrics& metrics) {
  v1::DataMetrics proto;
  for (const std::string& table : metrics.table_rows) proto.add_table_rows(table);
  for (const std::string& table : metrics.next_ids) proto.add_next_ids(table);
  *proto.mutable_interval() = DurationToProto(metrics.interval);
  for (const api::DataMetricQuery& query : metrics.queries) {
    v1::DataMetrics::Query& out = *proto.add_queries();
    out.set_name(query.name);
    out.set_help(query.help);
    out.set_type(query.counter ? v1::DataMetrics::Query::TYPE_COUNTER : v1::DataMetrics::Query::TYPE_GAUGE);
    out.set_query(query.query);
    out.mutable_labels()->insert(query.labels.begin(), query.labels.end());
    if (query.interval > absl::ZeroDuration()) *out.mutable_interval() = DurationToProto(query.interval);
  }
  return proto;
}

api::DatabaseView FromProto(const v1::GetDatabaseResponse& response) {
  api::DatabaseView view;
  view.engine = FromProto(response.engine());
  view.server_version = response.server_version();
  view.identity = response.identity();
  view.host = response.host();
  view.port = static_cast<int>(response.port());
  view.database = response.database();
  view.schema_version = FromProto(response.schema_version());
  view.data_metrics_digest = response.data_metrics_digest();
  return view;
}

api::AccountsView FromProto(const v1::ListAccountsResponse& response) {
  api::AccountsView view;
  for (const v1::Account& account : response.accounts()) view.accounts.push_back(FromProto(account));
  view.logins_in_flight = static_cast<int>(response.logins_in_flight());
  view.epoch = response.epoch();
  return view;
}

absl::Status FromProto(const v1::ProbeAccountResponse& response, absl::string_view name) {
  switch (response.outcome()) {
    case v1::ProbeAccountResponse::OUTCOME_LOGGED_IN:
      return absl::OkStatus();
    case v1::ProbeAccountResponse::OUTCOME_REFUSED:
      return absl::FailedPreconditionError(
          absl::StrCat("the database refuses account ", name, " with the password of its Secret: ", response.detail()));
    case v1::ProbeAccountResponse::OUTCOME_LOCKED:
      return RefusedForLock(
          absl::FailedPreconditionError(absl::StrCat("account ", name, " is locked: ", response.detail())));
    default:
      return absl::UnknownError(absl::StrCat("the agent did not say whether account ", name, " can log in"));
  }
}

}  // namespace dba::agent
