// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/hint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status_macros.h"
#include "dbagent/hints/hint_fields.h"

namespace dba::agent::hints {
namespace {

constexpr std::pair<const char*, Operation> kOperations[] = {
    {"AddColumn", Operation::kAddColumn},           {"AlterColumn", Operation::kAlterColumn},
    {"DropColumn", Operation::kDropColumn},         {"RenameColumn", Operation::kRenameColumn},
    {"CreateIndex", Operation::kCreateIndex},       {"DropIndex", Operation::kDropIndex},
    {"AddConstraint", Operation::kAddConstraint},   {"ValidateConstraint", Operation::kValidateConstraint},
    {"DropConstraint", Operation::kDropConstraint}, {"CreateTable", Operation::kCreateTable},
    {"DropTable", Operation::kDropTable},           {"RenameTable", Operation::kRenameTable},
};
constexpr std::pair<const char*, IndexMethod> kMethods[] = {
    {"BTree", IndexMethod::kBTree},       {"Hash", IndexMethod::kHash},       {"Gin", IndexMethod::kGin},
    {"Gist", IndexMethod::kGist},         {"Brin", IndexMethod::kBrin},       {"SpGist", IndexMethod::kSpGist},
    {"FullText", IndexMethod::kFullText}, {"Spatial", IndexMethod::kSpatial},
};
constexpr std::pair<const char*, DefaultKind> kDefaults[] = {
    {"None", DefaultKind::kNone},         {"Constant", DefaultKind::kConstant},   {"Volatile", DefaultKind::kVolatile},
    {"Identity", DefaultKind::kIdentity}, {"Generated", DefaultKind::kGenerated},
};
constexpr std::pair<const char*, GeneratedKind> kGenerated[] = {
    {"Stored", GeneratedKind::kStored},
    {"Virtual", GeneratedKind::kVirtual},
};
constexpr std::pair<const char*, ColumnPosition> kPositions[] = {
    {"First", ColumnPosition::kFirst},
    {"After", ColumnPosition::kAfter},
    {"Last", ColumnPosition::kLast},
};
constexpr std::pair<const char*, ConstraintType> kConstraintTypes[] = {
    {"Unique", ConstraintType::kUnique},         {"Check", ConstraintType::kCheck},
    {"ForeignKey", ConstraintType::kForeignKey}, {"PrimaryKey", ConstraintType::kPrimaryKey},
    {"NotNull", ConstraintType::kNotNull},       {"Exclusion", ConstraintType::kExclusion},
};
constexpr std::pair<const char*, Algorithm> kAlgorithms[] = {
    {"Instant", Algorithm::kInstant},
    {"NoCopy", Algorithm::kNoCopy},
    {"Inplace", Algorithm::kInplace},
    {"Copy", Algorithm::kCopy},
};
constexpr std::pair<const char*, LockClause> kLocks[] = {
    {"None", LockClause::kNone},
    {"Shared", LockClause::kShared},
    {"Exclusive", LockClause::kExclusive},
};

template <typename E, size_t n>
absl::string_view WordOf(const std::pair<const char*, E> (&words)[n], E value) {
  for (const auto& [word, candidate] : words) {
    if (candidate == value) return word;
  }
  return "";
}

absl::StatusOr<std::optional<Reference>> ReadReference(HintFields& fields) {
  DBA_ASSIGN_OR_RETURN(std::optional<HintFields> part, fields.Object("references"));
  if (!part) return std::optional<Reference>();
  Reference reference;
  DBA_ASSIGN_OR_RETURN(reference.table, part->Table("table"));
  DBA_ASSIGN_OR_RETURN(reference.columns, part->Strings("columns"));
  DBA_RETURN_IF_ERROR(part->NothingElse());
  return std::optional<Reference>(std::move(reference));
}

absl::StatusOr<ColumnHint> ReadColumn(HintFields& fields) {
  ColumnHint column;
  DBA_ASSIGN_OR_RETURN(column.name, fields.Required("name"));
  DBA_ASSIGN_OR_RETURN(column.type, fields.String("type"));
  DBA_ASSIGN_OR_RETURN(column.nullable, fields.Bool("nullable"));
  DBA_ASSIGN_OR_RETURN(column.default_kind, fields.Enum("default", kDefaults));
  DBA_ASSIGN_OR_RETURN(column.default_expression, fields.String("defaultExpression"));
  DBA_ASSIGN_OR_RETURN(column.generated, fields.Enum("generated", kGenerated));
  DBA_ASSIGN_OR_RETURN(column.unique, fields.Bool("unique"));
  DBA_ASSIGN_OR_RETURN(column.check, fields.String("check"));
  DBA_ASSIGN_OR_RETURN(column.position, fields.Enum("position", kPositions));
  DBA_ASSIGN_OR_RETURN(column.auto_increment, fields.Bool("autoIncrement"));
  DBA_ASSIGN_OR_RETURN(column.references, ReadReference(fields));
  DBA_RETURN_IF_ERROR(fields.NothingElse());
  return column;
}

absl::Status ReadIndexFields(HintFields& fields, Hint* hint) {
  DBA_ASSIGN_OR_RETURN(hint->columns, fields.Strings("columns"));
  DBA_ASSIGN_OR_RETURN(hint->expressions, fields.Strings("expressions"));
  DBA_ASSIGN_OR_RETURN(hint->where, fields.String("where"));
  DBA_ASSIGN_OR_RETURN(hint->unique, fields.Bool("unique"));
  DBA_ASSIGN_OR_RETURN(hint->concurrently, fields.Bool("concurrently"));
  DBA_ASSIGN_OR_RETURN(hint->nulls_not_distinct, fields.Bool("nullsNotDistinct"));
  DBA_ASSIGN_OR_RETURN(hint->method, fields.Enum("method", kMethods));
  return absl::OkStatus();
}

absl::Status ReadConstraintFields(HintFields& fields, Hint* hint) {
  DBA_ASSIGN_OR_RETURN(hint->type, fields.Enum("type", kConstraintTypes));
  DBA_ASSIGN_OR_RETURN(hint->references, ReadReference(fields));
  DBA_ASSIGN_OR_RETURN(hint->check, fields.String("check"));
  DBA_ASSIGN_OR_RETURN(hint->not_valid, fields.Bool("notValid"));
  DBA_ASSIGN_OR_RETURN(hint->not_enforced, fields.Bool("notEnforced"));
  DBA_ASSIGN_OR_RETURN(hint->using_index, fields.String("usingIndex"));
  DBA_ASSIGN_OR_RETURN(hint->using_expression, fields.String("using"));
  DBA_ASSIGN_OR_RETURN(hint->algorithm, fields.Enum("algorithm", kAlgorithms));
  DBA_ASSIGN_OR_RETURN(hint->lock, fields.Enum("lock", kLocks));
  DBA_ASSIGN_OR_RETURN(hint->foreign_key_checks, fields.Bool("foreignKeyChecks"));
  DBA_ASSIGN_OR_RETURN(hint->rows_prepared, fields.Bool("rowsPrepared"));
  return absl::OkStatus();
}

absl::Status CheckWhole(const Hint& hint) {
  const auto missing = [&](absl::string_view field) {
    return absl::InvalidArgumentError(absl::StrCat(Word(hint.operation), " needs ", field));
  };
  switch (hint.operation) {
    case Operation::kAddColumn:
    case Operation::kAlterColumn:
    case Operation::kDropColumn:
      return hint.column ? absl::OkStatus() : missing("column.name");
    case Operation::kRenameColumn:
      if (!hint.column) return missing("column.name, the old name");
      return hint.new_name.empty() ? missing("newName") : absl::OkStatus();
    case Operation::kRenameTable:
      return hint.new_name.empty() ? missing("newName") : absl::OkStatus();
    case Operation::kCreateIndex:
      return hint.columns.empty() && hint.expressions.empty() ? missing("columns or expressions") : absl::OkStatus();
    case Operation::kAddConstraint:
      return hint.type ? absl::OkStatus()
                       : missing("type: Unique, Check, ForeignKey, PrimaryKey, NotNull or Exclusion");
    case Operation::kDropIndex:
    case Operation::kValidateConstraint:
    case Operation::kDropConstraint:
      return hint.name.empty() ? missing("name") : absl::OkStatus();
    case Operation::kCreateTable:
    case Operation::kDropTable:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

std::string FormatPart(const std::string& part) {
  if (part.find_first_of(".\"") == std::string::npos) return part;
  return absl::StrCat("\"", absl::StrReplaceAll(part, {{"\"", "\"\""}}), "\"");
}

}  // namespace

absl::StatusOr<Hint> ParseHint(const Json& json) {
  if (!json.is_object()) return absl::InvalidArgumentError("a hint is an object with operation and table");
  HintFields fields(json, "");
  Hint hint;
  DBA_ASSIGN_OR_RETURN(const std::optional<Operation> operation, fields.Enum("operation", kOperations));
  if (!operation) return fields.Missing("operation", kOperations);
  hint.operation = *operation;
  DBA_ASSIGN_OR_RETURN(hint.table, fields.Table("table"));
  DBA_ASSIGN_OR_RETURN(const std::optional<std::string> name, fields.String("name"));
  DBA_ASSIGN_OR_RETURN(const std::optional<std::string> new_name, fields.String("newName"));
  DBA_ASSIGN_OR_RETURN(const std::optional<std::string> transaction, fields.String("transaction"));
  hint.name = name.value_or("");
  hint.new_name = new_name.value_or("");
  hint.transaction = transaction.value_or("");
  DBA_ASSIGN_OR_RETURN(std::optional<HintFields> column, fields.Object("column"));
  if (column) {
    DBA_ASSIGN_OR_RETURN(hint.column, ReadColumn(*column));
  }
  DBA_RETURN_IF_ERROR(ReadIndexFields(fields, &hint));
  DBA_RETURN_IF_ERROR(ReadConstraintFields(fields, &hint));
  DBA_RETURN_IF_ERROR(fields.NothingElse());
  DBA_RETURN_IF_ERROR(CheckWhole(hint));
  return hint;
}

absl::string_view Word(Operation operation) { return WordOf(kOperations, operation); }
absl::string_view Word(ConstraintType type) { return WordOf(kConstraintTypes, type); }
absl::string_view Word(IndexMethod method) { return WordOf(kMethods, method); }

std::optional<bool> HasDefault(const ColumnHint& column) {
  if (column.default_kind && *column.default_kind != DefaultKind::kNone) return true;
  if (column.default_expression || column.generated || column.auto_increment.value_or(false)) return true;
  if (column.type && absl::StrContains(absl::AsciiStrToLower(*column.type), "serial")) return true;
  if (column.default_kind) return false;
  return std::nullopt;
}

absl::StatusOr<TableName> ReadTableName(absl::string_view text) {
  absl::StatusOr<TableName> quoted = ParseTableName(text);
  if (quoted.ok()) return quoted;
  // Quotes within a name, or more dots: it is written as in the catalog.
  const size_t dot = text.find('.');
  if (text.empty() || text.find('\0') != absl::string_view::npos || dot == 0 || dot + 1 == text.size()) return quoted;
  if (dot == absl::string_view::npos) return TableName{"", std::string(text)};
  return TableName{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

std::string FormatTableName(const TableName& name) {
  const std::string table = FormatPart(name.table);
  return name.schema.empty() ? table : absl::StrCat(FormatPart(name.schema), ".", table);
}

}  // namespace dba::agent::hints
