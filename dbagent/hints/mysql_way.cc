// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/mysql_way.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dba::agent::hints {
namespace {

MysqlChange Way(MysqlWay way, std::string why) {
  MysqlChange change;
  change.way = way;
  change.why = std::move(why);
  return change;
}

// Indexes that are built under a lock: measured on MySQL 9.7.4 and MariaDB 11.8.6, the second FULLTEXT index, too.
MysqlChange IndexChange(const Hint& hint, bool unique, const MysqlTraits& traits) {
  MysqlChange change = Way(MysqlWay::kIndexBuild, "it builds an index");
  const IndexMethod method = hint.method.value_or(IndexMethod::kBTree);
  if (method == IndexMethod::kFullText) {
    change = Way(traits.fulltext ? MysqlWay::kIndexBuild : MysqlWay::kRebuild, "it builds a FULLTEXT index");
    change.blocks_writes = true;
  }
  if (method == IndexMethod::kSpatial) {
    change.why = "it builds a SPATIAL index";
    change.blocks_writes = true;
  }
  if (!hint.expressions.empty() && !traits.mariadb) {
    change.why = "it builds an index over an expression";
    change.blocks_writes = true;
  }
  if (unique && method == IndexMethod::kHash && traits.mariadb) {
    return CopyChange(traits, "a unique hash is a hidden column");
  }
  return change;
}

bool HasIndexOver(const TableFacts& table, const std::vector<std::string>& columns) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const IndexFacts& index) {
    return index.columns.size() >= columns.size() &&
           std::equal(columns.begin(), columns.end(), index.columns.begin(),
                      [](const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); });
  });
}

MysqlChange ForeignKeyChange(const std::optional<Reference>& references, const std::vector<std::string>& columns,
                             bool checks, const TableFacts& table, const MysqlTraits& traits) {
  if (!checks) return Way(HasIndexOver(table, columns) ? MysqlWay::kInPlace : MysqlWay::kIndexBuild, "checks are off");
  MysqlChange change = CopyChange(traits, "it checks every row against the parent table");
  if (references) change.blocks_writes_of.push_back(references->table);
  return change;
}

MysqlChange ConstraintChange(const Hint& hint, const TableFacts& table, const MysqlTraits& traits) {
  switch (hint.type.value_or(ConstraintType::kCheck)) {
    case ConstraintType::kUnique:
      return IndexChange(hint, true, traits);
    case ConstraintType::kPrimaryKey: {
      MysqlChange change = RebuildChange(traits, "the primary key is the table's order");
      for (const std::string& column : hint.columns) change.Add(NotNullChange(column, table, traits));
      return change;
    }
    case ConstraintType::kCheck:
      if (!traits.mariadb && hint.not_enforced.value_or(false)) return {};
      return CopyChange(traits, "it adds a CHECK constraint");
    case ConstraintType::kForeignKey:
      return ForeignKeyChange(hint.references, hint.columns,
                              hint.foreign_key_checks.value_or(traits.foreign_key_checks), table, traits);
    case ConstraintType::kNotNull: {
      MysqlChange change;
      for (const std::string& column : hint.columns) change.Add(NotNullChange(column, table, traits));
      return change;
    }
    case ConstraintType::kExclusion:
      return {};
  }
  return {};
}

MysqlChange DropConstraintChange(const Hint& hint, const TableFacts& table, const MysqlTraits& traits) {
  const ConstraintFacts* constraint = table.FindConstraint(hint.name);
  const bool primary = hint.type == ConstraintType::kPrimaryKey || absl::EqualsIgnoreCase(hint.name, "PRIMARY") ||
                       (constraint != nullptr && constraint->type == ConstraintType::kPrimaryKey);
  if (primary) return CopyChange(traits, "it drops the primary key");
  return Way(MysqlWay::kInPlace, "");
}

MysqlChange AddColumnWithKey(const Hint& hint, const TableFacts& table, const MysqlTraits& traits) {
  MysqlChange change = AddColumnChange(*hint.column, table, traits);
  if (hint.column->references) {
    change.Add(ForeignKeyChange(hint.column->references, {hint.column->name},
                                hint.foreign_key_checks.value_or(traits.foreign_key_checks), table, traits));
  }
  return change;
}

MysqlChange InnodbChange(const Hint& hint, const TableFacts& table, const MysqlTraits& traits) {
  switch (hint.operation) {
    case Operation::kAddColumn:
      return AddColumnWithKey(hint, table, traits);
    case Operation::kAlterColumn:
      return AlterColumnChange(*hint.column, table, traits);
    case Operation::kDropColumn:
      return DropColumnChange(hint.column->name, table, traits);
    case Operation::kCreateIndex:
      return IndexChange(hint, hint.unique.value_or(false), traits);
    case Operation::kDropIndex:
      return absl::EqualsIgnoreCase(hint.name, "PRIMARY") ? CopyChange(traits, "it drops the primary key")
                                                          : Way(MysqlWay::kInPlace, "");
    case Operation::kAddConstraint:
      return ConstraintChange(hint, table, traits);
    case Operation::kDropConstraint:
      return DropConstraintChange(hint, table, traits);
    case Operation::kValidateConstraint:
      // MySQL: ALTER CHECK … ENFORCED.
      return CopyChange(traits, "it checks every row");
    default:
      return {};
  }
}

// MyISAM, Aria and others copy for all but a change of the dictionary; measured on MariaDB 11.8.6, where COPY with
// LOCK=NONE is accepted and yet keeps readers and writers out.
void ForOtherEngine(const Hint& hint, const MysqlTraits& traits, MysqlChange* change) {
  const bool dictionary = hint.operation == Operation::kRenameColumn || hint.operation == Operation::kRenameTable ||
                          hint.operation == Operation::kCreateTable || hint.operation == Operation::kDropTable ||
                          (hint.operation == Operation::kAlterColumn && change->way == MysqlWay::kInstant);
  if (dictionary) return;
  change->way = MysqlWay::kCopy;
  change->why = "the storage engine is not InnoDB";
  change->blocks_writes = true;
  change->blocks_reads = traits.online_copy;
}

// What the migration itself asks for may be dearer than needed; that it may be refused is a rule's to say.
void ForClauses(const Hint& hint, const MysqlTraits& traits, MysqlChange* change) {
  if (hint.algorithm == Algorithm::kCopy && change->way < MysqlWay::kCopy) {
    *change = CopyChange(traits, "the migration asks for ALGORITHM=COPY");
    if (!traits.innodb) change->blocks_writes = true;
  }
  // Where a change in place would lock, LOCK=NONE makes a MariaDB that copies online do that instead.
  const bool in_place = hint.algorithm && *hint.algorithm != Algorithm::kCopy;
  const bool numbers = hint.column && hint.column->auto_increment.value_or(false);
  if (hint.lock == LockClause::kNone && change->blocks_writes && traits.online_copy && traits.innodb && !in_place &&
      !numbers) {
    *change = CopyChange(traits, "the migration asks for LOCK=NONE");
  }
  if (hint.lock == LockClause::kShared && change->way >= MysqlWay::kIndexBuild) change->blocks_writes = true;
  if (hint.lock == LockClause::kExclusive && change->way >= MysqlWay::kIndexBuild) {
    change->blocks_writes = true;
    change->blocks_reads = true;
  }
}

}  // namespace

MysqlChange MysqlChangeOf(const Hint& hint, const TableFacts& table, const ServerFacts& server) {
  const MysqlTraits traits = TraitsOf(table, server);
  MysqlChange change = InnodbChange(hint, table, traits);
  if (!traits.innodb) ForOtherEngine(hint, traits, &change);
  ForClauses(hint, traits, &change);
  // MySQL reads the parent's rows with locks while it copies a child, until the copy ends; MariaDB lets go on the way.
  if (change.way == MysqlWay::kCopy && !traits.mariadb && traits.foreign_key_checks) {
    for (const ConstraintFacts& constraint : table.constraints) {
      if (constraint.type == ConstraintType::kForeignKey) change.blocks_writes_of.push_back(constraint.references);
    }
  }
  return change;
}

}  // namespace dba::agent::hints
