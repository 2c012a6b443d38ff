// SPDX-License-Identifier: Apache-2.0
#include "dbagent/version/preset.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dba::agent {
namespace {

bool IsTrue(const std::optional<std::string>& value) {
  if (!value) return false;
  for (const char* word : {"t", "true", "1", "y", "yes", "on", "\x01"}) {
    if (absl::EqualsIgnoreCase(*value, word)) return true;
  }
  return false;
}

std::optional<size_t> DirtyColumn(const RowSet& rows) {
  for (size_t i = 1; i < rows.columns.size(); ++i) {
    if (absl::EqualsIgnoreCase(rows.columns[i], "dirty")) return i;
  }
  return std::nullopt;
}

}  // namespace

const Preset* FindPreset(const std::string& name) {
  static const std::vector<Preset>* const presets = new std::vector<Preset>{
      AlembicPreset(),
  };
  for (const Preset& preset : *presets) {
    if (name == preset.name) return &preset;
  }
  return nullptr;
}

SchemaVersion VersionOf(std::vector<std::string> versions) {
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  SchemaVersion version;
  version.state = versions.empty() ? SchemaVersion::State::kNone : SchemaVersion::State::kKnown;
  version.versions = std::move(versions);
  return version;
}

SchemaVersion UnknownVersion(std::string detail) {
  SchemaVersion version;
  version.state = SchemaVersion::State::kUnknown;
  version.detail = std::move(detail);
  return version;
}

SchemaVersion InterpretQuery(const RowSet& rows) {
  const std::optional<size_t> dirty = DirtyColumn(rows);
  std::vector<std::string> versions;
  std::string unfinished;
  bool is_dirty = false;
  for (const auto& row : rows.rows) {
    if (row.empty()) continue;
    if (dirty && IsTrue(row[*dirty])) {
      is_dirty = true;
      unfinished = row[0].value_or("NULL");
    }
    if (row[0]) versions.push_back(*row[0]);
  }
  SchemaVersion version = VersionOf(std::move(versions));
  if (is_dirty) {
    version.state = SchemaVersion::State::kDirty;
    version.detail = absl::StrCat("the version table marks ", unfinished, " as unfinished (dirty)");
  }
  return version;
}

}  // namespace dba::agent
