// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/extra_grants.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxNameBytes = 512;

// Sources: PostgreSQL 15 manual, 5.7, table 5.2; MariaDB 10.11 "GRANT"; MySQL 8.0 manual, table 6.2. TRUNCATE asks for
// DROP on MySQL and MariaDB, and a sequence of MariaDB is a table.
std::vector<std::string> Allowed(Engine engine, absl::string_view kind) {
  const bool postgres = engine == Engine::kPostgresql;
  if (kind == "Table" && postgres) {
    return {"Select", "Insert", "Update", "Delete", "Truncate", "References", "Trigger"};
  }
  if (kind == "Table") return {"Select", "Insert", "Update", "Delete", "References", "Trigger"};
  if (kind == "Function") return {"Execute"};
  if (kind == "Sequence" && postgres) return {"Usage", "Select", "Update"};
  if (kind == "Schema" && postgres) return {"Usage"};
  if (kind == "Database" && !postgres) {
    return {"Select", "Insert", "Update", "Delete", "References", "Trigger", "Execute"};
  }
  return {};
}

absl::string_view NameOf(Engine engine) {
  switch (engine) {
    case Engine::kPostgresql:
      return "PostgreSQL";
    case Engine::kMysql:
      return "MySQL";
    case Engine::kMariadb:
      return "MariaDB";
  }
  return "";
}

}  // namespace

std::string Describe(const ExtraGrant& grant) {
  return absl::StrCat(absl::StrJoin(grant.privileges, ", "), " on ", grant.kind, grant.name.empty() ? "" : " ",
                      grant.name);
}

absl::Status BadGrant(const ExtraGrant& grant, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("extra grant ", Describe(grant), ": ", why));
}

absl::Status CheckExtraGrant(Engine engine, const ExtraGrant& grant) {
  const std::vector<std::string> allowed = Allowed(engine, grant.kind);
  if (grant.privileges.empty()) return BadGrant(grant, "it names no privilege");
  for (const std::string& privilege : grant.privileges) {
    if (std::find(allowed.begin(), allowed.end(), privilege) != allowed.end()) continue;
    return BadGrant(grant, absl::StrCat(NameOf(engine), " has no ", privilege, " on ", grant.kind,
                                        allowed.empty() ? "" : "; it has ", absl::StrJoin(allowed, ", ")));
  }
  const bool named = grant.kind != "Database";
  if (named == grant.name.empty()) return BadGrant(grant, named ? "it needs a name" : "it takes no name");
  if (grant.name.size() > kMaxNameBytes || grant.name.find('\0') != std::string::npos) {
    return BadGrant(grant, "the name is too long or holds a NUL");
  }
  if (engine == Engine::kPostgresql && grant.kind == "Function" &&
      (grant.name.find('(') == std::string::npos || grant.name.back() != ')')) {
    return BadGrant(grant, "a function is named with the types of its arguments, for example totals(date)");
  }
  return absl::OkStatus();
}

std::string PrivilegesSql(const ExtraGrant& grant) {
  return absl::AsciiStrToUpper(absl::StrJoin(grant.privileges, ", "));
}

}  // namespace dba::agent
