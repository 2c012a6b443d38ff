// SPDX-License-Identifier: Apache-2.0
#include "dbagent/version/version_reader.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxRows = 100;
constexpr size_t kMaxValueBytes = 1024;

// Where PostgreSQL has a preset's table. Asked first, because a SELECT from a missing table is an error in the server's
// log, and because PostgreSQL says "does not exist" also of a table in a schema that the search path misses or that the
// admin may not use. MySQL answers such a read with an access error instead.
// nullopt: it is in reach; else what its being elsewhere, or nowhere, means.
std::optional<SchemaVersion> NotInReach(Database& database, const Preset& preset, absl::Time deadline) {
  SelectRequest request;
  request.sql = absl::StrCat("SELECT pg_catalog.to_regclass(",
                             QuotePostgresLiteral(QuotePostgresIdentifier(preset.table)), ") IS NOT NULL, ",
                             "(SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = ",
                             "c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ",
                             QuotePostgresLiteral(preset.table), " AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 1)");
  const absl::StatusOr<RowSet> found = database.Select(request, deadline);
  if (!found.ok()) return UnknownVersion(std::string(found.status().message()));
  if (found->rows.empty()) return UnknownVersion("PostgreSQL did not say where the version table is");
  if (found->rows[0][0] == "t") return std::nullopt;
  if (!found->rows[0][1]) return VersionOf({});
  return UnknownVersion(absl::StrCat("table ", preset.table, " is in schema ", *found->rows[0][1],
                                     ", which the admin account does not reach: GRANT USAGE on the schema, put it ",
                                     "into the account's search_path, or use versionTable.query"));
}

}  // namespace

SchemaVersion ReadSchemaVersion(Database& database, Engine engine, const VersionSource& source, absl::Time deadline) {
  const Preset* const* held = std::get_if<const Preset*>(&source);
  const Preset* preset = held == nullptr ? nullptr : *held;
  if (preset != nullptr && engine == Engine::kPostgresql) {
    if (std::optional<SchemaVersion> elsewhere = NotInReach(database, *preset, deadline)) return *elsewhere;
  }
  SelectRequest request;
  request.sql = preset == nullptr ? std::get<std::string>(source) : preset->sql;
  request.max_rows = kMaxRows;
  request.max_value_bytes = kMaxValueBytes;
  const absl::StatusOr<RowSet> rows = database.Select(request, deadline);
  if (rows.ok()) return preset == nullptr ? InterpretQuery(*rows) : preset->interpret(*rows);
  if (!absl::IsNotFound(rows.status())) return UnknownVersion(std::string(rows.status().message()));
  return VersionOf({});
}

}  // namespace dba::agent
