// SPDX-License-Identifier: Apache-2.0
//
// What PostgreSQL refuses whatever the rows are.
// Source: PostgreSQL 12 to 18 manuals, CREATE INDEX, ALTER TABLE, 5.12 (partitions), 5.15 (dependencies).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

constexpr int kNullsNotDistinct = 150000;
constexpr int kNotNullConstraints = 180000;

class Refusals {
 public:
  Refusals(const HintContext& context, std::vector<Finding>* findings) : context_(context), findings_(findings) {}

  void Add(const char* code, std::string message, std::string remedy = "") {
    Finding finding;
    finding.message = std::move(message);
    finding.remedy = std::move(remedy);
    finding.evidence["sqlstate"] = code;
    findings_->push_back(std::move(finding));
  }

  void View();
  void Index();
  void Uniqueness();
  void Constraint();
  void Version();
  void Drops();
  void Columns();

 private:
  const Hint& hint() const { return context_.hint; }
  const TableFacts& table() const { return context_.table; }
  std::string Name() const { return FormatTableName(hint().table); }
  bool Partitioned() const { return table().kind == TableKind::kPartitioned; }
  void DropColumn();
  void DropTable();

  const HintContext& context_;
  std::vector<Finding>* const findings_;
};

// Names and, of a plain view, defaults are all that can change: PostgreSQL 18 manual, ALTER VIEW, ALTER MATERIALIZED
// VIEW.
bool ChangesView(const Hint& hint, bool materialized) {
  switch (hint.operation) {
    case Operation::kRenameTable:
    case Operation::kRenameColumn:
    case Operation::kCreateTable:
      return true;
    case Operation::kCreateIndex:
    case Operation::kDropIndex:
      return materialized;
    case Operation::kAlterColumn:
      return !materialized && !hint.column->type && !hint.column->nullable;
    default:
      return false;
  }
}

void Refusals::View() {
  const bool materialized = table().pg.materialized;
  if (table().kind != TableKind::kView || ChangesView(hint(), materialized)) return;
  Add("42809",
      absl::StrCat(Word(hint().operation), " is refused: ", Name(), " is a ", materialized ? "materialized " : "",
                   "view, not a table"),
      "change the table that the view reads, then make the view again");
}

void Refusals::Index() {
  if (hint().concurrently.value_or(false) && !hint().transaction.empty()) {
    Add("25001", "CONCURRENTLY cannot run inside a transaction",
        "run it outside of a transaction (Alembic: autocommit_block; hint: leave `transaction` out)");
  }
  if (hint().operation == Operation::kCreateIndex && hint().concurrently.value_or(false) && Partitioned()) {
    Add("0A000", absl::StrCat("an index on the partitioned table ", Name(), " cannot be built CONCURRENTLY"),
        "CREATE INDEX … ON ONLY the parent, CREATE INDEX CONCURRENTLY on each partition, then ATTACH PARTITION");
  }
}

void Refusals::Uniqueness() {
  const bool index = hint().operation == Operation::kCreateIndex && hint().unique.value_or(false);
  const bool constraint = hint().operation == Operation::kAddConstraint &&
                          (hint().type == ConstraintType::kUnique || hint().type == ConstraintType::kPrimaryKey);
  if (!index && !constraint) return;
  if (Partitioned()) {
    for (const std::string& column : table().partition_columns) {
      if (std::find(hint().columns.begin(), hint().columns.end(), column) != hint().columns.end()) continue;
      Add("0A000",
          absl::StrCat("uniqueness on the partitioned table ", Name(), " must include its partition key column ",
                       column),
          "add the partition key to the columns, or make each partition unique");
      return;
    }
  }
  if (hint().type == ConstraintType::kPrimaryKey &&
      std::any_of(table().indexes.begin(), table().indexes.end(), [](const IndexFacts& i) { return i.primary; })) {
    Add("42P16", absl::StrCat("table ", Name(), " already has a primary key"),
        "drop the old one in the same statement");
  }
  const IndexFacts* used = hint().using_index ? table().FindIndex(*hint().using_index) : nullptr;
  if (used == nullptr) return;
  if (!used->unique || !used->valid || !used->predicate.empty() || used->has_expressions) {
    Add("42809",
        absl::StrCat("index ", used->name, " cannot become a constraint: it is ",
                     !used->valid    ? "not valid"
                     : !used->unique ? "not unique"
                                     : "partial or over expressions"),
        "CREATE UNIQUE INDEX CONCURRENTLY over plain columns and all rows");
  }
}

void Refusals::Constraint() {
  if (hint().operation != Operation::kAddConstraint) return;
  constexpr int kNotValidOnPartitioned = 180000;
  if (hint().type == ConstraintType::kForeignKey && hint().not_valid.value_or(false) && Partitioned() &&
      context_.server().version < kNotValidOnPartitioned) {
    Add("42809",
        absl::StrCat("a foreign key of the partitioned table ", Name(), " cannot be NOT VALID before PostgreSQL 18"),
        "add it NOT VALID to each partition, validate those, then add it to the parent");
  }
}

void Refusals::Version() {
  const int version = context_.server().version;
  const auto add = [&](const char* what, const char* since) {
    Add("42601", absl::StrCat(what, " needs PostgreSQL ", since, "; this is ", context_.server().version_text));
  };
  if (hint().nulls_not_distinct.value_or(false) && version < kNullsNotDistinct) add("NULLS NOT DISTINCT", "15");
  if (hint().column && hint().column->generated == GeneratedKind::kVirtual && version < kNotNullConstraints) {
    add("a virtual generated column", "18");
  }
  if (hint().type == ConstraintType::kNotNull && hint().not_valid.value_or(false) && version < kNotNullConstraints) {
    add("a NOT NULL constraint that is NOT VALID", "18");
  }
}

void Refusals::DropColumn() {
  const std::string& name = hint().column->name;
  const auto views = table().pg.views_by_column.find(name);
  if (views != table().pg.views_by_column.end()) {
    Add("2BP01",
        absl::StrCat("column ", name, " of ", Name(), " is used by the view ", absl::StrJoin(views->second, ", ")),
        "drop or replace the view first");
  }
  for (const ReferencingKey& key : table().referenced_by) {
    if (std::find(key.referenced_columns.begin(), key.referenced_columns.end(), name) == key.referenced_columns.end()) {
      continue;
    }
    Add("2BP01",
        absl::StrCat("column ", name, " of ", Name(), " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
  }
  if (std::find(table().partition_columns.begin(), table().partition_columns.end(), name) !=
      table().partition_columns.end()) {
    Add("42P16", absl::StrCat("column ", name, " is in the partition key of ", Name()));
  }
}

void Refusals::DropTable() {
  for (const ReferencingKey& key : table().referenced_by) {
    if (key.table.schema == table().name.schema && key.table.table == table().name.table) continue;
    const TableFacts& child = context_.state.Table(key.table);
    // It may have been dropped by an earlier hint.
    if (child.requested.table == key.table.table && !child.exists()) continue;
    Add("2BP01",
        absl::StrCat("table ", Name(), " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
  }
  for (const auto& [column, views] : table().pg.views_by_column) {
    Add("2BP01", absl::StrCat("table ", Name(), " is used by the view ", absl::StrJoin(views, ", ")),
        "drop the view first");
    return;
  }
}

void Refusals::Drops() {
  if (hint().operation == Operation::kDropTable) return DropTable();
  if (hint().operation == Operation::kDropColumn) return DropColumn();
  const IndexFacts* index = table().FindIndex(hint().name);
  const ConstraintFacts* constraint = table().FindConstraint(hint().name);
  if (hint().operation == Operation::kDropIndex && index != nullptr && (index->primary || constraint != nullptr)) {
    Add("2BP01", absl::StrCat("index ", hint().name, " belongs to the constraint of that name"),
        "DROP CONSTRAINT instead");
  }
  if (hint().operation == Operation::kDropIndex && index != nullptr && index->unique && constraint == nullptr) {
    for (const ReferencingKey& key : table().referenced_by) {
      if (key.referenced_columns != index->columns) continue;
      Add("2BP01",
          absl::StrCat("index ", hint().name, " is needed by the foreign key ", key.name, " of ",
                       FormatTableName(key.table)),
          "drop the foreign key first");
    }
  }
  const bool change_of_type = hint().operation == Operation::kAlterColumn && hint().column->type;
  const auto views =
      change_of_type ? table().pg.views_by_column.find(hint().column->name) : table().pg.views_by_column.end();
  if (views != table().pg.views_by_column.end()) {
    Add("0A000",
        absl::StrCat("the type of column ", hint().column->name, " of ", Name(), " cannot change: the view ",
                     absl::StrJoin(views->second, ", "), " uses it"),
        "drop the view, change the type, make the view again, all in one transaction");
  }
  if (hint().operation != Operation::kDropConstraint || constraint == nullptr) return;
  if (constraint->type != ConstraintType::kUnique && constraint->type != ConstraintType::kPrimaryKey) return;
  for (const ReferencingKey& key : table().referenced_by) {
    if (key.referenced_columns != constraint->columns) continue;
    Add("2BP01",
        absl::StrCat("constraint ", hint().name, " is needed by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
  }
}

void Refusals::Columns() {
  if (!hint().column) return;
  const std::string& name = hint().column->name;
  const bool adds = hint().operation == Operation::kAddColumn || hint().operation == Operation::kDropColumn;
  if (adds && table().pg.is_partition) {
    Add("42809", absl::StrCat("table ", Name(), " is a partition: its columns are those of its parent"),
        "change the parent");
  }
  if (hint().operation != Operation::kAlterColumn) return;
  const auto& key = table().partition_columns;
  if (hint().column->type && std::find(key.begin(), key.end(), name) != key.end()) {
    Add("42P16", absl::StrCat("column ", name, " is in the partition key of ", Name()),
        "make a new partitioned table and move the rows");
  }
  if (!hint().column->nullable.value_or(false)) return;
  for (const IndexFacts& index : table().indexes) {
    if (!index.primary || std::find(index.columns.begin(), index.columns.end(), name) == index.columns.end()) continue;
    Add("42P16", absl::StrCat("column ", name, " of ", Name(), " is in the primary key"), "drop the primary key first");
  }
}

}  // namespace

void PgRefused(const HintContext& context, std::vector<Finding>* findings) {
  if (!context.table.exists()) return;
  Refusals refusals(context, findings);
  refusals.View();
  if (!findings->empty()) return;
  refusals.Index();
  refusals.Version();
  if (IsDrifted(context)) return;
  refusals.Uniqueness();
  refusals.Constraint();
  refusals.Drops();
  refusals.Columns();
}

}  // namespace dba::agent::hints
