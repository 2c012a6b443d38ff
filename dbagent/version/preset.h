// SPDX-License-Identifier: Apache-2.0
//
// What a version table means. A preset is one migration tool: its SELECT and the meaning of the rows. Pure.
// A new preset is one file with such a function and one line in registry.cc.
#ifndef DBA_DBAGENT_VERSION_PRESET_H_
#define DBA_DBAGENT_VERSION_PRESET_H_

#include <string>

#include "dbagent/db/types.h"

namespace dba::agent {

struct Preset {
  const char* name;   // as in the CR
  const char* table;  // the table's name, without a schema
  const char* sql;    // one SELECT; the table is found as the admin's search path says
  SchemaVersion (*interpret)(const RowSet& rows);
};

// The preset of Alembic: the table holds the set of heads; no row means that no migration has run.
// Source: Alembic 1.13 documentation, "Tutorial", "Working with Branches".
Preset AlembicPreset();

// The preset of that name, or nullptr.
const Preset* FindPreset(const std::string& name);

// Meaning of a user's own query: each row's first column is a version; a column named `dirty` (any case) that holds
// true in some row marks an unfinished migration. NULL versions are skipped.
SchemaVersion InterpretQuery(const RowSet& rows);

// The version of sorted, distinct `versions`: none when empty.
SchemaVersion VersionOf(std::vector<std::string> versions);

SchemaVersion UnknownVersion(std::string detail);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_VERSION_PRESET_H_
