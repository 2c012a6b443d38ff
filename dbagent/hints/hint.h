// SPDX-License-Identifier: Apache-2.0
//
// One hint: what a migration says it will do to a table, in the words of DatabaseMigration.spec.hints. What is left out
// is not known, which differs from "not so": hence the optionals. Pure values.
#ifndef DBA_DBAGENT_HINTS_HINT_H_
#define DBA_DBAGENT_HINTS_HINT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/json.h"
#include "dbagent/db/identifier.h"

namespace dba::agent::hints {

enum class Operation {
  kAddColumn,
  kAlterColumn,
  kDropColumn,
  kRenameColumn,
  kCreateIndex,
  kDropIndex,
  kAddConstraint,
  kValidateConstraint,
  kDropConstraint,
  kCreateTable,
  kDropTable,
  kRenameTable,
};
enum class IndexMethod { kBTree, kHash, kGin, kGist, kBrin, kSpGist, kFullText, kSpatial };
enum class DefaultKind { kNone, kConstant, kVolatile, kIdentity, kGenerated };
enum class GeneratedKind { kStored, kVirtual };
enum class ColumnPosition { kFirst, kAfter, kLast };
enum class ConstraintType { kUnique, kCheck, kForeignKey, kPrimaryKey, kNotNull, kExclusion };
enum class Algorithm { kInstant, kNoCopy, kInplace, kCopy };
enum class LockClause { kNone, kShared, kExclusive };

struct Reference {
  TableName table;
  std::vector<std::string> columns;
};

// Of AddColumn: the new column. Of AlterColumn: only what changes; nullable = false is SET NOT NULL.
struct ColumnHint {
  std::string name;
  std::optional<std::string> type;
  std::optional<bool> nullable;
  std::optional<DefaultKind> default_kind;
  std::optional<std::string> default_expression;
  std::optional<GeneratedKind> generated;
  std::optional<bool> unique;
  std::optional<std::string> check;
  std::optional<ColumnPosition> position;
  std::optional<bool> auto_increment;
  std::optional<Reference> references;
};

struct Hint {
  Operation operation = Operation::kAddColumn;
  TableName table;
  std::string name;      // of the index or constraint; empty: not told
  std::string new_name;  // of RenameTable and RenameColumn
  std::vector<std::string> columns;
  std::vector<std::string> expressions;
  std::optional<std::string> where;
  std::optional<bool> unique;
  std::optional<bool> concurrently;
  std::optional<bool> nulls_not_distinct;
  std::optional<IndexMethod> method;
  std::optional<ColumnHint> column;
  std::optional<ConstraintType> type;
  std::optional<Reference> references;
  std::optional<std::string> check;
  std::optional<bool> not_valid;
  std::optional<bool> not_enforced;
  std::optional<std::string> using_index;
  std::optional<std::string> using_expression;
  std::optional<Algorithm> algorithm;
  std::optional<LockClause> lock;
  std::optional<bool> foreign_key_checks;
  std::optional<bool> rows_prepared;  // the migration itself makes the rows fit before this step
  std::string transaction;            // hints with the same word run in one transaction; empty: alone
};

// Reads one hint. INVALID_ARGUMENT names the field that is missing, unknown or of a wrong type, and the words allowed.
absl::StatusOr<Hint> ParseHint(const Json& json);

// The word of spec.hints, for example "AddColumn".
absl::string_view Word(Operation operation);
absl::string_view Word(ConstraintType type);
absl::string_view Word(IndexMethod method);

// Whether old rows get a value of their own by the new column: a default, an identity or a generated value.
// nullopt: the hint does not say.
std::optional<bool> HasDefault(const ColumnHint& column);

// A table as a hint names it: "table" or "schema.table", split at the first dot unless a part stands in double quotes.
// INVALID_ARGUMENT: it is empty.
absl::StatusOr<TableName> ReadTableName(absl::string_view text);

// "schema.table" or "table", with double quotes where a part holds a dot or a quote: as ParseTableName reads it.
std::string FormatTableName(const TableName& name);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_HINT_H_
