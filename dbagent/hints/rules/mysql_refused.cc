// SPDX-License-Identifier: Apache-2.0
//
// What MySQL or MariaDB refuse whatever the rows are: words, clauses, partitions, versions of rows, what others need.
// Source: MySQL 9.7 manual 15.1.11 and 17.12, MariaDB 10.11 "ALTER TABLE"; each tried on MySQL 9.7.4, MariaDB 10.11.19
// and 11.8.6.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/mysql_way.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool SameName(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

bool Holds(const std::vector<std::string>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& c) { return SameName(c, name); });
}

// Both servers put names in conditions into backquotes.
bool Mentions(const std::string& definition, const std::string& column) {
  return absl::StrContains(absl::AsciiStrToLower(definition), absl::StrCat("`", absl::AsciiStrToLower(column), "`"));
}

bool BeginsWith(const std::vector<std::string>& columns, const std::vector<std::string>& first) {
  return columns.size() >= first.size() && std::equal(first.begin(), first.end(), columns.begin(), SameName);
}

class Refusals {
 public:
  Refusals(const HintContext& context, std::vector<Finding>* findings) : context_(context), findings_(findings) {}

  void Words();
  void View();
  void Versioning();
  void Clauses();
  void Partitions();
  void Keys();
  void DropIndex();
  void DropConstraint();
  void DropColumn();
  void RenameColumn();
  void DropTable();

 private:
  const Hint& hint() const { return context_.hint; }
  const TableFacts& table() const { return context_.table; }
  bool mariadb() const { return context_.server().mariadb(); }
  std::string Name() const { return FormatTableName(hint().table); }
  void Add(int code, std::string message, std::string remedy = "") {
    Finding finding;
    finding.message = std::move(message);
    finding.remedy = std::move(remedy);
    finding.evidence["error"] = absl::StrCat(code);
    findings_->push_back(std::move(finding));
  }
  bool HasOtherIndex(const std::string& index, const std::vector<std::string>& columns) const;

  const HintContext& context_;
  std::vector<Finding>* const findings_;
};

void Refusals::Words() {
  const bool index = hint().operation == Operation::kCreateIndex;
  if (index && !hint().expressions.empty() && mariadb()) {
    Add(1064, "MariaDB has no indexes over expressions", "add a generated column and index that");
  }
  if (hint().type == ConstraintType::kExclusion) Add(1064, "there are no exclusion constraints here");
  if (hint().not_enforced.value_or(false) && mariadb()) Add(1064, "MariaDB has no constraints that are NOT ENFORCED");
  if (hint().algorithm == Algorithm::kNoCopy && !mariadb()) {
    Add(1800, "MySQL has no ALGORITHM=NOCOPY", "say ALGORITHM=INPLACE, LOCK=NONE");
  }
  if (hint().algorithm == Algorithm::kInstant && hint().lock && !mariadb()) {
    Add(1221, "MySQL takes no LOCK beside ALGORITHM=INSTANT", "leave LOCK out: INSTANT never blocks writers");
  }
}

// RENAME TABLE takes views, too; nothing else does (error 1347, ER_WRONG_OBJECT).
void Refusals::View() {
  const Operation operation = hint().operation;
  if (table().kind != TableKind::kView || operation == Operation::kRenameTable ||
      operation == Operation::kCreateTable) {
    return;
  }
  Add(1347, absl::StrCat(Word(operation), " is refused: ", Name(), " is a view, not a table"),
      "change the table that the view reads, then make the view again");
}

// MariaDB: system_versioning_alter_history=ERROR, the default.
void Refusals::Versioning() {
  if (!table().mysql.system_versioned || context_.server().Setting("system_versioning_alter_history", "") == "KEEP") {
    return;
  }
  const Operation operation = hint().operation;
  const bool only_default = operation == Operation::kAlterColumn && !hint().column->type && !hint().column->nullable;
  const bool unique = hint().type == ConstraintType::kUnique || hint().type == ConstraintType::kPrimaryKey ||
                      (operation == Operation::kCreateIndex && hint().unique.value_or(false));
  if (operation == Operation::kAddColumn || operation == Operation::kDropColumn ||
      (operation == Operation::kAlterColumn && !only_default) || unique) {
    Add(4119, absl::StrCat("table ", Name(), " keeps the history of its rows, which the change would falsify"),
        "SET system_versioning_alter_history = KEEP in the migration, if that is what is wanted");
  }
}

void Refusals::Clauses() {
  if (!hint().algorithm && !hint().lock) return;
  Hint plain = hint();
  plain.algorithm.reset();
  plain.lock.reset();
  const MysqlChange change = MysqlChangeOf(plain, table(), context_.server());
  if (!change.unknown.empty()) return;
  const bool instant = change.way == MysqlWay::kInstant ||
                       (mariadb() && hint().operation == Operation::kAlterColumn && change.way == MysqlWay::kInPlace);
  const bool refused = (hint().algorithm == Algorithm::kInstant && !instant) ||
                       (hint().algorithm == Algorithm::kNoCopy && mariadb() && change.way >= MysqlWay::kRebuild) ||
                       (hint().algorithm == Algorithm::kInplace && change.way == MysqlWay::kCopy);
  if (refused) {
    Add(1845, absl::StrCat("the stated ALGORITHM is refused: ", change.why.empty() ? "it takes more" : change.why),
        "state the next weaker ALGORITHM, or leave it out where the table is small");
    return;
  }
  const MysqlChange as_stated = MysqlChangeOf(hint(), table(), context_.server());
  // MariaDB's online copy takes the clause for other engines than InnoDB, too, and locks all the same.
  const MysqlTraits traits = TraitsOf(table(), context_.server());
  const bool ignored = traits.online_copy && !traits.innodb;
  if (hint().lock == LockClause::kNone && as_stated.blocks_writes && !ignored) {
    Add(1846, absl::StrCat("LOCK=NONE is refused: ", as_stated.why), "state LOCK=SHARED for a time when nobody writes");
  }
}

void Refusals::Partitions() {
  if (table().kind != TableKind::kPartitioned) return;
  const bool unique = hint().type == ConstraintType::kUnique || hint().type == ConstraintType::kPrimaryKey ||
                      (hint().operation == Operation::kCreateIndex && hint().unique.value_or(false));
  if (unique && !hint().columns.empty()) {
    for (const std::string& column : table().partition_columns) {
      if (Holds(hint().columns, column)) continue;
      Add(1503, absl::StrCat("a unique key of ", Name(), " must hold the column of its partitions, ", column),
          "add the column to the key");
      return;
    }
  }
  if (hint().type == ConstraintType::kForeignKey || (hint().column && hint().column->references)) {
    Add(1506, absl::StrCat("the partitioned table ", Name(), " takes no foreign key"));
  }
  if (hint().method == IndexMethod::kFullText && !mariadb()) {
    Add(1214, absl::StrCat("the partitioned table ", Name(), " takes no FULLTEXT index"));
  }
}

void Refusals::Keys() {
  const bool primary = hint().operation == Operation::kAddConstraint && hint().type == ConstraintType::kPrimaryKey;
  if (primary &&
      std::any_of(table().indexes.begin(), table().indexes.end(), [](const IndexFacts& i) { return i.primary; })) {
    Add(1068, absl::StrCat("table ", Name(), " already has a primary key"), "drop the old one in the same statement");
  }
  const bool unique = hint().operation == Operation::kAddConstraint && hint().type == ConstraintType::kUnique;
  const IndexFacts* same = hint().name.empty() ? nullptr : table().FindIndex(hint().name);
  if (unique && same != nullptr && !same->unique) {
    Add(1061, absl::StrCat("table ", Name(), " already has an index ", hint().name));
  }
  if (hint().operation != Operation::kAddColumn || !hint().column->auto_increment.value_or(false)) return;
  if (std::any_of(table().columns.begin(), table().columns.end(), [](const ColumnFacts& c) { return c.identity; })) {
    Add(1075, absl::StrCat("table ", Name(), " already has an AUTO_INCREMENT column"));
  }
}

bool Refusals::HasOtherIndex(const std::string& index, const std::vector<std::string>& columns) const {
  return std::any_of(table().indexes.begin(), table().indexes.end(), [&](const IndexFacts& other) {
    return !SameName(other.name, index) && BeginsWith(other.columns, columns);
  });
}

void Refusals::DropIndex() {
  const IndexFacts* index = table().FindIndex(hint().name);
  if (index == nullptr) return;
  const auto needs = [&](const std::vector<std::string>& columns) {
    return !columns.empty() && BeginsWith(index->columns, columns) && !HasOtherIndex(index->name, columns);
  };
  const char* remedy = "drop the foreign key first, or make another index that begins with its columns";
  for (const ConstraintFacts& key : table().constraints) {
    if (key.type != ConstraintType::kForeignKey || !needs(key.columns)) continue;
    Add(1553, absl::StrCat("index ", index->name, " is needed by the foreign key ", key.name), remedy);
  }
  for (const ReferencingKey& key : table().referenced_by) {
    if (!needs(key.referenced_columns)) continue;
    Add(1553,
        absl::StrCat("index ", index->name, " is needed by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        remedy);
  }
}

// The index of a foreign key may bear its name, and stays when the key goes.
void Refusals::DropConstraint() {
  const ConstraintFacts* constraint = table().FindConstraint(hint().name);
  const bool foreign_key = hint().type ? hint().type == ConstraintType::kForeignKey
                                       : constraint != nullptr && constraint->type == ConstraintType::kForeignKey;
  if (!foreign_key) DropIndex();
}

void Refusals::DropColumn() {
  const std::string& name = hint().column->name;
  for (const ConstraintFacts& constraint : table().constraints) {
    if (constraint.type == ConstraintType::kForeignKey && Holds(constraint.columns, name)) {
      Add(mariadb() ? 1553 : 1828, absl::StrCat("column ", name, " is needed by the foreign key ", constraint.name),
          "drop the foreign key first");
    }
    if (constraint.type != ConstraintType::kCheck || !Mentions(constraint.definition, name)) continue;
    const bool others = std::any_of(table().columns.begin(), table().columns.end(), [&](const ColumnFacts& column) {
      return !SameName(column.name, name) && Mentions(constraint.definition, column.name);
    });
    if (!others) continue;
    Add(mariadb() ? 1054 : 3959, absl::StrCat("column ", name, " is used by the CHECK constraint ", constraint.name),
        "drop the constraint first");
  }
  for (const ReferencingKey& key : table().referenced_by) {
    if (!Holds(key.referenced_columns, name)) continue;
    Add(mariadb() ? 1553 : 1829,
        absl::StrCat("column ", name, " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
  }
  for (const ColumnFacts& column : table().columns) {
    if (!column.generated || !Mentions(column.default_expression, name) || SameName(column.name, name)) continue;
    Add(mariadb() ? 1054 : 3108, absl::StrCat("column ", name, " is used by the generated column ", column.name),
        "drop that column first");
  }
}

// MariaDB changes what uses the column along with it.
void Refusals::RenameColumn() {
  if (mariadb()) return;
  const std::string& name = hint().column->name;
  for (const ConstraintFacts& constraint : table().constraints) {
    if (constraint.type != ConstraintType::kCheck || !Mentions(constraint.definition, name)) continue;
    Add(3959, absl::StrCat("column ", name, " is used by the CHECK constraint ", constraint.name),
        "drop the constraint first and add it again after");
  }
  for (const ColumnFacts& column : table().columns) {
    if (!column.generated || !Mentions(column.default_expression, name)) continue;
    Add(3108, absl::StrCat("column ", name, " is used by the generated column ", column.name));
  }
}

void Refusals::DropTable() {
  if (!hint().foreign_key_checks.value_or(true)) return;
  for (const ReferencingKey& key : table().referenced_by) {
    if (SameName(key.table.table, table().name.table)) continue;
    const TableFacts& child = context_.state.Table(key.table);
    if (child.requested.table == key.table.table && !child.exists()) continue;
    Add(mariadb() ? 1451 : 3730,
        absl::StrCat("table ", Name(), " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
    return;
  }
}

}  // namespace

void MysqlRefused(const HintContext& context, std::vector<Finding>* findings) {
  Refusals refusals(context, findings);
  refusals.Words();
  if (context.table.kind == TableKind::kView) return refusals.View();
  if (IsDrifted(context) || context.table.created_here) return;
  refusals.Versioning();
  refusals.Partitions();
  refusals.Keys();
  switch (context.hint.operation) {
    case Operation::kDropIndex:
      refusals.DropIndex();
      break;
    case Operation::kDropConstraint:
      refusals.DropConstraint();
      break;
    case Operation::kDropColumn:
      refusals.DropColumn();
      break;
    case Operation::kRenameColumn:
      refusals.RenameColumn();
      break;
    case Operation::kDropTable:
      refusals.DropTable();
      break;
    default:
      break;
  }
  if (findings->empty()) refusals.Clauses();
}

}  // namespace dba::agent::hints
