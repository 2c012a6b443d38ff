// SPDX-License-Identifier: Apache-2.0
//
// Source: PostgreSQL 12 to 18 manuals, 13.3.1 (locks), ALTER TABLE (notes) and CREATE INDEX; measured on 15 and 18 by
// integration/hints.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/db/identifier.h"
#include "dbagent/hints/classify.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/pg_type_change.h"

namespace dba::agent::hints {
namespace {

using WaitsFor = Impact::WaitsFor;

constexpr char kAccessExclusive[] = "ACCESS EXCLUSIVE";
constexpr int kVirtualColumns = 180000;

Impact Exclusive(Work work, std::string reason) {
  Impact impact;
  impact.work = work;
  impact.lock = kAccessExclusive;
  impact.waits_for = WaitsFor::kEverybody;
  impact.blocks_reads = impact.blocks_writes = work != Work::kMetadata;
  impact.reason = std::move(reason);
  return impact;
}

// The one that harms more.
Impact Worse(Impact a, const Impact& b) { return b.work > a.work || a.lock.empty() ? b : a; }

Impact Unsure(Impact impact, std::string on_what) {
  impact.unknown = std::move(on_what);
  return impact;
}

constexpr char kFillLater[] =
    "add the column without a default, set the default for new rows, fill the old rows in batches, then set NOT NULL";

Impact Rewrite(std::string reason) {
  Impact impact = Exclusive(Work::kRewrite, std::move(reason));
  impact.remedy = kFillLater;
  return impact;
}

bool IsSerial(const ColumnHint& column) {
  return column.type && absl::StrContains(absl::AsciiStrToLower(*column.type), "serial");
}

// What the value of old rows asks for.
Impact AddedValue(const ColumnHint& column, const SchemaState& state) {
  if (column.default_kind == DefaultKind::kIdentity || column.auto_increment.value_or(false) || IsSerial(column)) {
    return Rewrite("writes every row anew to number it");
  }
  if (column.default_kind == DefaultKind::kGenerated || column.generated) {
    if (column.generated == GeneratedKind::kVirtual) return Exclusive(Work::kMetadata, "");
    const Impact stored = Rewrite("writes every row anew to compute the generated column");
    if (column.generated || state.server().version < kVirtualColumns) return stored;
    return Unsure(stored, "whether the generated column is stored or virtual (column.generated)");
  }
  const TypeFacts* type = column.type ? state.Type(*column.type) : nullptr;
  if (type != nullptr && type->constrained)
    return Rewrite("writes every row anew: the type is a domain with a constraint");
  const Impact metadata = Exclusive(Work::kMetadata, "");
  if (column.default_kind == DefaultKind::kNone) return metadata;
  const Impact volatile_default =
      Rewrite("writes every row anew: the default is volatile, each row gets its own value");
  if (column.default_expression) {
    const std::optional<Volatility> volatility = VolatilityOf(*column.default_expression, state.facts().functions);
    if (volatility) return *volatility == Volatility::kVolatile ? volatile_default : metadata;
  }
  if (column.default_kind == DefaultKind::kConstant) return metadata;
  if (column.default_kind == DefaultKind::kVolatile) return volatile_default;
  if (column.default_expression) {
    return Unsure(volatile_default, "whether the default's functions are volatile: the server knows none of that name");
  }
  return Unsure(volatile_default, "whether the column has a default, and a volatile one (column.default)");
}

Impact AddColumn(const ColumnHint& column, const SchemaState& state) {
  Impact impact = AddedValue(column, state);
  if (column.check) {
    Impact scan = Exclusive(Work::kScan, "reads every row to check the constraint");
    scan.remedy = "add the column without the check, then ADD CONSTRAINT … NOT VALID and VALIDATE CONSTRAINT";
    impact = Worse(impact, scan);
  }
  if (column.unique.value_or(false)) {
    Impact build = Exclusive(Work::kIndexBuild, "builds the unique index");
    build.remedy = "add the column, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX";
    impact = Worse(impact, build);
  }
  if (column.references) {
    const bool filled = column.default_kind && column.default_kind != DefaultKind::kNone;
    if (filled) impact = Worse(impact, Exclusive(Work::kScan, "checks the foreign key of every row"));
    impact.waits_for_writers_of.push_back(column.references->table);
  }
  return impact;
}

Impact SetNotNull(const std::string& name, const TableFacts& table) {
  const ColumnFacts* column = table.FindColumn(name);
  if (column == nullptr || column->not_null) return Exclusive(Work::kMetadata, "");
  const bool proven = std::any_of(table.constraints.begin(), table.constraints.end(), [&](const ConstraintFacts& c) {
    return c.type == ConstraintType::kCheck && c.validated && c.enforced && ProvesNotNull(c.definition, name);
  });
  if (proven) return Exclusive(Work::kMetadata, "");
  Impact impact = Exclusive(Work::kScan, "reads every row to look for NULL");
  impact.remedy = absl::StrCat("ADD CONSTRAINT … CHECK (", QuotePostgresIdentifier(name),
                               " IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in its own transaction, then SET NOT NULL "
                               "(it finds the proof and reads nothing), then drop the check");
  return impact;
}

Impact AlterColumn(const ColumnHint& hint, const TableFacts& table, const SchemaState& state) {
  Impact impact = Exclusive(Work::kMetadata, "");
  const ColumnFacts* column = table.FindColumn(hint.name);
  if (hint.type && column != nullptr) {
    const bool utc =
        state.server().Setting("timezone", "") == "UTC" || state.server().Setting("timezone", "") == "Etc/UTC";
    const PgTypeChange change = ClassifyPgTypeChange(column->type, *hint.type, QuotePostgresIdentifier(hint.name), utc);
    Impact rewrite = Exclusive(Work::kRewrite, "writes every row and every index anew for the new type");
    rewrite.remedy =
        "add a column of the new type, keep both in step with a trigger, fill it in batches, swap the names";
    if (change.kind == PgTypeChange::Kind::kUnknown) {
      impact = Unsure(rewrite, absl::StrCat("whether ", column->type, " and ", *hint.type, " are stored alike"));
    } else if (change.kind != PgTypeChange::Kind::kMetadata && change.kind != PgTypeChange::Kind::kNothing) {
      impact = rewrite;
    }
  }
  if (hint.nullable && !*hint.nullable) impact = Worse(impact, SetNotNull(hint.name, table));
  return impact;
}

Impact CreateIndex(const Hint& hint) {
  Impact blocking;
  blocking.work = Work::kIndexBuild;
  blocking.lock = "SHARE";
  blocking.blocks_writes = true;
  blocking.waits_for = WaitsFor::kWriters;
  blocking.reason = "builds the index";
  blocking.remedy = "CREATE INDEX CONCURRENTLY, outside of a transaction";
  if (!hint.concurrently) return Unsure(blocking, "whether the index is built CONCURRENTLY (concurrently)");
  if (!*hint.concurrently) return blocking;
  Impact concurrent;
  concurrent.work = Work::kIndexBuild;
  concurrent.lock = "SHARE UPDATE EXCLUSIVE";
  concurrent.waits_for = WaitsFor::kOldSnapshots;
  return concurrent;
}

Impact DropIndex(const Hint& hint) {
  if (!hint.concurrently.value_or(false)) {
    Impact impact = Exclusive(Work::kMetadata, "");
    impact.remedy = "DROP INDEX CONCURRENTLY, outside of a transaction";
    return impact;
  }
  Impact impact;
  impact.lock = "SHARE UPDATE EXCLUSIVE";
  impact.waits_for = WaitsFor::kOldSnapshots;
  return impact;
}

Impact AddIndexConstraint(const Hint& hint, const TableFacts& table) {
  const bool primary = hint.type == ConstraintType::kPrimaryKey;
  Impact impact = Exclusive(Work::kMetadata, "");
  if (primary) {
    for (const std::string& column : hint.columns) impact = Worse(impact, SetNotNull(column, table));
  }
  if (hint.using_index) return impact;
  Impact build = Exclusive(Work::kIndexBuild, "builds the index");
  if (hint.type != ConstraintType::kExclusion) {
    build.remedy = absl::StrCat("CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … ",
                                primary ? "PRIMARY KEY" : "UNIQUE", " USING INDEX");
  }
  return build;
}

Impact AddForeignKey(const Hint& hint) {
  Impact impact;
  impact.lock = "SHARE ROW EXCLUSIVE";
  impact.waits_for = WaitsFor::kWriters;
  if (hint.references) impact.waits_for_writers_of.push_back(hint.references->table);
  if (hint.not_valid.value_or(false)) return impact;
  impact.work = Work::kScan;
  impact.blocks_writes = true;
  impact.blocks_writes_of = impact.waits_for_writers_of;
  impact.reason = "looks up the parent of every row";
  impact.remedy = "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own";
  return hint.not_valid ? impact : Unsure(impact, "whether the constraint is added NOT VALID (notValid)");
}

Impact AddConstraint(const Hint& hint, const TableFacts& table) {
  switch (*hint.type) {
    case ConstraintType::kUnique:
    case ConstraintType::kPrimaryKey:
    case ConstraintType::kExclusion:
      return AddIndexConstraint(hint, table);
    case ConstraintType::kForeignKey:
      return AddForeignKey(hint);
    case ConstraintType::kCheck:
    case ConstraintType::kNotNull:
      break;
  }
  const Impact metadata = Exclusive(Work::kMetadata, "");
  if (hint.not_valid.value_or(false) || hint.not_enforced.value_or(false)) return metadata;
  Impact scan = Exclusive(Work::kScan, "reads every row to check the constraint");
  if (hint.type == ConstraintType::kNotNull) {
    scan = metadata;
    for (const std::string& column : hint.columns) scan = Worse(scan, SetNotNull(column, table));
    if (scan.work == Work::kMetadata) return scan;
  }
  scan.remedy = "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own";
  return hint.not_valid ? scan : Unsure(scan, "whether the constraint is added NOT VALID (notValid)");
}

Impact Validate() {
  Impact impact;
  impact.work = Work::kScan;
  impact.lock = "SHARE UPDATE EXCLUSIVE";
  impact.reason = "reads every row to check the constraint";
  return impact;
}

Impact DropConstraint(const Hint& hint, const TableFacts& table) {
  Impact impact = Exclusive(Work::kMetadata, "");
  const ConstraintFacts* constraint = table.FindConstraint(hint.name);
  if (constraint != nullptr && constraint->type == ConstraintType::kForeignKey) {
    impact.waits_for_writers_of.push_back(constraint->references);
  }
  return impact;
}

}  // namespace

Impact ClassifyPostgres(const Hint& hint, const SchemaState& state) {
  const TableFacts& table = state.Table(hint.table);
  if (hint.operation == Operation::kCreateTable) {
    Impact impact;
    if (hint.references) impact.waits_for_writers_of.push_back(hint.references->table);
    return impact;
  }
  // Nobody else sees a table that this migration has made.
  if (table.created_here || !table.exists()) {
    Impact impact;
    if (hint.references) impact.waits_for_writers_of.push_back(hint.references->table);
    return impact;
  }
  switch (hint.operation) {
    case Operation::kAddColumn:
      return AddColumn(*hint.column, state);
    case Operation::kAlterColumn:
      return AlterColumn(*hint.column, table, state);
    case Operation::kCreateIndex:
      return CreateIndex(hint);
    case Operation::kDropIndex:
      return DropIndex(hint);
    case Operation::kAddConstraint:
      return AddConstraint(hint, table);
    case Operation::kValidateConstraint:
      return Validate();
    case Operation::kDropConstraint:
      return DropConstraint(hint, table);
    case Operation::kDropColumn:
    case Operation::kRenameColumn:
    case Operation::kDropTable:
    case Operation::kRenameTable:
    case Operation::kCreateTable:
      break;
  }
  return Exclusive(Work::kMetadata, "");
}

}  // namespace dba::agent::hints
