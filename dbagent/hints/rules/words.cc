// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/rules/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dbagent/db/identifier.h"

namespace dba::agent::hints {
namespace {

std::string Grouped(int64_t number) {
  std::string digits = absl::StrCat(number);
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<size_t>(i), ",");
  return digits;
}

}  // namespace

std::string CountWords(double number) {
  if (number >= 1e9) return absl::StrFormat("%.1f billion", number / 1e9);
  if (number >= 1e7) return absl::StrFormat("%.0f million", number / 1e6);
  if (number >= 1e6) return absl::StrFormat("%.1f million", number / 1e6);
  return Grouped(static_cast<int64_t>(number));
}

std::string DurationWords(absl::Duration duration) {
  const double seconds = absl::ToDoubleSeconds(duration);
  if (seconds < 0.1) return "less than a tenth of a second";
  if (seconds < 10) return absl::StrFormat("%.1f s", seconds);
  if (seconds < 120) return absl::StrFormat("%.0f s", seconds);
  if (seconds < 7200) return absl::StrFormat("%.0f minutes", seconds / 60);
  return absl::StrFormat("%.0f hours", seconds / 3600);
}

std::string TableWords(const HintContext& context) {
  std::vector<std::string> parts;
  if (context.table.rows.known()) parts.push_back(absl::StrCat(CountWords(*context.table.rows), " rows"));
  if (context.table.writes.known() && context.table.writes->per_second >= 0.5) {
    parts.push_back(absl::StrFormat("%.0f writes a second", context.table.writes->per_second));
  }
  const std::string name = FormatTableName(context.hint.table);
  return parts.empty() ? name : absl::StrCat(name, " (", absl::StrJoin(parts, ", "), ")");
}

std::string QuoteName(const HintContext& context, const std::string& name) {
  return context.postgres() ? QuotePostgresIdentifier(name) : QuoteMysqlIdentifier(name);
}

Finding UnknownFinding(std::string message, bool transient) {
  Finding finding;
  finding.unknown = true;
  finding.transient = transient;
  finding.confidence = Confidence::kLow;
  finding.message = std::move(message);
  return finding;
}

bool IsEmpty(const TableFacts& table) {
  return table.created_here || (table.bytes.known() && table.rows.known() && *table.rows == 0 && *table.bytes == 0);
}

bool IsDrifted(const HintContext& context) {
  if (!context.table.exists()) return true;
  if (context.table.created_here) return false;
  for (const std::string& column : context.hint.columns) {
    if (context.table.FindColumn(column) == nullptr) return true;
  }
  const bool needs_column = context.hint.operation == Operation::kAlterColumn ||
                            context.hint.operation == Operation::kDropColumn ||
                            context.hint.operation == Operation::kRenameColumn;
  return needs_column && context.table.FindColumn(context.hint.column->name) == nullptr;
}

std::vector<std::string> ColumnsMadeNotNull(const Hint& hint) {
  if (hint.operation == Operation::kAlterColumn && hint.column->nullable && !*hint.column->nullable) {
    return {hint.column->name};
  }
  if (hint.operation != Operation::kAddConstraint || hint.not_valid.value_or(false)) return {};
  const bool makes = hint.type == ConstraintType::kNotNull || hint.type == ConstraintType::kPrimaryKey;
  return makes ? hint.columns : std::vector<std::string>();
}

Confidence ConfidenceOf(const TableFacts& table) {
  return table.stats_doubt.empty() ? Confidence::kHigh : Confidence::kMedium;
}

}  // namespace dba::agent::hints
