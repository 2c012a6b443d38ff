// SPDX-License-Identifier: Apache-2.0
//
// Reads the schema version through the database seam. Guards: what cannot be read is unknown, never "no migration has
// run", which would make every migration run again.
#ifndef DBA_DBAGENT_VERSION_VERSION_READER_H_
#define DBA_DBAGENT_VERSION_VERSION_READER_H_

#include <string>
#include <variant>

#include "absl/time/time.h"
#include "dbagent/db/database.h"
#include "dbagent/db/types.h"
#include "dbagent/version/preset.h"

namespace dba::agent {

// Where the version stands: a preset, or one SELECT (see InterpretQuery).
using VersionSource = std::variant<const Preset*, std::string>;

// Never fails: an error that says something about the table is state UNKNOWN with the reason, a missing table NONE.
//   engine    of `database`
//   deadline  absolute, covers all statements
SchemaVersion ReadSchemaVersion(Database& database, Engine engine, const VersionSource& source, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_VERSION_VERSION_READER_H_
