// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/pg_type_change.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dba::agent::hints {
namespace {

using Kind = PgTypeChange::Kind;

struct Type {
  std::string base;
  std::vector<int> modifiers;
  std::string rest;  // "[]" of an array
};

Type Parse(absl::string_view text) {
  std::string lower = absl::AsciiStrToLower(text);
  Type type;
  const size_t open = lower.find('(');
  if (open != std::string::npos) {
    const size_t close = lower.find(')', open);
    for (absl::string_view part : absl::StrSplit(lower.substr(open + 1, close - open - 1), ',')) {
      int number = 0;
      if (absl::SimpleAtoi(absl::StripAsciiWhitespace(part), &number)) type.modifiers.push_back(number);
    }
    lower.erase(open, close == std::string::npos ? std::string::npos : close - open + 1);
  }
  const size_t bracket = lower.find('[');
  if (bracket != std::string::npos) {
    type.rest = "[]";
    lower.erase(bracket);
  }
  type.base = absl::StrJoin(absl::StrSplit(lower, ' ', absl::SkipEmpty()), " ");
  static const std::map<std::string, std::string>& aliases = *new std::map<std::string, std::string>{
      {"int", "integer"},
      {"int4", "integer"},
      {"serial", "integer"},
      {"int2", "smallint"},
      {"smallserial", "smallint"},
      {"int8", "bigint"},
      {"bigserial", "bigint"},
      {"bool", "boolean"},
      {"decimal", "numeric"},
      {"dec", "numeric"},
      {"float", "double precision"},
      {"float8", "double precision"},
      {"float4", "real"},
      {"varchar", "character varying"},
      {"char varying", "character varying"},
      {"char", "character"},
      {"bpchar", "character"},
      {"timestamptz", "timestamp with time zone"},
      {"timestamp", "timestamp without time zone"},
      {"timetz", "time with time zone"},
      {"time", "time without time zone"},
      {"varbit", "bit varying"},
  };
  const auto alias = aliases.find(type.base);
  if (alias != aliases.end()) type.base = alias->second;
  if (type.base == "character" && type.modifiers.empty()) type.modifiers = {1};
  return type;
}

// 0 for no whole number.
int IntegerRank(const std::string& base) {
  if (base == "smallint") return 1;
  if (base == "integer") return 2;
  return base == "bigint" ? 3 : 0;
}

bool IsNumber(const std::string& base) {
  return IntegerRank(base) > 0 || base == "numeric" || base == "real" || base == "double precision";
}
bool IsText(const std::string& base) {
  return base == "text" || base == "character varying" || base == "character" || base == "name" || base == "citext";
}
bool IsTime(const std::string& base) { return base == "date" || absl::StartsWith(base, "timestamp"); }

std::string TooLong(absl::string_view column, int length) {
  // Blanks at the end are cut off without an error (PostgreSQL 15 manual, 8.3).
  return absl::StrCat("length(rtrim(", column, "::text, ' ')) > ", length);
}

// What int2in, int4in and int8in refuse (PostgreSQL 18 manual, 4.1.2.6 for the forms since 16).
std::string NoInteger(int rank, absl::string_view column) {
  if (rank < 1 || rank > 3) return "";
  const char* const ranges[] = {"-32768 AND 32767", "-2147483648 AND 2147483647",
                                "-9223372036854775808 AND 9223372036854775807"};
  const std::string text = absl::StrCat(column, "::text");
  return absl::StrCat("CASE WHEN ", text, " ~ '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$' THEN ", text,
                      "::numeric NOT BETWEEN ", ranges[rank - 1], " ELSE ", text,
                      " !~ '^[[:space:]]*[-+]?([0-9](_?[0-9])*|0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+)"
                      "[[:space:]]*$' END");
}

PgTypeChange TextChange(const Type& before, const Type& after, absl::string_view column) {
  const int length = after.modifiers.empty() ? 0 : after.modifiers[0];
  const bool same_base = before.base == after.base;
  const bool both_varying = before.base != "character" && after.base != "character" && before.base != "name" &&
                            after.base != "name" && before.base != "citext" && after.base != "citext";
  PgTypeChange change;
  const int old_length = before.modifiers.empty() ? 0 : before.modifiers[0];
  const bool fits = length == 0 || (old_length > 0 && old_length <= length);
  if (!fits) change.misfit = TooLong(column, length);
  // character(n) is stored with its blanks: every change of n writes the table anew.
  const bool metadata = (both_varying && fits) || (same_base && before.modifiers == after.modifiers);
  change.kind = metadata ? Kind::kMetadata : Kind::kRewrite;
  return change;
}

PgTypeChange NumberChange(const Type& before, const Type& after, absl::string_view column) {
  PgTypeChange change;
  change.kind = Kind::kRewrite;
  const int from = IntegerRank(before.base);
  const int to = IntegerRank(after.base);
  if (to == 1 && from != 1) change.misfit = absl::StrCat(column, " NOT BETWEEN -32768 AND 32767");
  if (to == 2 && from != 1 && from != 2)
    change.misfit = absl::StrCat(column, " NOT BETWEEN -2147483648 AND 2147483647");
  if (to == 3 && from == 0) {
    change.misfit = absl::StrCat(column, " NOT BETWEEN -9223372036854775808 AND 9223372036854775807");
  }
  if (after.base != "numeric" || after.modifiers.empty()) {
    if (before.base == "numeric" && after.base == "numeric") change.kind = Kind::kMetadata;
    return change;
  }
  const int scale = after.modifiers.size() > 1 ? after.modifiers[1] : 0;
  const int digits = after.modifiers[0] - scale;
  if (before.base == "numeric" && !before.modifiers.empty()) {
    const int old_scale = before.modifiers.size() > 1 ? before.modifiers[1] : 0;
    if (old_scale == scale && before.modifiers[0] <= after.modifiers[0]) {
      change.kind = Kind::kMetadata;
      return change;
    }
    if (before.modifiers[0] - old_scale <= digits) return change;
  }
  change.misfit = absl::StrCat("abs(round(", column, "::numeric, ", scale, ")) >= 1e", digits);
  return change;
}

PgTypeChange TimeChange(const Type& before, const Type& after, bool utc) {
  PgTypeChange change;
  change.kind = Kind::kRewrite;
  if (before.base == "date" || after.base == "date") return change;
  // Six digits are what is stored without a modifier.
  const int old_digits = before.modifiers.empty() ? 6 : before.modifiers[0];
  const int new_digits = after.modifiers.empty() ? 6 : after.modifiers[0];
  if (new_digits < old_digits) return change;
  // With another TimeZone the stored values change; which one the migration's session has, is its own matter.
  change.kind = before.base == after.base || utc ? Kind::kMetadata : Kind::kUnknown;
  return change;
}

}  // namespace

std::string CanonicalPgType(absl::string_view written) {
  const Type type = Parse(written);
  const std::string modifiers =
      type.modifiers.empty() ? "" : absl::StrCat("(", absl::StrJoin(type.modifiers, ","), ")");
  // format_type prints the precision of times before "with time zone".
  return absl::StrCat(type.base, modifiers, type.rest);
}

bool PgTypesCompare(absl::string_view a, absl::string_view b) {
  const Type x = Parse(a);
  const Type y = Parse(b);
  const auto group = [](const Type& type) -> int {
    if (!type.rest.empty()) return 0;
    if (IsNumber(type.base)) return 1;
    if (IsText(type.base)) return 2;
    if (IsTime(type.base)) return 3;
    if (type.base == "uuid") return 4;
    if (type.base == "boolean") return 5;
    return type.base == "bytea" ? 6 : 0;
  };
  return group(x) == 0 || group(y) == 0 || group(x) == group(y);
}

PgTypeChange ClassifyPgTypeChange(absl::string_view before_text, absl::string_view after_text, absl::string_view column,
                                  bool utc) {
  const Type before = Parse(before_text);
  const Type after = Parse(after_text);
  PgTypeChange change;
  if (before.base == after.base && before.modifiers == after.modifiers && before.rest == after.rest) {
    change.kind = Kind::kNothing;
    return change;
  }
  if (!before.rest.empty() || !after.rest.empty()) return change;
  if (IsText(before.base) && IsText(after.base)) return TextChange(before, after, column);
  if (IsNumber(before.base) && IsNumber(after.base)) return NumberChange(before, after, column);
  if (IsTime(before.base) && IsTime(after.base)) return TimeChange(before, after, utc);
  if (IsText(after.base)) {
    // Every type can be assigned to text through its output; the result is a new value.
    change.kind = Kind::kRewrite;
    if (!after.modifiers.empty()) change.misfit = TooLong(column, after.modifiers[0]);
    return change;
  }
  const bool known = IsNumber(after.base) || IsTime(after.base) || after.base == "boolean" || after.base == "uuid" ||
                     after.base == "json" || after.base == "jsonb" || after.base == "bytea" || after.base == "inet" ||
                     after.base == "interval";
  if (before.base == "json" && after.base == "jsonb") {
    change.kind = Kind::kRewrite;
  } else if (before.base == "jsonb" && after.base == "json") {
    change.kind = Kind::kRewrite;
  } else if (IsText(before.base) && known) {
    change.kind = Kind::kNeedsUsing;
    change.misfit = NoInteger(IntegerRank(after.base), column);
  } else if ((IsNumber(before.base) && (IsTime(after.base) || after.base == "boolean")) ||
             (before.base == "boolean" && IsNumber(after.base)) || (IsTime(before.base) && IsNumber(after.base))) {
    change.kind = Kind::kNeedsUsing;
  }
  return change;
}

}  // namespace dba::agent::hints
