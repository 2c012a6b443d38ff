// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/hash.h"

namespace dba::plan {
namespace {

constexpr size_t kMaxSecretName = 253;
constexpr size_t kMaxJobName = 63;
constexpr size_t kAccountDigits = 24;
constexpr size_t kHashDigits = 8;

// Parts are joined with a byte that none of them can hold, so that ("a", "bc") and ("ab", "c") differ.
std::string HashOf(std::initializer_list<absl::string_view> parts, size_t digits) {
  std::string joined;
  for (absl::string_view part : parts) absl::StrAppend(&joined, part, absl::string_view("\0", 1));
  return Sha256Hex(joined).substr(0, digits);
}

// `stem` cut so that "<stem>-<hash>" fits; no '.' or '-' before the hash, which an object name may not have there.
std::string WithHash(absl::string_view stem, absl::string_view hash, size_t limit) {
  stem = stem.substr(0, limit - hash.size() - 1);
  while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.remove_suffix(1);
  return absl::StrCat(stem, "-", hash);
}

}  // namespace

std::string ApplicationAccount(absl::string_view database_uid, absl::string_view version) {
  return absl::StrCat("dba_", HashOf({"application", database_uid, version}, kAccountDigits));
}

std::string MigratorAccount(absl::string_view database_uid, absl::string_view job_name) {
  return absl::StrCat("dba_", HashOf({"migrator", database_uid, job_name}, kAccountDigits));
}

std::string ApplicationSecret(absl::string_view database, absl::string_view version) {
  const std::string name = absl::StrCat(database, "-", version);
  if (name.size() <= kMaxSecretName) return name;
  return WithHash(name, HashOf({database, version}, kHashDigits), kMaxSecretName);
}

std::string IntentSecret(absl::string_view database, absl::string_view database_uid, absl::string_view version) {
  const std::string hash = HashOf({"intent", database_uid, version}, kHashDigits);
  return WithHash(absl::StrCat(database, "-", version, "-intent"), hash, kMaxSecretName);
}

std::string QuarantineSecretName(absl::string_view database, absl::string_view database_uid,
                                 absl::string_view version) {
  const std::string hash = HashOf({"quarantine", database_uid, version}, kHashDigits);
  return WithHash(absl::StrCat(database, "-", version, "-quarantine"), hash, kMaxSecretName);
}

std::string JobName(const api::ManagedDatabase& database, const api::DatabaseMigration& migration) {
  // A migration that succeeded and is pending again ran before a restore: its next run is another attempt.
  int successes = 0;
  for (const api::HistoryEntry& entry : database.status.history) {
    if (entry.name == migration.meta.name && entry.outcome == "Succeeded") ++successes;
  }
  const auto retry = database.meta.annotations.find(std::string(kRetryAnnotation));
  const std::string hash =
      HashOf({database.meta.uid, migration.meta.uid, absl::StrCat(successes),
              retry == database.meta.annotations.end() ? absl::string_view() : absl::string_view(retry->second)},
             kHashDigits);
  std::string stem = absl::StrCat(database.meta.name, "-", migration.meta.name);
  // A Job's name becomes a label and a host name of its Pods, where a '.' is not allowed.
  for (char& c : stem) {
    if (c == '.') c = '-';
  }
  return WithHash(stem, hash, kMaxJobName);
}

absl::string_view SecretRoleName(SecretRole role) {
  switch (role) {
    case SecretRole::kIntent:
      return "intent";
    case SecretRole::kApplication:
      return "application";
    case SecretRole::kMigrator:
      return "migrator";
    case SecretRole::kQuarantine:
      return "quarantine";
  }
  return "";
}

std::string DatabaseSelector(absl::string_view database) { return absl::StrCat(kDatabaseLabel, "=", database); }

std::map<std::string, std::string> Labels(absl::string_view database, absl::string_view migration) {
  return {{"app.kubernetes.io/managed-by", "dba-operator"},
          {std::string(kDatabaseLabel), std::string(database)},
          {std::string(kMigrationLabel), std::string(migration)}};
}

}  // namespace dba::plan
