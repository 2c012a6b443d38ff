// SPDX-License-Identifier: Apache-2.0
//
// What MySQL or MariaDB refuse whatever the rows are: words, clauses, partitions, versions of rows.
// Source: MySQL 9.7 manual 15.1.11 and 17.12, MariaDB 10.11 "ALTER TABLE"; each tried on MySQL 9.7.4, MariaDB 10.11.19
// and 11.8.6.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/mysql_way.h"
#include "dbagent/hints/rules/mysql_refusal.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {

bool SameMysqlName(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

bool HoldsMysqlName(const std::vector<std::string>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& c) { return SameMysqlName(c, name); });
}

Finding MysqlRefusal(int code, std::string message, std::string remedy) {
  Finding finding;
  finding.message = std::move(message);
  finding.remedy = std::move(remedy);
  finding.evidence["error"] = absl::StrCat(code);
  return finding;
}

namespace {

class Refusals {
 public:
  Refusals(const HintContext& context, std::vector<Finding>* findings) : context_(context), findings_(findings) {}

  void Words();
  void View();
  void Versioning();
  void Clauses();
  void Partitions();
  void Keys();

 private:
  const Hint& hint() const { return context_.hint; }
  const TableFacts& table() const { return context_.table; }
  bool mariadb() const { return context_.server().mariadb(); }
  std::string Name() const { return FormatTableName(hint().table); }
  void Add(int code, std::string message, std::string remedy = "") {
    findings_->push_back(MysqlRefusal(code, std::move(message), std::move(remedy)));
  }

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
      if (HoldsMysqlName(hint().columns, column)) continue;
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

}  // namespace

void MysqlRefused(const HintContext& context, std::vector<Finding>* findings) {
  Refusals refusals(context, findings);
  refusals.Words();
  if (context.table.kind == TableKind::kView) return refusals.View();
  if (IsDrifted(context) || context.table.created_here) return;
  refusals.Versioning();
  refusals.Partitions();
  refusals.Keys();
  MysqlNeeded(context, findings);
  if (findings->empty()) refusals.Clauses();
}

}  // namespace dba::agent::hints
