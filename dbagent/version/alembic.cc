// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "dbagent/version/preset.h"

namespace dba::agent {
namespace {

SchemaVersion Interpret(const RowSet& rows) {
  std::vector<std::string> heads;
  for (const auto& row : rows.rows) {
    if (row.empty() || !row[0]) return UnknownVersion("alembic_version holds a row without a version_num");
    heads.push_back(*row[0]);
  }
  return VersionOf(std::move(heads));
}

}  // namespace

Preset AlembicPreset() { return {"Alembic", "alembic_version", "SELECT version_num FROM alembic_version", Interpret}; }

}  // namespace dba::agent
