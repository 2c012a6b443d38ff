// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/rules.h"

namespace dba::agent::hints {
namespace {

constexpr char kTried[] =
    "MySQL 9.7 manual, 15.1.11 and 17.12; MariaDB 10.11, ALTER TABLE; tried on MySQL 9.7, MariaDB 10.11 and 11.8";

constexpr RuleInfo kRules[] = {
    {"mysql.required_column", 9, kMyFamily, Harm::kBreaksOldWriters, Severity::kError,
     "A NOT NULL column without a default fills old rows with the type's implicit value, and writers that do not know "
     "it "
     "fail.",
     "the hint; sql_mode", "Give the column a default for as long as old writers run.",
     "MySQL 9.7 manual, 13.6; MariaDB 10.11, SQL_MODE", MysqlRequiredColumn},
    {"mysql.required_column_fails", 9, kMyFamily, Harm::kFails, Severity::kError,
     "The implicit value of a NOT NULL column without a default is refused: a zero date, a duplicate, a row without a "
     "parent.",
     "the hint; sql_mode; a query for one row", "Add the column nullable, fill it, then set NOT NULL.", kTried,
     MysqlRequiredFails},
    {"mysql.default_refused", 0, kMy, Harm::kFails, Severity::kError,
     "MySQL refuses the default: a function that is not safe to replicate, or a literal of a large type.", "the hint",
     "Add the column without a default, fill the rows, then set the default.", "MySQL 9.7 manual, 13.6 and 19.2.1.3",
     MysqlDefaultRefused},
    {"mariadb.same_value", 0, kMaria, Harm::kDataLoss, Severity::kError,
     "RAND() as a default is called once: every old row gets the same value.", "the hint",
     "Add the column without a default, UPDATE the rows, then set the default.", "tried on MariaDB 10.11 and 11.8",
     MariadbSameValue},
    {"mysql.default_lost", 0, kMyFamily, Harm::kBreaksOldWriters, Severity::kError,
     "MODIFY without DEFAULT takes away the default of a NOT NULL column: writers that leave it out fail.",
     "the catalog; sql_mode", "Repeat the column's whole definition, with its DEFAULT.",
     "MySQL 9.7 manual, 15.1.11; MariaDB 10.11, ALTER TABLE", MysqlDefaultLost},
    {"mysql.type_fit", 0, kMyFamily, Harm::kFails, Severity::kError,
     "A value does not fit the new type: strict mode refuses the change, without it the value is cut.",
     "types; sql_mode; a bounded query over the rows", "Mend the values first.",
     "MySQL 9.7 manual, 7.1.11; MariaDB 10.11, SQL_MODE", MysqlTypeFit},
    {"mysql.nulls_changed", 8, kMyFamily, Harm::kDataLoss, Severity::kError,
     "Without strict mode SET NOT NULL turns NULL into the type's implicit value.",
     "sql_mode; a bounded query over the rows", "Fill the rows first, and set sql_mode to STRICT_TRANS_TABLES.",
     "MySQL 9.7 manual, 7.1.11; MariaDB 10.11, SQL_MODE", MysqlNullsChanged, true},
    {"mysql.refused", 0, kMyFamily, Harm::kFails, Severity::kError,
     "The server refuses the step, whatever the rows are: partitions, system versioning, keys that others need, an "
     "ALGORITHM or LOCK that the table does not allow.",
     "the catalog; the server's version", "See the finding.", kTried, MysqlRefused},
    {"mysql.foreign_key", 0, kMyFamily, Harm::kFails, Severity::kError,
     "The foreign key cannot be made, or a column of one cannot change: types differ, or the parent's columns have no "
     "unique key.",
     "the catalog", "See the finding.", "MySQL 9.7 manual, 15.1.24.5; MariaDB 10.11, Foreign Keys", MysqlForeignKey},
    {"mysql.parent_lock", 0, kMy, Harm::kBlocksReads, Severity::kError,
     "Making a foreign key waits for transactions that have touched the parent, with everybody else behind it.",
     "metadata locks now", "End the transaction, wait for its end, or set lock_wait_timeout in the migration.",
     "MySQL 9.7 manual, 10.11.4; tried on MySQL 9.7", MysqlParentLock},
};

}  // namespace

absl::Span<const RuleInfo> MysqlRules() { return kRules; }

}  // namespace dba::agent::hints
