// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/migration_path.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dba::plan {
namespace {

using Migrations = std::map<std::string, api::DatabaseMigration>;

Verdict Terminal(absl::string_view reason, std::string message) {
  return {Progress::kTerminal, std::string(reason), std::move(message)};
}

// `start` and everything before it up to, without, `end`, newest first; or why the chain does not get there. What lies
// before `end` may have been deleted long ago.
std::variant<std::vector<std::string>, Verdict> ChainBackFrom(const Migrations& migrations, const std::string& start,
                                                              const std::string& end) {
  std::vector<std::string> chain;
  std::set<std::string> seen;
  for (std::string name = start; name != end; name = migrations.at(name).previous) {
    if (name.empty()) {
      return Terminal("MigrationFork", absl::StrCat("the database is at ", end, ", which is not on the way to ", start,
                                                    "; give ", start, " a chain of spec.previous that reaches ", end));
    }
    if (!seen.insert(name).second) {
      return Terminal("MigrationCycle",
                      absl::StrCat("DatabaseMigrations lead in a circle: ", absl::StrJoin(chain, " -> "), " -> ", name,
                                   "; mend spec.previous of one of them"));
    }
    if (migrations.count(name) == 0) {
      return Terminal("MissingMigration",
                      chain.empty() ? absl::StrCat("DatabaseMigration ", name,
                                                   " does not exist; create it, or change spec.desiredSchemaVersion")
                                    : absl::StrCat("DatabaseMigration ", name, ", which ", chain.back(),
                                                   " names in spec.previous, does not exist; create it"));
    }
    chain.push_back(name);
  }
  return chain;
}

// The name of the one migration that the version table's `version` stands for.
std::variant<std::string, Verdict> NameOfVersion(const Migrations& migrations, const std::string& version) {
  std::vector<std::string> names;
  for (const auto& [name, migration] : migrations) {
    if (migration.version == version) names.push_back(name);
  }
  if (names.size() == 1) return names.front();
  if (names.empty()) {
    return Terminal("UnknownVersion", absl::StrCat("the version table says \"", version,
                                                   "\", which is spec.version of no DatabaseMigration in this "
                                                   "namespace; create the one that stands for it"));
  }
  return Terminal("DuplicateVersion", absl::StrCat("DatabaseMigrations ", absl::StrJoin(names, ", "),
                                                   " all have version \"", version, "\"; delete all but one"));
}

// Whether `older` comes before `newer` in a chain that has no fault.
bool ComesBefore(const Migrations& migrations, const std::string& older, const std::string& newer) {
  return std::holds_alternative<std::vector<std::string>>(ChainBackFrom(migrations, newer, older));
}

}  // namespace

std::variant<MigrationPath, Verdict> FindMigrationPath(const Migrations& migrations, const std::string& desired,
                                                       const api::SchemaVersion& version) {
  std::string current;
  switch (version.state) {
    case api::SchemaVersion::State::kUnknown:
      return Verdict{Progress::kBlocked, "VersionUnknown",
                     absl::StrCat("the schema version cannot be read: ", version.detail)};
    case api::SchemaVersion::State::kDirty:
      return Terminal("VersionTableDirty", absl::StrCat("a migration tool marked the database as unfinished at ",
                                                        absl::StrJoin(version.versions, ","), ": ", version.detail,
                                                        "; repair it with that tool"));
    case api::SchemaVersion::State::kNone:
      break;
    case api::SchemaVersion::State::kKnown: {
      if (version.versions.size() != 1) {
        return Terminal("MultipleHeads", absl::StrCat("the version table has ", version.versions.size(), " heads (",
                                                      absl::StrJoin(version.versions, ", "),
                                                      "); merge them with the migration tool until one is left"));
      }
      auto name = NameOfVersion(migrations, version.versions.front());
      if (auto* verdict = std::get_if<Verdict>(&name)) return std::move(*verdict);
      current = std::get<std::string>(std::move(name));
      break;
    }
  }
  auto back = ChainBackFrom(migrations, desired, current);
  if (auto* verdict = std::get_if<Verdict>(&back)) {
    if (!current.empty() && desired != current && ComesBefore(migrations, desired, current)) {
      return Terminal(
          "DesiredVersionOlder",
          absl::StrCat("the database is at ", current, ", past the desired ", desired,
                       "; nothing is rolled back by itself: set spec.desiredSchemaVersion to ", current, " or later"));
    }
    return std::move(*verdict);
  }
  auto& chain = std::get<std::vector<std::string>>(back);
  std::reverse(chain.begin(), chain.end());
  return MigrationPath{current, std::move(chain)};
}

bool HasReached(const Migrations& migrations, const std::string& name, const api::SchemaVersion& version) {
  if (version.state != api::SchemaVersion::State::kKnown || version.versions.size() != 1) return false;
  const auto current = NameOfVersion(migrations, version.versions.front());
  if (!std::holds_alternative<std::string>(current)) return false;
  return std::get<std::string>(current) == name || ComesBefore(migrations, name, std::get<std::string>(current));
}

}  // namespace dba::plan
