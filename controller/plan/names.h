// SPDX-License-Identifier: Apache-2.0
//
// The names and labels of everything the controller makes. Deterministic, so that making a thing twice is noticed; and
// within the limits of Kubernetes (object names of 253, labels and Job names of 63 characters) and of the databases
// (32 characters: MySQL 8.4 Reference Manual §8.2.1).
#ifndef DBA_CONTROLLER_PLAN_NAMES_H_
#define DBA_CONTROLLER_PLAN_NAMES_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "controller/plan/world.h"

namespace dba::plan {

inline constexpr absl::string_view kDatabaseLabel = "dbaoperator.dev/database";    // name of the ManagedDatabase
inline constexpr absl::string_view kMigrationLabel = "dbaoperator.dev/migration";  // name of the DatabaseMigration
inline constexpr absl::string_view kRoleLabel = "dbaoperator.dev/role";            // SecretRoleName
inline constexpr absl::string_view kAccountAnnotation = "dbaoperator.dev/account";
inline constexpr absl::string_view kDatabaseUidAnnotation = "dbaoperator.dev/database-uid";
// On a Secret: the resourceVersion at which it was last decided to keep it (KeepSecret).
inline constexpr absl::string_view kKeptAnnotation = "dbaoperator.dev/kept";
// On a ManagedDatabase: any new value lets a migration that failed run once more.
inline constexpr absl::string_view kRetryAnnotation = "dbaoperator.dev/retry";
// On a ManagedDatabase: Abandon lets it go at once, whatever is left in the database and the namespace.
inline constexpr absl::string_view kDeletionAnnotation = "dbaoperator.dev/deletion";
// On a ManagedDatabase: the identity of a server without traces of it that shall be its database from now on.
inline constexpr absl::string_view kAcceptDatabaseAnnotation = "dbaoperator.dev/accept-database";
inline constexpr absl::string_view kFinalizer = "dbaoperator.dev/credentials";
inline constexpr absl::string_view kFieldManager = "dba-operator";

// The account of one schema version: "dba_" and 24 hexadecimal digits. `database_uid` is the ManagedDatabase's.
std::string ApplicationAccount(absl::string_view database_uid, absl::string_view version);

// The account of one attempt of a migration.
std::string MigratorAccount(absl::string_view database_uid, absl::string_view job_name);

// "<database>-<version>"; cut and ended with a hash when longer than 253 characters.
std::string ApplicationSecret(absl::string_view database, absl::string_view version);

// The same with "-intent-" and a hash.
std::string IntentSecret(absl::string_view database, absl::string_view database_uid, absl::string_view version);

// The same with "-quarantine-" and a hash.
std::string QuarantineSecretName(absl::string_view database, absl::string_view database_uid, absl::string_view version);

// The Job of one attempt, and the Secret of its account: "<database>-<migration>-<8 hexadecimal digits>", at most 63
// characters. The digits change with the UIDs of both objects and with the value of kRetryAnnotation.
std::string JobName(const api::ManagedDatabase& database, const api::DatabaseMigration& migration);

absl::string_view SecretRoleName(SecretRole role);  // intent | application | migrator | quarantine

// For kube::KubeClient::List: everything that belongs to this ManagedDatabase.
std::string DatabaseSelector(absl::string_view database);

std::map<std::string, std::string> Labels(absl::string_view database, absl::string_view migration);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_NAMES_H_
