// SPDX-License-Identifier: Apache-2.0
//
// The database is not as the migration expects it: something is missing, or already there.
#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

class Drift {
 public:
  Drift(const HintContext& context, std::vector<Finding>* findings) : context_(context), findings_(findings) {}

  void Add(std::string message, std::vector<std::string> columns = {}) {
    Finding finding;
    finding.message = std::move(message);
    finding.columns = std::move(columns);
    findings_->push_back(std::move(finding));
  }
  std::string Table() const { return FormatTableName(context_.hint.table); }

 private:
  const HintContext& context_;
  std::vector<Finding>* const findings_;
};

bool RelationExists(const HintContext& context, const std::string& name) {
  return context.state.facts().relations.count(absl::StrCat(context.table.name.schema, ".", name)) != 0;
}

void MissingColumns(const HintContext& context, Drift* drift) {
  std::vector<std::string> columns = context.hint.columns;
  const Operation operation = context.hint.operation;
  if (operation == Operation::kAlterColumn || operation == Operation::kDropColumn ||
      operation == Operation::kRenameColumn) {
    columns.push_back(context.hint.column->name);
  }
  for (const std::string& column : columns) {
    if (context.table.FindColumn(column) != nullptr) continue;
    drift->Add(absl::StrCat("table ", drift->Table(), " has no column ", column), {column});
  }
}

void MissingNames(const HintContext& context, Drift* drift) {
  const Hint& hint = context.hint;
  const bool indexed = context.table.FindIndex(hint.name) != nullptr;
  const bool constrained = context.table.FindConstraint(hint.name) != nullptr;
  if (hint.operation == Operation::kDropIndex && !indexed && !RelationExists(context, hint.name)) {
    drift->Add(absl::StrCat("table ", drift->Table(), " has no index ", hint.name));
  }
  if (hint.operation == Operation::kValidateConstraint && !constrained) {
    drift->Add(absl::StrCat("table ", drift->Table(), " has no constraint ", hint.name));
  }
  if (hint.operation == Operation::kDropConstraint && !constrained && !(indexed && !context.postgres())) {
    drift->Add(absl::StrCat("table ", drift->Table(), " has no constraint ", hint.name));
  }
  if (hint.using_index && context.table.FindIndex(*hint.using_index) == nullptr) {
    drift->Add(absl::StrCat("table ", drift->Table(), " has no index ", *hint.using_index));
  }
}

void ExistingIndex(const HintContext& context, Drift* drift) {
  const std::string& name = context.hint.name;
  if (name.empty()) return;
  const IndexFacts* index = context.table.FindIndex(name);
  if (index != nullptr && !index->valid) {
    drift->Add(absl::StrCat("table ", drift->Table(), " already has an index ", name,
                            ", left INVALID by a build that failed: DROP INDEX CONCURRENTLY it first"));
  } else if (index != nullptr) {
    drift->Add(absl::StrCat("table ", drift->Table(), " already has an index ", name));
  } else if (context.postgres() && RelationExists(context, name)) {
    drift->Add(absl::StrCat("there is already a relation ", name, " in schema ", context.table.name.schema));
  }
}

}  // namespace

void DriftMissing(const HintContext& context, std::vector<Finding>* findings) {
  Drift drift(context, findings);
  const Hint& hint = context.hint;
  for (const std::optional<Reference>& reference :
       {hint.references, hint.column ? hint.column->references : std::nullopt}) {
    if (!reference || context.state.Table(reference->table).exists()) continue;
    drift.Add(absl::StrCat("the referenced table ", FormatTableName(reference->table), " does not exist"));
  }
  if (hint.operation == Operation::kCreateTable) return;
  if (!context.table.exists()) {
    drift.Add(absl::StrCat("table ", drift.Table(), " does not exist"));
    return;
  }
  // The columns of a table that this migration makes are not told.
  if (context.table.created_here) return;
  MissingColumns(context, &drift);
  MissingNames(context, &drift);
}

void DriftExists(const HintContext& context, std::vector<Finding>* findings) {
  Drift drift(context, findings);
  const Hint& hint = context.hint;
  if (!context.table.exists()) return;
  switch (hint.operation) {
    case Operation::kCreateTable:
      drift.Add(absl::StrCat("table ", drift.Table(), " already exists"));
      return;
    case Operation::kAddColumn:
      if (context.table.FindColumn(hint.column->name) != nullptr) {
        drift.Add(absl::StrCat("table ", drift.Table(), " already has a column ", hint.column->name),
                  {hint.column->name});
      }
      return;
    case Operation::kRenameColumn:
      if (context.table.FindColumn(hint.new_name) != nullptr) {
        drift.Add(absl::StrCat("table ", drift.Table(), " already has a column ", hint.new_name), {hint.new_name});
      }
      return;
    case Operation::kRenameTable:
      if (context.state.Table({hint.table.schema, hint.new_name}).exists()) {
        drift.Add(absl::StrCat("table ", hint.new_name, " already exists"));
      }
      return;
    case Operation::kCreateIndex:
      return ExistingIndex(context, &drift);
    case Operation::kAddConstraint:
      if (!hint.name.empty() && context.table.FindConstraint(hint.name) != nullptr) {
        drift.Add(absl::StrCat("table ", drift.Table(), " already has a constraint ", hint.name));
      } else if ((hint.type == ConstraintType::kUnique || hint.type == ConstraintType::kPrimaryKey) &&
                 !hint.using_index && context.postgres()) {
        ExistingIndex(context, &drift);
      }
      return;
    default:
      return;
  }
}

}  // namespace dba::agent::hints
