// SPDX-License-Identifier: Apache-2.0
//
// The parts of the catalogue. Each rule is one function in one source file of this folder; the lists say what it means.
#ifndef DBA_DBAGENT_HINTS_RULES_RULES_H_
#define DBA_DBAGENT_HINTS_RULES_RULES_H_

#include <vector>

#include "absl/types/span.h"
#include "dbagent/hints/rule.h"

namespace dba::agent::hints {

// The rule for a hint that cannot be read; Evaluate itself applies it.
inline constexpr char kUnsupportedRule[] = "hint.unsupported";

absl::Span<const RuleInfo> CommonRules();
absl::Span<const RuleInfo> PostgresRules();
absl::Span<const RuleInfo> MysqlRules();  // MySQL and MariaDB

// Of all engines.
void DriftMissing(const HintContext& context, std::vector<Finding>* findings);
void DriftExists(const HintContext& context, std::vector<Finding>* findings);
void IndexLarge(const HintContext& context, std::vector<Finding>* findings);
void IndexBusy(const HintContext& context, std::vector<Finding>* findings);
void ColumnLarge(const HintContext& context, std::vector<Finding>* findings);
void ColumnBusy(const HintContext& context, std::vector<Finding>* findings);
void ColumnRequired(const HintContext& context, std::vector<Finding>* findings);
void ConstraintLarge(const HintContext& context, std::vector<Finding>* findings);
void ConstraintBusy(const HintContext& context, std::vector<Finding>* findings);
void ChangeLarge(const HintContext& context, std::vector<Finding>* findings);
void ChangeBusy(const HintContext& context, std::vector<Finding>* findings);
void UniqueDuplicates(const HintContext& context, std::vector<Finding>* findings);
void UniqueRace(const HintContext& context, std::vector<Finding>* findings);
void NotNullNulls(const HintContext& context, std::vector<Finding>* findings);
void NotNullNewColumn(const HintContext& context, std::vector<Finding>* findings);
void CheckViolated(const HintContext& context, std::vector<Finding>* findings);
void ForeignKeyOrphans(const HintContext& context, std::vector<Finding>* findings);
void DataDropped(const HintContext& context, std::vector<Finding>* findings);
void Renamed(const HintContext& context, std::vector<Finding>* findings);
void IndexRedundant(const HintContext& context, std::vector<Finding>* findings);
void LockLongTransaction(const HintContext& context, std::vector<Finding>* findings);
void LockDdlInProgress(const HintContext& context, std::vector<Finding>* findings);

// Of PostgreSQL.
void OldWriterColumn(const HintContext& context, std::vector<Finding>* findings);
void OldWriterCheck(const HintContext& context, std::vector<Finding>* findings);
void LockHeld(const HintContext& context, std::vector<Finding>* findings);
void PgRefused(const HintContext& context, std::vector<Finding>* findings);
void PgTypeFit(const HintContext& context, std::vector<Finding>* findings);
void PgForeignKeyParent(const HintContext& context, std::vector<Finding>* findings);
void StatisticsStale(const HintContext& context, std::vector<Finding>* findings);
void PgInvalidIndex(const HintContext& context, std::vector<Finding>* findings);

// Of MySQL and MariaDB.
void MysqlRequiredColumn(const HintContext& context, std::vector<Finding>* findings);
void MysqlRequiredFails(const HintContext& context, std::vector<Finding>* findings);
void MysqlDefaultRefused(const HintContext& context, std::vector<Finding>* findings);
void MariadbSameValue(const HintContext& context, std::vector<Finding>* findings);
void MysqlDefaultLost(const HintContext& context, std::vector<Finding>* findings);
void MysqlTypeFit(const HintContext& context, std::vector<Finding>* findings);
void MysqlNullsChanged(const HintContext& context, std::vector<Finding>* findings);
void MysqlRefused(const HintContext& context, std::vector<Finding>* findings);
void MysqlForeignKey(const HintContext& context, std::vector<Finding>* findings);
void MysqlParentLock(const HintContext& context, std::vector<Finding>* findings);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_RULES_RULES_H_
