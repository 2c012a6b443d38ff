// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "dbagent/hints/evaluate.h"

namespace dba::agent::hints {
namespace {

Applied YesIf(bool condition) { return condition ? Applied::kYes : Applied::kNo; }

bool SameColumns(const TableFacts& table, const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const std::string& x, const std::string& y) {
    return table.ignore_case ? absl::EqualsIgnoreCase(x, y) : x == y;
  });
}

Applied IndexApplied(const Hint& hint, const TableFacts& table) {
  if (!hint.name.empty()) {
    const IndexFacts* index = table.FindIndex(hint.name);
    return YesIf(index != nullptr && index->valid);
  }
  if (!hint.expressions.empty() || hint.where) return Applied::kUnknown;
  return YesIf(std::any_of(table.indexes.begin(), table.indexes.end(), [&](const IndexFacts& index) {
    return index.valid && index.predicate.empty() && SameColumns(table, index.columns, hint.columns) &&
           (index.unique || !hint.unique.value_or(false));
  }));
}

Applied ConstraintApplied(const Hint& hint, const TableFacts& table) {
  if (!hint.name.empty() && hint.type != ConstraintType::kNotNull) {
    return YesIf(table.FindConstraint(hint.name) != nullptr);
  }
  if (hint.columns.empty()) return Applied::kUnknown;
  if (hint.type == ConstraintType::kNotNull) {
    return YesIf(std::all_of(hint.columns.begin(), hint.columns.end(), [&](const std::string& name) {
      const ColumnFacts* column = table.FindColumn(name);
      return column != nullptr && column->not_null;
    }));
  }
  return YesIf(std::any_of(table.constraints.begin(), table.constraints.end(), [&](const ConstraintFacts& constraint) {
    return constraint.type == *hint.type && SameColumns(table, constraint.columns, hint.columns);
  }));
}

Applied AlterApplied(const ColumnHint& hint, const TableFacts& table) {
  const ColumnFacts* column = table.FindColumn(hint.name);
  if (column == nullptr) return Applied::kNo;
  if (hint.nullable && column->not_null == *hint.nullable) return Applied::kNo;
  if (hint.type && !absl::EqualsIgnoreCase(*hint.type, column->type)) return Applied::kUnknown;
  return hint.default_kind || hint.default_expression ? Applied::kUnknown : Applied::kYes;
}

}  // namespace

Applied AppliedState(const Hint& hint, const HintFacts& facts) {
  const TableFacts* found = facts.Find(hint.table);
  if (found == nullptr) return Applied::kUnknown;
  const TableFacts& table = *found;
  if (hint.operation == Operation::kDropTable) return YesIf(!table.exists());
  if (hint.operation == Operation::kRenameTable) {
    const TableFacts* target = facts.Find({hint.table.schema, hint.new_name});
    return YesIf(!table.exists() && target != nullptr && target->exists());
  }
  if (!table.exists()) return Applied::kNo;
  switch (hint.operation) {
    case Operation::kAddColumn:
      return YesIf(table.FindColumn(hint.column->name) != nullptr);
    case Operation::kAlterColumn:
      return AlterApplied(*hint.column, table);
    case Operation::kDropColumn:
      return YesIf(table.FindColumn(hint.column->name) == nullptr);
    case Operation::kRenameColumn:
      return YesIf(table.FindColumn(hint.column->name) == nullptr && table.FindColumn(hint.new_name) != nullptr);
    case Operation::kCreateIndex:
      return IndexApplied(hint, table);
    case Operation::kDropIndex:
      return YesIf(table.FindIndex(hint.name) == nullptr);
    case Operation::kAddConstraint:
      return ConstraintApplied(hint, table);
    case Operation::kValidateConstraint: {
      const ConstraintFacts* constraint = table.FindConstraint(hint.name);
      return YesIf(constraint != nullptr && constraint->validated);
    }
    case Operation::kDropConstraint:
      return YesIf(table.FindConstraint(hint.name) == nullptr && table.FindIndex(hint.name) == nullptr);
    case Operation::kCreateTable:
      return Applied::kYes;
    case Operation::kDropTable:
    case Operation::kRenameTable:
      break;
  }
  return Applied::kUnknown;
}

}  // namespace dba::agent::hints
