// SPDX-License-Identifier: Apache-2.0
//
// Scenario 9 on MySQL and MariaDB: a NOT NULL column without a default does not fail for want of a value. Old rows get
// the type's implicit one, and it is the writers who do not know the column that fail.
// Source: MySQL 9.7 manual 13.6; each type tried on MySQL 9.7.4, MariaDB 10.11.19 and 11.8.6.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/mysql_traits.h"
#include "dbagent/hints/mysql_type.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool IsRequired(const HintContext& context) {
  const Hint& hint = context.hint;
  return hint.operation == Operation::kAddColumn && context.table.exists() && !context.table.created_here &&
         NotNull(*hint.column) && !HasDefault(*hint.column).value_or(false) &&
         context.table.FindColumn(hint.column->name) == nullptr;
}

bool RefusesZeroDates(const HintContext& context) {
  const std::string mode = context.server().Setting("sql_mode", "");
  return StrictMode(context.server()) &&
         (absl::StrContains(mode, "NO_ZERO_DATE") || absl::StrContains(mode, "TRADITIONAL"));
}

bool IsSpatial(const std::string& type) {
  for (const char* word : {"point", "linestring", "polygon", "geometry", "multipoint", "multilinestring",
                           "multipolygon", "geometrycollection"}) {
    if (type == word) return true;
  }
  return false;
}

// Why the statement fails on rows that are there; empty: it does not.
std::string Refusal(const HintContext& context) {
  const ColumnHint& column = *context.hint.column;
  const MysqlType type = ParseMysqlType(column.type.value_or(""));
  if (type.date() && RefusesZeroDates(context)) {
    return "old rows would get the date 0000-00-00, which sql_mode refuses (error 1292)";
  }
  if (IsSpatial(type.base) && !context.server().mariadb()) return "a spatial type has no implicit value (error 1138)";
  if (column.unique.value_or(false) && context.table.rows.known() && *context.table.rows >= 2) {
    return "all old rows would get the same implicit value in a unique column (error 1062)";
  }
  if (column.references && context.hint.foreign_key_checks.value_or(true)) {
    return "the implicit value of old rows is no row of the parent (error 1452)";
  }
  return "";
}

std::string WritersFate(const HintContext& context, const MysqlType& type) {
  if (type.base == "json" && context.server().mariadb()) {
    return "old rows get '', which is no JSON, so that every later update of them fails (error 4025)";
  }
  if (type.base == "enum") {
    return absl::StrCat("old rows, and those of writers that do not know the column, silently get the first member");
  }
  return "old rows get the type's implicit value, and writers that do not know the column fail (error 1364)";
}

Finding About(const HintContext& context) {
  Finding finding;
  finding.columns = {context.hint.column->name};
  return finding;
}

std::string ColumnWords(const HintContext& context) {
  return absl::StrCat("the NOT NULL column ", context.hint.column->name, " of ", TableWords(context));
}

}  // namespace

void MysqlRequiredFails(const HintContext& context, std::vector<Finding>* findings) {
  if (!IsRequired(context) || !HasDefault(*context.hint.column)) return;
  const std::string refusal = Refusal(context);
  if (refusal.empty()) return;
  DataProbe probe;
  probe.kind = DataProbe::Kind::kHasRows;
  probe.table = context.table.name;
  const ProbeAnswer answer = context.probes.Ask(probe);
  if (answer.clean()) return;
  Finding finding = About(context);
  finding.message = absl::StrCat(ColumnWords(context), " has no default: ", refusal);
  if (answer.unknown()) {
    finding.unknown = true;
    finding.transient = answer.transient;
    finding.confidence = Confidence::kLow;
    finding.message =
        absl::StrCat("it cannot be told whether there are rows (", answer.reason, "); if there are: ", finding.message);
  }
  findings->push_back(std::move(finding));
}

void MysqlRequiredColumn(const HintContext& context, std::vector<Finding>* findings) {
  if (!IsRequired(context)) return;
  const MysqlType type = ParseMysqlType(context.hint.column->type.value_or(""));
  // Without strict mode a writer that leaves the column out gets the implicit value, as for any other column.
  if (!StrictMode(context.server()) && type.base != "enum") return;
  Finding finding = About(context);
  if (!HasDefault(*context.hint.column)) {
    finding.unknown = true;
    finding.confidence = Confidence::kLow;
    finding.message = absl::StrCat("the hint does not say whether ", ColumnWords(context),
                                   " has a default (column.default); without one ", WritersFate(context, type));
    findings->push_back(std::move(finding));
    return;
  }
  std::vector<Finding> fails;
  MysqlRequiredFails(context, &fails);
  if (!fails.empty()) return;
  finding.message = absl::StrCat(ColumnWords(context), " has no default: ", WritersFate(context, type));
  findings->push_back(std::move(finding));
}

}  // namespace dba::agent::hints
