// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {
namespace {

constexpr RuleInfo kRules[] = {
    {"column.required", 9, kPg, Harm::kFails, Severity::kError,
     "A NOT NULL column without a default fails on a table that holds rows.", "a query for one row",
     "Give the column a default, or add it nullable, fill it, and set NOT NULL.", "PostgreSQL 18 manual, ALTER TABLE",
     ColumnRequired},
    {"compat.required_column", 0, kPg, Harm::kBreaksOldWriters, Severity::kError,
     "Writers of before the migration cannot insert rows without the new NOT NULL column.",
     "a query for one row: the table is empty", "Give the column a default for as long as old writers run.", "SQL",
     OldWriterColumn},
    {"compat.check", 0, kPg, Harm::kBreaksOldWriters, Severity::kWarning,
     "Rows that break a NOT VALID check were written by somebody, who will fail from now on.",
     "a bounded query over the rows", "Mend the application first.", "PostgreSQL 18 manual, ALTER TABLE, NOT VALID",
     OldWriterCheck},
    {"lock.held", 0, kPg, Harm::kBlocksReads, Severity::kError,
     "A lock of an earlier step is kept through the long work of this one, in the same transaction.",
     "the hints of the transaction; rows, bytes and write rate", "Run the steps in transactions of their own.",
     "PostgreSQL 18 manual, 13.3: locks are held to the end of the transaction", LockHeld},
    {"postgresql.refused", 0, kPg, Harm::kFails, Severity::kError,
     "PostgreSQL refuses the step, whatever the rows are.", "the catalog; the server's version", "See the finding.",
     "PostgreSQL 12 to 18 manuals, CREATE INDEX, ALTER TABLE, 5.12, 5.15", PgRefused},
    {"postgresql.type_fit", 0, kPg, Harm::kFails, Severity::kError,
     "The column cannot be cast to the new type, or a value does not fit it.", "types; a bounded query over the rows",
     "Mend the values first, or give a USING expression.", "PostgreSQL 18 manual, ALTER TABLE and 10.4", PgTypeFit},
    {"postgresql.foreign_key_parent", 0, kPg, Harm::kFails, Severity::kError,
     "The referenced columns are not unique, or of a type that cannot be compared.", "the catalog", "See the finding.",
     "PostgreSQL 18 manual, 5.5.5", PgForeignKeyParent},
    {"postgresql.invalid_index", 0, kPg, Harm::kLoad, Severity::kWarning,
     "An INVALID index over the same columns was left by a build that failed.", "the catalog",
     "DROP INDEX CONCURRENTLY the leftover.", "PostgreSQL 18 manual, CREATE INDEX, Building Indexes Concurrently",
     PgInvalidIndex},
    {"statistics.stale", 0, kPg, Harm::kBlocksReads, Severity::kWarning,
     "A step would block a table that counts as not large, though it holds a tenth of that, by stale statistics.",
     "rows and bytes; changes since the last ANALYZE", "Run ANALYZE on the table.",
     "PostgreSQL 18 manual, 24.1.3 and 27.2: n_mod_since_analyze", StatisticsStale},
};

}  // namespace

absl::Span<const RuleInfo> PostgresRules() { return kRules; }

}  // namespace dba::agent::hints
