// SPDX-License-Identifier: Apache-2.0
//
// The Secrets that the controller makes, to and from JSON. Pure. A Secret of
// ours carries the label dbaoperator.dev/role and the UID of its
// ManagedDatabase; nothing without both is ever read or changed.
#ifndef DBA_CONTROLLER_RECONCILE_SECRET_BUILDER_H_
#define DBA_CONTROLLER_RECONCILE_SECRET_BUILDER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/secret.h"
#include "controller/api/agent_view.h"
#include "controller/api/managed_database.h"
#include "controller/plan/world.h"
#include "nlohmann/json.hpp"

namespace dba {

// What a Secret is called and for whom it is made.
struct SecretIdentity {
  std::string name;
  plan::SecretRole role = plan::SecretRole::kIntent;
  std::string version;  // the name of a DatabaseMigration
  std::string account;
};

// An immutable core/v1 Secret. An intent (type Opaque) has the keys username
// and password; an application's and a migrator's (type
// kubernetes.io/basic-auth) also host, port, dbname, uri and jdbc-uri, where
// the CR's host and port go before those of `view`. Only a migrator's is owned
// by the ManagedDatabase: deleting the CR must not cut an application off.
// UNAVAILABLE when a host is needed and `view` is not known.
absl::StatusOr<nlohmann::json> BuildSecret(const api::ManagedDatabase& database,
                                           const absl::StatusOr<api::DatabaseView>& view,
                                           const SecretIdentity& identity, const Secret& password);

// An immutable Secret with the type and the contents of `from`.
nlohmann::json CopySecret(const api::ManagedDatabase& database, const SecretIdentity& identity,
                          const nlohmann::json& from);

// nullopt for a Secret that is not of the ManagedDatabase with this UID.
std::optional<plan::SecretView> ViewSecret(const nlohmann::json& secret, absl::string_view database_uid);

// The value of one key. FAILED_PRECONDITION, without the value, when it is
// absent or not base64.
absl::StatusOr<Secret> SecretValue(const nlohmann::json& secret, absl::string_view key);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_SECRET_BUILDER_H_
