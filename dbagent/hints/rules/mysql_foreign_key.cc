// SPDX-License-Identifier: Apache-2.0
//
// Foreign keys that cannot be made, columns of theirs that cannot change, and whom MySQL waits for at the parent.
// Source: MySQL 9.7 manual 15.1.24.5, MariaDB 10.11 "Foreign Keys"; each tried on MySQL 9.7.4,
// MariaDB 10.11.19, 11.8.6.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/mysql_traits.h"
#include "dbagent/hints/mysql_type.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

constexpr int kUniqueParent = 80400;  // restrict_fk_on_non_standard_key
constexpr absl::Duration kLongTransaction = absl::Seconds(5);

struct Key {
  std::vector<std::string> columns;
  Reference references;
};

std::optional<Key> KeyOf(const Hint& hint) {
  if (hint.operation == Operation::kAddConstraint && hint.type == ConstraintType::kForeignKey && hint.references) {
    return Key{hint.columns, *hint.references};
  }
  if (hint.operation == Operation::kCreateTable && hint.references) return Key{{}, *hint.references};
  if (hint.operation == Operation::kAddColumn && hint.column->references) {
    return Key{{hint.column->name}, *hint.column->references};
  }
  return std::nullopt;
}

bool SameName(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

bool BeginsWith(const std::vector<std::string>& columns, const std::vector<std::string>& first, bool whole) {
  return (whole ? columns.size() == first.size() : columns.size() >= first.size()) &&
         std::equal(first.begin(), first.end(), columns.begin(), SameName);
}

// Numbers of the same size and sign, texts of the same character set and collation; of texts the length is free.
bool Comparable(const ColumnFacts& from, const ColumnFacts& to) {
  const MysqlType a = ParseMysqlType(from.type);
  const MysqlType b = ParseMysqlType(to.type);
  if (a.text() && b.text()) return from.collation.empty() || to.collation.empty() || from.collation == to.collation;
  return a.base == b.base && a.is_unsigned == b.is_unsigned;
}

void Refuse(int code, std::string message, std::string remedy, std::vector<std::string> columns,
            std::vector<Finding>* findings) {
  Finding finding;
  finding.message = std::move(message);
  finding.remedy = std::move(remedy);
  finding.columns = std::move(columns);
  finding.evidence["error"] = absl::StrCat(code);
  findings->push_back(std::move(finding));
}

bool ParentIsIndexed(const HintContext& context, const TableFacts& parent, const std::vector<std::string>& columns) {
  const bool unique = !context.server().mariadb() && context.server().version >= kUniqueParent;
  return std::any_of(parent.indexes.begin(), parent.indexes.end(), [&](const IndexFacts& index) {
    return !index.prefix && (index.unique || !unique) && BeginsWith(index.columns, columns, unique);
  });
}

// The type of column `name` changes while a foreign key uses it.
void KeyColumnChanges(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (hint.operation != Operation::kAlterColumn || !hint.column->type || IsDrifted(context)) return;
  const ColumnFacts& column = *context.table.FindColumn(hint.column->name);
  const MysqlType from = ParseMysqlType(column.type);
  const MysqlType to = ParseMysqlType(*hint.column->type);
  const TypeChange change = CompareMysqlTypes(from, to, column.character_set);
  const bool mariadb = context.server().mariadb();
  // MySQL allows another length of a text.
  if (change == TypeChange::kNone || (!mariadb && from.text() && to.text())) return;
  const auto holds = [&](const std::vector<std::string>& columns) {
    return std::any_of(columns.begin(), columns.end(), [&](const std::string& c) { return SameName(c, column.name); });
  };
  const char* remedy = "drop the foreign key, change both columns, then add it again";
  for (const ConstraintFacts& key : context.table.constraints) {
    if (key.type != ConstraintType::kForeignKey || !holds(key.columns)) continue;
    return Refuse(
        mariadb ? 1832 : 3780,
        absl::StrCat("the type of column ", column.name, " cannot change: the foreign key ", key.name, " uses it"),
        remedy, {column.name}, findings);
  }
  for (const ReferencingKey& key : context.table.referenced_by) {
    if (!holds(key.referenced_columns)) continue;
    return Refuse(mariadb ? 1833 : 3780,
                  absl::StrCat("the type of column ", column.name, " cannot change: the foreign key ", key.name, " of ",
                               FormatTableName(key.table), " refers to it"),
                  remedy, {column.name}, findings);
  }
}

}  // namespace

void MysqlForeignKey(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  const bool checks = hint.foreign_key_checks.value_or(TraitsOf(context.table, context.server()).foreign_key_checks);
  if (checks && !context.table.created_here) KeyColumnChanges(context, findings);
  const std::optional<Key> key = KeyOf(hint);
  if (!key || !checks || hint.operation == Operation::kCreateTable || IsDrifted(context)) return;
  const TableFacts& parent = context.state.Table(key->references.table);
  const std::vector<std::string>& columns = key->references.columns;
  if (!parent.exists() || parent.created_here || columns.empty()) return;
  for (const std::string& column : columns) {
    if (parent.FindColumn(column) == nullptr) return;
  }
  const std::string name = FormatTableName(key->references.table);
  const bool mariadb = context.server().mariadb();
  if (!ParentIsIndexed(context, parent, columns)) {
    return Refuse(mariadb ? 1005 : 6125,
                  absl::StrCat("the referenced columns (", absl::StrJoin(columns, ", "), ") of ", name,
                               " are not those of a unique key"),
                  absl::StrCat("add a unique index to ", name, " first"), key->columns, findings);
  }
  for (size_t i = 0; i < key->columns.size() && i < columns.size(); ++i) {
    const ColumnFacts* from = context.table.FindColumn(key->columns[i]);
    const ColumnFacts* to = parent.FindColumn(columns[i]);
    if (from == nullptr || from->added_here || Comparable(*from, *to)) continue;
    return Refuse(
        mariadb ? 1005 : 3780,
        absl::StrCat("column ", from->name, " is ", from->type, ", but ", name, ".", to->name, " is ", to->type),
        "give both columns the same type", {from->name}, findings);
  }
}

// MySQL locks the parent's definition to add the key to it: measured on 9.7.4; MariaDB does not.
void MysqlParentLock(const HintContext& context, std::vector<Finding>* findings) {
  const std::optional<Key> key = KeyOf(context.hint);
  if (!key) return;
  const TableFacts& parent = context.state.Table(key->references.table);
  if (!parent.exists() || parent.created_here || !parent.lock_holders.known()) return;
  if (parent.name.schema == context.table.name.schema && parent.name.table == context.table.name.table) return;
  for (const LockHolder& holder : *parent.lock_holders) {
    if (holder.age < kLongTransaction && !holder.strong) continue;
    Finding finding;
    finding.transient = true;
    finding.table = FormatTableName(key->references.table);
    finding.message = absl::StrCat(Word(context.hint.operation), " will wait for session ", holder.session, " (",
                                   holder.kind, ", open for ", DurationWords(holder.age), ") at the parent ",
                                   finding.table, ", and all readers and writers of it behind it");
    finding.evidence["session"] = holder.session;
    findings->push_back(std::move(finding));
    return;
  }
}

}  // namespace dba::agent::hints
