// SPDX-License-Identifier: Apache-2.0
//
// Values that do not fit: in strict mode the statement fails, without it they are cut; what is only rounded is so in
// both. Source: MySQL 9.7 manual 7.1.11 and 13.2.6; tried on MySQL 9.7.4, MariaDB 10.11.19 and 11.8.6.
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dbagent/db/identifier.h"
#include "dbagent/hints/mysql_traits.h"
#include "dbagent/hints/mysql_type.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

struct Misfit {
  std::string condition;    // true for a row whose value does not fit
  bool always_cut = false;  // rounded without an error
};

struct Range {
  const char* base;
  const char* least;
  const char* greatest;
  const char* greatest_unsigned;
};
constexpr Range kRanges[] = {{"tinyint", "-128", "127", "255"},
                             {"smallint", "-32768", "32767", "65535"},
                             {"mediumint", "-8388608", "8388607", "16777215"},
                             {"int", "-2147483648", "2147483647", "4294967295"},
                             {"bigint", "-9223372036854775808", "9223372036854775807", "18446744073709551615"}};

const Range* RangeOf(const std::string& base) {
  for (const Range& range : kRanges) {
    if (base == range.base) return &range;
  }
  return nullptr;
}

bool IsString(const MysqlType& type) { return type.text() && type.base != "enum" && type.base != "set"; }
bool IsNumber(const MysqlType& type) {
  return RangeOf(type.base) != nullptr || type.base == "decimal" || type.base == "double" || type.base == "float";
}

std::optional<Misfit> ToInteger(const std::string& column, const MysqlType& from, const MysqlType& to) {
  const Range& range = *RangeOf(to.base);
  const std::string outside = absl::StrCat(column, " < ", to.is_unsigned ? "0" : range.least, " OR ", column, " > ",
                                           to.is_unsigned ? range.greatest_unsigned : range.greatest);
  if (IsNumber(from)) return Misfit{outside, false};
  if (!IsString(from)) return std::nullopt;
  return Misfit{absl::StrCat(column, " NOT REGEXP '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$' OR ", outside), false};
}

std::optional<Misfit> ToDecimal(const std::string& column, const MysqlType& from, const MysqlType& to) {
  int precision = 0;
  int scale = 0;
  if (!IsNumber(from) || to.args.size() != 2 || !absl::SimpleAtoi(to.args[0], &precision) ||
      !absl::SimpleAtoi(to.args[1], &scale)) {
    return std::nullopt;
  }
  return Misfit{absl::StrCat("ABS(", column, ") >= 1", std::string(static_cast<size_t>(precision - scale), '0')),
                false};
}

// A row whose value does not fit; nullopt: nobody here can say.
std::optional<Misfit> MisfitOf(const std::string& column, const MysqlType& from, const MysqlType& to) {
  if (to.base == "enum") {
    std::vector<std::string> members;
    for (const std::string& member : to.args) members.push_back(QuoteMysqlLiteral(member));
    if (!from.text() || members.empty()) return std::nullopt;
    return Misfit{absl::StrCat(column, " NOT IN (", absl::StrJoin(members, ", "), ")"), false};
  }
  if ((to.base == "varchar" || to.base == "char") && to.length() >= 0) {
    return Misfit{absl::StrCat("CHAR_LENGTH(", column, ") > ", to.length()), false};
  }
  if (RangeOf(to.base) != nullptr) return ToInteger(column, from, to);
  if (to.base == "decimal") return ToDecimal(column, from, to);
  if (to.base == "date" && from.date()) return Misfit{absl::StrCat(column, " <> DATE(", column, ")"), true};
  if (to.base == from.base && (from.date() || from.base == "timestamp" || from.base == "time")) {
    return Misfit{absl::StrCat("MICROSECOND(", column, ") <> 0"), true};
  }
  return std::nullopt;
}

// Fractions that a smaller scale rounds away.
std::optional<Misfit> RoundedOf(const std::string& column, const MysqlType& from, const MysqlType& to) {
  if (from.base != "decimal" && from.base != "double" && from.base != "float") return std::nullopt;
  int scale = 0;
  if (to.base == "decimal" && to.args.size() == 2 && !absl::SimpleAtoi(to.args[1], &scale)) return std::nullopt;
  if (to.base != "decimal" && RangeOf(to.base) == nullptr) return std::nullopt;
  return Misfit{absl::StrCat(column, " <> ROUND(", column, ", ", scale, ")"), true};
}

void AskFor(const HintContext& context, const ColumnFacts& column, const Misfit& misfit,
            std::vector<Finding>* findings) {
  DataProbe probe;
  probe.kind = DataProbe::Kind::kTypeViolation;
  probe.table = context.table.name;
  probe.columns = {column.name};
  probe.condition = misfit.condition;
  const ProbeAnswer answer = context.probes.Ask(probe);
  if (answer.clean()) return;
  const std::string& type = *context.hint.column->type;
  Finding finding;
  if (answer.unknown()) {
    finding = UnknownFinding(absl::StrCat("it cannot be told whether all values of column ", column.name, " fit ", type,
                                          ": ", answer.reason),
                             answer.transient);
  } else {
    const bool cut = misfit.always_cut || !StrictMode(context.server());
    finding.harm = cut ? Harm::kDataLoss : Harm::kFails;
    finding.message = absl::StrCat("at least ", answer.witnesses, answer.witnesses == 1 ? " row of " : " rows of ",
                                   TableWords(context), answer.witnesses == 1 ? " has a value" : " have values",
                                   " in column ", column.name, " that ", type, cut ? " cuts silently" : " refuses");
    finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
  }
  finding.columns = {column.name};
  findings->push_back(std::move(finding));
}

}  // namespace

void MysqlTypeFit(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (hint.operation != Operation::kAlterColumn || !hint.column->type || IsDrifted(context)) return;
  const ColumnFacts& column = *context.table.FindColumn(hint.column->name);
  if (column.added_here || context.table.created_here) return;
  const MysqlType from = ParseMysqlType(column.type);
  const MysqlType to = ParseMysqlType(*hint.column->type);
  if (CompareMysqlTypes(from, to, column.character_set) != TypeChange::kCopy || !MayLoseValues(from, to)) return;
  const std::string name = QuoteMysqlIdentifier(column.name);
  const std::optional<Misfit> misfit = MisfitOf(name, from, to);
  const std::optional<Misfit> rounded = RoundedOf(name, from, to);
  if (misfit) AskFor(context, column, *misfit, findings);
  if (rounded) AskFor(context, column, *rounded, findings);
  if (misfit || rounded) return;
  Finding finding = UnknownFinding(absl::StrCat("it cannot be told whether the values of column ", column.name,
                                                " survive the change from ", column.type, " to ", *hint.column->type));
  finding.columns = {column.name};
  findings->push_back(std::move(finding));
}

// Scenario 8 without strict mode.
void MysqlNullsChanged(const HintContext& context, std::vector<Finding>* findings) {
  if (IsDrifted(context) || IsEmpty(context.table) || StrictMode(context.server())) return;
  for (const std::string& name : ColumnsMadeNotNull(context.hint)) {
    const ColumnFacts& column = *context.table.FindColumn(name);
    if (column.not_null || column.added_here) continue;
    DataProbe probe;
    probe.kind = DataProbe::Kind::kNulls;
    probe.table = context.table.name;
    probe.columns = {column.name};
    const ProbeAnswer answer = context.probes.Ask(probe);
    if (answer.clean()) continue;
    Finding finding;
    const std::string where = absl::StrCat("column ", name, " of ", TableWords(context));
    if (answer.unknown()) {
      finding = UnknownFinding(absl::StrCat("it cannot be told whether ", where, " holds NULL: ", answer.reason),
                               answer.transient);
    } else {
      finding.message = absl::StrCat("sql_mode is not strict: NULL in ", where,
                                     " silently becomes the type's implicit value, such as 0 or ''");
      finding.evidence["witnesses"] = absl::StrCat(answer.witnesses);
    }
    finding.columns = {name};
    findings->push_back(std::move(finding));
  }
}

}  // namespace dba::agent::hints
