// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/secret_builder.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/uri.h"
#include "controller/api/meta.h"
#include "controller/plan/names.h"

namespace dba {
namespace {

using plan::SecretRole;

std::string Base64(absl::string_view text) { return absl::Base64Escape(text); }

absl::string_view JdbcSubprotocol(api::Engine engine) {
  switch (engine) {
    case api::Engine::kMysql:
      return "mysql";
    case api::Engine::kMariadb:
      return "mariadb";
    default:
      return "postgresql";
  }
}

void AddConnection(const api::ManagedDatabase& database, const api::DatabaseView& view, absl::string_view account,
                   const Secret& password, Json& data) {
  DatabaseLogin login;
  login.host = database.spec.host.empty() ? view.host : database.spec.host;
  login.port = database.spec.port == 0 ? view.port : database.spec.port;
  login.dbname = view.database;
  login.username = std::string(account);
  login.password = password;
  const Secret uri = view.engine == api::Engine::kPostgresql ? PostgresUri(login) : MysqlUri(login);
  data["host"] = Base64(login.host);
  data["port"] = Base64(absl::StrCat(login.port));
  data["dbname"] = Base64(login.dbname);
  data["uri"] = Base64(uri.Reveal());
  data["jdbc-uri"] = Base64(JdbcUri(JdbcSubprotocol(view.engine), login).Reveal());
}

Json Metadata(const api::ManagedDatabase& database, const SecretIdentity& identity) {
  Json metadata = {{"name", identity.name},
                   {"namespace", database.meta.name_space},
                   {"labels", plan::Labels(database.meta.name, identity.version)}};
  metadata["labels"][std::string(plan::kRoleLabel)] = std::string(plan::SecretRoleName(identity.role));
  metadata["annotations"][std::string(plan::kAccountAnnotation)] = identity.account;
  metadata["annotations"][std::string(plan::kDatabaseUidAnnotation)] = database.meta.uid;
  if (identity.role == SecretRole::kMigrator) {
    metadata["ownerReferences"] = Json::array({{{"apiVersion", "dbaoperator.dev/v1alpha1"},
                                                {"kind", "ManagedDatabase"},
                                                {"name", database.meta.name},
                                                {"uid", database.meta.uid},
                                                {"controller", true}}});
  }
  return metadata;
}

std::string Find(const std::map<std::string, std::string>& map, absl::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? "" : found->second;
}

}  // namespace

absl::StatusOr<nlohmann::json> BuildSecret(const api::ManagedDatabase& database,
                                           const absl::StatusOr<api::DatabaseView>& view,
                                           const SecretIdentity& identity, const Secret& password) {
  Json data = {{"username", Base64(identity.account)}, {"password", Base64(password.Reveal())}};
  const bool intent = identity.role == SecretRole::kIntent;
  if (!intent) {
    if (!view.ok()) {
      return absl::UnavailableError(
          absl::StrCat("Secret ", identity.name, " needs the database's address, and ", view.status().message()));
    }
    AddConnection(database, *view, identity.account, password, data);
  }
  return Json{{"apiVersion", "v1"},
              {"kind", "Secret"},
              {"metadata", Metadata(database, identity)},
              {"type", intent ? "Opaque" : "kubernetes.io/basic-auth"},
              {"immutable", true},
              {"data", std::move(data)}};
}

nlohmann::json CopySecret(const api::ManagedDatabase& database, const SecretIdentity& identity,
                          const nlohmann::json& from) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata", Metadata(database, identity)},
          {"type", from.value("type", "Opaque")},
          {"immutable", true},
          {"data", from.value("data", Json::object())}};
}

std::optional<plan::SecretView> ViewSecret(const nlohmann::json& secret, absl::string_view database_uid) {
  const absl::StatusOr<api::ObjectMeta> meta = api::ParseMeta(secret);
  if (!meta.ok() || database_uid.empty()) return std::nullopt;
  if (Find(meta->annotations, plan::kDatabaseUidAnnotation) != database_uid) return std::nullopt;
  const std::string role = Find(meta->labels, plan::kRoleLabel);
  for (const SecretRole candidate :
       {SecretRole::kIntent, SecretRole::kApplication, SecretRole::kMigrator, SecretRole::kQuarantine}) {
    if (role != plan::SecretRoleName(candidate)) continue;
    return plan::SecretView{meta->name,
                            meta->uid,
                            meta->resource_version,
                            candidate,
                            Find(meta->labels, plan::kMigrationLabel),
                            Find(meta->annotations, plan::kAccountAnnotation),
                            meta->created_at};
  }
  return std::nullopt;
}

absl::StatusOr<Secret> SecretValue(const nlohmann::json& secret, absl::string_view key) {
  const absl::StatusOr<api::ObjectMeta> meta = api::ParseMeta(secret);
  const std::string name = meta.ok() ? meta->name : "";
  const Json* value = FindJson(secret, {"data", key});
  std::string text;
  if (value == nullptr || !value->is_string() || !absl::Base64Unescape(value->get_ref<const std::string&>(), &text)) {
    return absl::FailedPreconditionError(
        absl::StrCat("Secret ", name, " has no usable key ", key, "; delete the Secret, and a new one is made"));
  }
  return Secret::Take(std::move(text));
}

}  // namespace dba
