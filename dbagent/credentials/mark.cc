// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/mark.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/hash.h"

namespace dba::agent {
namespace {

constexpr char kManagedBy[] = "dba-operator";
constexpr size_t kOwnerDigits = 20;

std::string Text(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

absl::string_view KindName(AccountKind kind) {
  switch (kind) {
    case AccountKind::kApplication:
      return kApplicationKind;
    case AccountKind::kMigrator:
      return kMigratorKind;
  }
  return "";
}

std::optional<AccountKind> KindFromName(absl::string_view name) {
  if (name == kApplicationKind) return AccountKind::kApplication;
  if (name == kMigratorKind) return AccountKind::kMigrator;
  return std::nullopt;
}

std::string FormatMark(const Mark& mark) {
  nlohmann::json object = {
      {"managedBy", kManagedBy}, {"owner", mark.owner}, {"kind", mark.kind}, {"version", mark.version}};
  if (!mark.password_digest.empty()) object["passwordDigest"] = mark.password_digest;
  if (mark.epoch > 0) object["epoch"] = mark.epoch;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Mark> ParseMark(absl::string_view text) {
  const nlohmann::json object = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || Text(object, "managedBy") != kManagedBy) return std::nullopt;
  Mark mark = {Text(object, "owner"), Text(object, "kind"), Text(object, "version"), Text(object, "passwordDigest")};
  const auto epoch = object.find("epoch");
  if (epoch != object.end() && epoch->is_number_unsigned()) mark.epoch = epoch->get<uint64_t>();
  if (mark.owner.empty() || mark.kind.empty()) return std::nullopt;
  return mark;
}

GroupRoles GroupRolesOf(absl::string_view owner) {
  const std::string digits = Sha256Hex(owner).substr(0, kOwnerDigits);
  return {absl::StrCat("dba_own_", digits), absl::StrCat("dba_rw_", digits), absl::StrCat("dba_ro_", digits)};
}

}  // namespace dba::agent
