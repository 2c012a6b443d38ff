// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {
namespace {

constexpr RuleInfo kRules[] = {
    {kUnsupportedRule, 0, kAllEngines, Harm::kUnsupported, Severity::kError,
     "The hint names an operation, field or word that does not exist, or leaves out what the operation needs.",
     "the hint alone", "Write the hint in the words of docs/hints.md.", "docs/hints.md", nullptr},
    {"drift.missing", 0, kAllEngines, Harm::kDrift, Severity::kError,
     "A table, column, index or constraint that the hint names is not there.",
     "the catalog, as the hints before leave it",
     "Find out how the database came to differ; mend it, the migration or the hint.", "the catalog", DriftMissing},
    {"drift.exists", 0, kAllEngines, Harm::kDrift, Severity::kError,
     "A table, column, index or constraint that the hint makes is already there, possibly an INVALID index.",
     "the catalog, as the hints before leave it", "Drop what is there, or take the step out of the migration.",
     "the catalog", DriftExists},
    {"index.large", 1, kAllEngines, Harm::kBlocksWrites, Severity::kError,
     "Building the index keeps writers out of a large table.", "lock and work of the engine; rows and bytes",
     "Build the index without blocking writers.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     IndexLarge},
    {"index.busy", 2, kAllEngines, Harm::kBlocksWrites, Severity::kError,
     "Building the index keeps writers out of a table with heavy writes.",
     "lock and work of the engine; write rate and window", "Build the index without blocking writers.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     IndexBusy},
    {"column.large", 3, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "Adding the column rewrites or scans a large table under a lock.", "lock and work of the engine; rows and bytes",
     "Add the column so that only metadata changes.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ColumnLarge},
    {"column.busy", 4, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "Adding the column rewrites or scans a table with heavy writes under a lock.",
     "lock and work of the engine; write rate and window", "Add the column so that only metadata changes.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ColumnBusy},
    {"unique.duplicates", 5, kAllEngines, Harm::kFails, Severity::kError,
     "Rows that are equal in the columns make the unique index or constraint fail.",
     "unique indexes; a bounded query over the rows", "Remove the duplicates first.",
     "the engine's own comparison of the columns", UniqueDuplicates, true},
    {"constraint.large", 6, kAllEngines, Harm::kBlocksWrites, Severity::kError,
     "Adding the constraint scans, indexes or copies a large table under a lock.",
     "lock and work of the engine; rows and bytes", "Add the constraint without checking old rows, then validate it.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ConstraintLarge},
    {"constraint.busy", 7, kAllEngines, Harm::kBlocksWrites, Severity::kError,
     "Adding the constraint scans, indexes or copies a table with heavy writes under a lock.",
     "lock and work of the engine; write rate and window",
     "Add the constraint without checking old rows, then validate it.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ConstraintBusy},
    {"not_null.nulls", 8, kAllEngines, Harm::kFails, Severity::kError, "Rows that hold NULL make NOT NULL fail.",
     "constraints; a bounded query over the rows", "Fill the rows first.", "SQL; MySQL and MariaDB: strict mode",
     NotNullNulls, true},
    {"not_null.new_column", 8, kAllEngines, Harm::kFails, Severity::kError,
     "A new column without a default is NULL in every row, so NOT NULL fails; unknown while the hint does not say "
     "whether the migration fills it before (rowsPrepared).",
     "the hints before; rows", "Fill the rows between the two steps, or give the new column a default.",
     "SQL; MySQL and MariaDB: strict mode", NotNullNewColumn, true},
    {"change.large", 0, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "Changing the column rewrites or scans a large table under a lock.", "lock and work of the engine; rows and bytes",
     "Make the change so that only metadata changes.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ChangeLarge},
    {"change.busy", 0, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "Changing the column rewrites or scans a table with heavy writes under a lock.",
     "lock and work of the engine; write rate and window", "Make the change so that only metadata changes.",
     "PostgreSQL 18 manual, 13.3.1 and ALTER TABLE; MySQL 8.4 manual, 17.12.1; MariaDB, InnoDB Online DDL; measured by "
     "integration/hints",
     ChangeBusy},
    {"unique.race", 5, kAllEngines, Harm::kFails, Severity::kWarning,
     "Writers of a busy table can make a unique index fail while it is built beside them.", "write rate and window",
     "Have the application keep the columns unique before the index is built.",
     "PostgreSQL 18 manual, CREATE INDEX; MariaDB and MySQL: error 1062 for a row that was inserted and deleted during "
     "the build",
     UniqueRace},
    {"check.violated", 0, kAllEngines, Harm::kFails, Severity::kError,
     "Rows that do not satisfy the CHECK make it fail.",
     "a bounded query over the rows, for conditions that are safe to run",
     "Mend the rows first, or add the check for new rows only.", "SQL", CheckViolated, true},
    {"foreign_key.orphans", 0, kAllEngines, Harm::kFails, Severity::kError,
     "Rows without a parent make the foreign key fail.", "a bounded query over the rows",
     "Remove or mend the rows without a parent first.", "SQL", ForeignKeyOrphans, true},
    {"data.dropped", 0, kAllEngines, Harm::kDataLoss, Severity::kWarning, "Values go away with their column or table.",
     "a bounded query over the rows", "Keep a copy; drop only once no version of the application uses it.", "SQL",
     DataDropped},
    {"compat.renamed", 0, kAllEngines, Harm::kBreaksOldWriters, Severity::kWarning, "Whoever uses the old name fails.",
     "the hint alone",
     "Add the new name beside the old one, move the application over, then drop the old one; a view can keep the old "
     "name of a table.",
     "SQL", Renamed},
    {"index.redundant", 0, kAllEngines, Harm::kLoad, Severity::kWarning,
     "Another index already begins with the same columns.", "the catalog",
     "Leave the index out, or drop the other one.", "the catalog", IndexRedundant},
    {"lock.long_transaction", 0, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "The migration waits for a transaction that is older than 5 s, and everybody who comes later waits behind it.",
     "locks and ages of transactions now",
     "End the transaction, wait for its end, or give the migration a lock timeout (migrations.lockTimeout) and let it "
     "try again.",
     "PostgreSQL 18 manual, 13.3; MySQL 8.4 manual, 10.11.4 (metadata locks)", LockLongTransaction},
    {"lock.ddl_in_progress", 0, kAllEngines, Harm::kBlocksReads, Severity::kError,
     "Another change of the schema holds, or waits for, a lock of the table.", "locks now",
     "Wait for the other change.", "PostgreSQL 18 manual, 13.3; MySQL 8.4 manual, 10.11.4 (metadata locks)",
     LockDdlInProgress},
};

}  // namespace

absl::Span<const RuleInfo> CommonRules() { return kRules; }

}  // namespace dba::agent::hints
