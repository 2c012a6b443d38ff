// SPDX-License-Identifier: Apache-2.0
//
// What MySQL or MariaDB refuse because something else needs it.
// Source: MySQL 9.7 manual 15.1.11 and 17.12, MariaDB 10.11 "ALTER TABLE"; each tried on MySQL 9.7.4, MariaDB 10.11.19
// and 11.8.6.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/mysql_refusal.h"

namespace dba::agent::hints {
namespace {

// Both servers put names in conditions into backquotes.
bool NamesInBackquotes(const std::string& definition, const std::string& column) {
  return absl::StrContains(absl::AsciiStrToLower(definition), absl::StrCat("`", absl::AsciiStrToLower(column), "`"));
}

bool BeginsWith(const std::vector<std::string>& columns, const std::vector<std::string>& first) {
  return columns.size() >= first.size() && std::equal(first.begin(), first.end(), columns.begin(), SameMysqlName);
}

class Needs {
 public:
  Needs(const HintContext& context, std::vector<Finding>* findings) : context_(context), findings_(findings) {}

  void DropIndex();
  void DropConstraint();
  void DropColumn();
  void RenameColumn();
  void DropTable();

 private:
  const Hint& hint() const { return context_.hint; }
  const TableFacts& table() const { return context_.table; }
  bool mariadb() const { return context_.server().mariadb(); }
  void Add(int code, std::string message, std::string remedy = "") {
    findings_->push_back(MysqlRefusal(code, std::move(message), std::move(remedy)));
  }
  bool HasOtherIndex(const std::string& index, const std::vector<std::string>& columns) const;

  const HintContext& context_;
  std::vector<Finding>* const findings_;
};

bool Needs::HasOtherIndex(const std::string& index, const std::vector<std::string>& columns) const {
  return std::any_of(table().indexes.begin(), table().indexes.end(), [&](const IndexFacts& other) {
    return !SameMysqlName(other.name, index) && BeginsWith(other.columns, columns);
  });
}

void Needs::DropIndex() {
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
void Needs::DropConstraint() {
  const ConstraintFacts* constraint = table().FindConstraint(hint().name);
  const bool foreign_key = hint().type ? hint().type == ConstraintType::kForeignKey
                                       : constraint != nullptr && constraint->type == ConstraintType::kForeignKey;
  if (!foreign_key) DropIndex();
}

void Needs::DropColumn() {
  const std::string& name = hint().column->name;
  for (const ConstraintFacts& constraint : table().constraints) {
    if (constraint.type == ConstraintType::kForeignKey && HoldsMysqlName(constraint.columns, name)) {
      Add(mariadb() ? 1553 : 1828, absl::StrCat("column ", name, " is needed by the foreign key ", constraint.name),
          "drop the foreign key first");
    }
    if (constraint.type != ConstraintType::kCheck || !NamesInBackquotes(constraint.definition, name)) continue;
    const bool others = std::any_of(table().columns.begin(), table().columns.end(), [&](const ColumnFacts& column) {
      return !SameMysqlName(column.name, name) && NamesInBackquotes(constraint.definition, column.name);
    });
    if (!others) continue;
    Add(mariadb() ? 1054 : 3959, absl::StrCat("column ", name, " is used by the CHECK constraint ", constraint.name),
        "drop the constraint first");
  }
  for (const ReferencingKey& key : table().referenced_by) {
    if (!HoldsMysqlName(key.referenced_columns, name)) continue;
    Add(mariadb() ? 1553 : 1829,
        absl::StrCat("column ", name, " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
  }
  for (const ColumnFacts& column : table().columns) {
    if (!column.generated || !NamesInBackquotes(column.default_expression, name) || SameMysqlName(column.name, name))
      continue;
    Add(mariadb() ? 1054 : 3108, absl::StrCat("column ", name, " is used by the generated column ", column.name),
        "drop that column first");
  }
}

// MariaDB changes what uses the column along with it.
void Needs::RenameColumn() {
  if (mariadb()) return;
  const std::string& name = hint().column->name;
  for (const ConstraintFacts& constraint : table().constraints) {
    if (constraint.type != ConstraintType::kCheck || !NamesInBackquotes(constraint.definition, name)) continue;
    Add(3959, absl::StrCat("column ", name, " is used by the CHECK constraint ", constraint.name),
        "drop the constraint first and add it again after");
  }
  for (const ColumnFacts& column : table().columns) {
    if (!column.generated || !NamesInBackquotes(column.default_expression, name)) continue;
    Add(3108, absl::StrCat("column ", name, " is used by the generated column ", column.name));
  }
}

void Needs::DropTable() {
  if (!hint().foreign_key_checks.value_or(true)) return;
  for (const ReferencingKey& key : table().referenced_by) {
    if (SameMysqlName(key.table.table, table().name.table)) continue;
    const TableFacts& child = context_.state.Table(key.table);
    if (child.requested.table == key.table.table && !child.exists()) continue;
    Add(mariadb() ? 1451 : 3730,
        absl::StrCat("table ", FormatTableName(hint().table), " is referenced by the foreign key ", key.name, " of ",
                     FormatTableName(key.table)),
        "drop the foreign key first");
    return;
  }
}

}  // namespace

void MysqlNeeded(const HintContext& context, std::vector<Finding>* findings) {
  Needs needs(context, findings);
  switch (context.hint.operation) {
    case Operation::kDropIndex:
      return needs.DropIndex();
    case Operation::kDropConstraint:
      return needs.DropConstraint();
    case Operation::kDropColumn:
      return needs.DropColumn();
    case Operation::kRenameColumn:
      return needs.RenameColumn();
    case Operation::kDropTable:
      return needs.DropTable();
    default:
      return;
  }
}

}  // namespace dba::agent::hints
