// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/schema_state.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dba::agent::hints {
namespace {

bool SameName(const TableFacts& table, absl::string_view a, absl::string_view b) {
  return table.ignore_case ? absl::EqualsIgnoreCase(a, b) : a == b;
}

bool Holds(const TableFacts& table, const std::vector<std::string>& columns, absl::string_view column) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const std::string& name) { return SameName(table, name, column); });
}

template <typename T, typename F>
void EraseIf(std::vector<T>* items, F condition) {
  items->erase(std::remove_if(items->begin(), items->end(), condition), items->end());
}

void MakeIndex(const Hint& hint, bool unique, bool primary, TableFacts* table) {
  IndexFacts index;
  index.name = hint.name;
  index.columns = hint.columns;
  index.columns.insert(index.columns.end(), hint.expressions.size(), "");
  index.has_expressions = !hint.expressions.empty();
  index.unique = unique;
  index.primary = primary;
  index.method = absl::AsciiStrToLower(hint.method ? Word(*hint.method) : "btree");
  index.predicate = hint.where.value_or("");
  index.nulls_not_distinct = hint.nulls_not_distinct.value_or(false);
  table->indexes.push_back(std::move(index));
}

void AddConstraintTo(const Hint& hint, TableFacts* table) {
  ConstraintFacts constraint;
  constraint.name = hint.name;
  constraint.type = *hint.type;
  constraint.columns = hint.columns;
  constraint.definition = hint.check.value_or("");
  constraint.validated = !hint.not_valid.value_or(false);
  constraint.enforced = !hint.not_enforced.value_or(false);
  if (hint.references) {
    constraint.references = hint.references->table;
    constraint.referenced_columns = hint.references->columns;
  }
  const bool primary = hint.type == ConstraintType::kPrimaryKey;
  if (constraint.validated && (primary || hint.type == ConstraintType::kNotNull)) {
    for (ColumnFacts& column : table->columns) {
      if (Holds(*table, hint.columns, column.name)) column.not_null = true;
    }
  }
  const bool unique = primary || hint.type == ConstraintType::kUnique;
  if (unique && !hint.using_index) MakeIndex(hint, true, primary, table);
  table->constraints.push_back(std::move(constraint));
}

void AddColumnTo(const ColumnHint& hint, TableFacts* table) {
  ColumnFacts column;
  column.name = hint.name;
  column.type = hint.type.value_or("");
  column.not_null = hint.nullable.has_value() && !*hint.nullable;
  column.default_expression = hint.default_expression.value_or("");
  column.identity = hint.default_kind == DefaultKind::kIdentity || hint.auto_increment.value_or(false);
  column.generated = hint.generated;
  column.added_here = !table->created_here;
  column.filled = HasDefault(hint);
  if (hint.default_kind.value_or(DefaultKind::kConstant) == DefaultKind::kConstant && !hint.generated) {
    column.filled_with = hint.default_expression.value_or("");
  }
  table->columns.push_back(std::move(column));
  if (hint.unique.value_or(false)) {
    IndexFacts index;
    index.columns = {hint.name};
    index.unique = true;
    index.method = "btree";
    table->indexes.push_back(std::move(index));
  }
}

void AlterColumnOf(const ColumnHint& hint, TableFacts* table) {
  for (ColumnFacts& column : table->columns) {
    if (!SameName(*table, column.name, hint.name)) continue;
    if (hint.type) column.type = *hint.type;
    if (hint.nullable) column.not_null = !*hint.nullable;
    if (hint.default_expression) column.default_expression = *hint.default_expression;
    if (hint.default_kind == DefaultKind::kNone) column.default_expression.clear();
  }
}

void DropColumnOf(const std::string& name, TableFacts* table) {
  EraseIf(&table->columns, [&](const ColumnFacts& c) { return SameName(*table, c.name, name); });
  EraseIf(&table->indexes, [&](const IndexFacts& i) { return Holds(*table, i.columns, name); });
  EraseIf(&table->constraints, [&](const ConstraintFacts& c) { return Holds(*table, c.columns, name); });
}

void DropConstraintOf(const std::string& name, TableFacts* table) {
  const ConstraintFacts* constraint = table->FindConstraint(name);
  // MySQL and MariaDB keep the index of a foreign key.
  const bool keeps_index = constraint != nullptr && constraint->type == ConstraintType::kForeignKey;
  EraseIf(&table->constraints, [&](const ConstraintFacts& c) { return SameName(*table, c.name, name); });
  if (keeps_index) return;
  EraseIf(&table->indexes, [&](const IndexFacts& i) { return SameName(*table, i.name, name); });
}

void ValidateConstraintOf(const std::string& name, TableFacts* table) {
  for (ConstraintFacts& constraint : table->constraints) {
    if (!SameName(*table, constraint.name, name)) continue;
    constraint.validated = true;
    if (constraint.type != ConstraintType::kNotNull) continue;
    for (ColumnFacts& column : table->columns) {
      if (Holds(*table, constraint.columns, column.name)) column.not_null = true;
    }
  }
}

}  // namespace

TableFacts* SchemaState::Find(const TableName& requested) {
  return const_cast<TableFacts*>(facts_.Find(requested));  // facts_ is this object's own and not const
}

const TableFacts& SchemaState::Table(const TableName& requested) const {
  static const TableFacts& absent = *new TableFacts;
  const TableFacts* table = facts_.Find(requested);
  return table == nullptr ? absent : *table;
}

const TypeFacts* SchemaState::Type(const std::string& written) const {
  const auto found = facts_.types.find(written);
  return found == facts_.types.end() ? nullptr : &found->second;
}

void SchemaState::ApplyToTable(const Hint& hint, TableFacts* table) {
  switch (hint.operation) {
    case Operation::kAddColumn:
      return AddColumnTo(*hint.column, table);
    case Operation::kAlterColumn:
      return AlterColumnOf(*hint.column, table);
    case Operation::kDropColumn:
      return DropColumnOf(hint.column->name, table);
    case Operation::kRenameColumn:
      for (ColumnFacts& column : table->columns) {
        if (SameName(*table, column.name, hint.column->name)) column.name = hint.new_name;
      }
      return;
    case Operation::kCreateIndex:
      return MakeIndex(hint, hint.unique.value_or(false), false, table);
    case Operation::kDropIndex:
      return EraseIf(&table->indexes, [&](const IndexFacts& i) { return SameName(*table, i.name, hint.name); });
    case Operation::kAddConstraint:
      return AddConstraintTo(hint, table);
    case Operation::kValidateConstraint:
      return ValidateConstraintOf(hint.name, table);
    case Operation::kDropConstraint:
      return DropConstraintOf(hint.name, table);
    case Operation::kCreateTable:
    case Operation::kDropTable:
    case Operation::kRenameTable:
      return;
  }
}

void SchemaState::Apply(const Hint& hint) {
  TableFacts* table = Find(hint.table);
  if (table == nullptr) return;
  TableFacts gone;
  gone.requested = table->requested;
  gone.name = table->name;
  gone.ignore_case = table->ignore_case;
  switch (hint.operation) {
    case Operation::kCreateTable: {
      if (table->exists()) return;
      gone.kind = TableKind::kTable;
      gone.rows = 0.0;
      gone.bytes = int64_t{0};
      gone.writes = WriteRate{};
      gone.lock_holders = std::vector<LockHolder>();
      gone.created_here = true;
      *table = std::move(gone);
      return;
    }
    case Operation::kDropTable:
      *table = std::move(gone);
      return;
    case Operation::kRenameTable: {
      TableFacts* target = Find({hint.table.schema, hint.new_name});
      if (target != nullptr && target != table) {
        const TableName requested = target->requested;
        const TableName name = target->name;
        *target = *table;
        target->requested = requested;
        target->name = name;
      }
      *table = std::move(gone);
      return;
    }
    default:
      if (!table->exists()) return;
      if (hint.operation == Operation::kDropIndex || hint.operation == Operation::kDropConstraint) {
        facts_.relations.erase(absl::StrCat(table->name.schema, ".", hint.name));
      }
      ApplyToTable(hint, table);
  }
}

}  // namespace dba::agent::hints
