// SPDX-License-Identifier: Apache-2.0
//
// A foreign key whose parent cannot be referenced, or whose rows have no parent.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/pg_type_change.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

struct Key {
  std::vector<std::string> columns;
  TableName parent;
  std::vector<std::string> parent_columns;
  bool looks_at_rows;
};

// The foreign key that the hint adds or validates.
std::optional<Key> KeyOf(const HintContext& context) {
  const Hint& hint = context.hint;
  if (hint.operation == Operation::kAddConstraint && hint.type == ConstraintType::kForeignKey && hint.references) {
    const bool looks =
        !hint.not_valid.value_or(false) && !hint.not_enforced.value_or(false) && hint.foreign_key_checks.value_or(true);
    return Key{hint.columns, hint.references->table, hint.references->columns, looks};
  }
  if (hint.operation != Operation::kValidateConstraint) return std::nullopt;
  const ConstraintFacts* constraint = context.table.FindConstraint(hint.name);
  if (constraint == nullptr || constraint->type != ConstraintType::kForeignKey || constraint->validated) {
    return std::nullopt;
  }
  return Key{constraint->columns, constraint->references, constraint->referenced_columns, true};
}

// Without columns a foreign key means the parent's primary key.
void UsePrimaryKey(const TableFacts& parent, Key* key) {
  if (!key->parent_columns.empty()) return;
  for (const IndexFacts& index : parent.indexes) {
    if (index.primary) key->parent_columns = index.columns;
  }
}

bool IsUnique(const TableFacts& parent, std::vector<std::string> columns) {
  std::sort(columns.begin(), columns.end());
  return std::any_of(parent.indexes.begin(), parent.indexes.end(), [&](const IndexFacts& index) {
    std::vector<std::string> own = index.columns;
    std::sort(own.begin(), own.end());
    return index.unique && index.valid && index.immediate && index.predicate.empty() && own == columns;
  });
}

}  // namespace

void PgForeignKeyParent(const HintContext& context, std::vector<Finding>* findings) {
  std::optional<Key> key = KeyOf(context);
  if (!key || IsDrifted(context) || context.hint.operation == Operation::kValidateConstraint) return;
  const TableFacts& parent = context.state.Table(key->parent);
  if (!parent.exists() || parent.created_here) return;
  UsePrimaryKey(parent, &*key);
  Finding finding;
  const std::string name = FormatTableName(key->parent);
  if (key->parent_columns.empty() || !IsUnique(parent, key->parent_columns)) {
    finding.message = absl::StrCat("the referenced columns (", absl::StrJoin(key->parent_columns, ", "), ") of ", name,
                                   " are not unique");
    finding.remedy = absl::StrCat("make them unique first: CREATE UNIQUE INDEX CONCURRENTLY on ", name);
    finding.evidence["sqlstate"] = "42830";
    findings->push_back(std::move(finding));
    return;
  }
  for (size_t i = 0; i < key->columns.size() && i < key->parent_columns.size(); ++i) {
    const ColumnFacts* from = context.table.FindColumn(key->columns[i]);
    const ColumnFacts* to = parent.FindColumn(key->parent_columns[i]);
    if (from == nullptr || to == nullptr || PgTypesCompare(from->type, to->type)) continue;
    finding.columns = {from->name};
    finding.message = absl::StrCat("column ", from->name, " is ", from->type, ", but ", name, ".", to->name, " is ",
                                   to->type, ": they cannot be compared");
    finding.remedy = "give both columns the same type";
    finding.evidence["sqlstate"] = "42804";
    findings->push_back(std::move(finding));
    return;
  }
}

void ForeignKeyOrphans(const HintContext& context, std::vector<Finding>* findings) {
  std::optional<Key> key = KeyOf(context);
  if (!key || !key->looks_at_rows || key->columns.empty() || IsDrifted(context) || IsEmpty(context.table)) return;
  for (const std::string& column : key->columns) {
    const ColumnFacts* facts = context.table.FindColumn(column);
    if (facts == nullptr || facts->added_here) return;
  }
  const TableFacts& parent = context.state.Table(key->parent);
  if (!parent.exists() || parent.created_here) return;
  UsePrimaryKey(parent, &*key);
  if (key->parent_columns.size() != key->columns.size()) return;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kOrphans;
  probe.table = context.table.name;
  probe.columns = key->columns;
  probe.parent = parent.name;
  probe.parent_columns = key->parent_columns;
  const ProbeAnswer answer = context.probes.Ask(probe);
  if (answer.clean()) return;
  const std::string where =
      absl::StrCat(FormatTableName(context.hint.table), " (", absl::StrJoin(key->columns, ", "), ")");
  Finding finding;
  if (answer.unknown()) {
    finding = UnknownFinding(absl::StrCat("it cannot be told whether every row of ", where, " has its parent in ",
                                          FormatTableName(key->parent), ": ", answer.reason),
                             answer.transient);
  } else {
    finding.message =
        absl::StrCat("at least ", answer.witnesses, answer.witnesses == 1 ? " row of " : " rows of ", where,
                     answer.witnesses == 1 ? " has" : " have", " no parent in ", FormatTableName(key->parent));
    finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
  }
  finding.columns = key->columns;
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
