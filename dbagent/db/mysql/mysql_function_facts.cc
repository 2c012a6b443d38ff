// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_function_facts.h"

#include <algorithm>
#include <iterator>

namespace dba::agent {
namespace {

constexpr absl::string_view kImmutable[] = {"abs",
                                            "ascii",
                                            "bin",
                                            "bit_count",
                                            "bit_length",
                                            "cast",
                                            "ceil",
                                            "ceiling",
                                            "char_length",
                                            "character_length",
                                            "coalesce",
                                            "concat",
                                            "concat_ws",
                                            "convert",
                                            "crc32",
                                            "date",
                                            "date_add",
                                            "date_format",
                                            "date_sub",
                                            "datediff",
                                            "day",
                                            "dayofmonth",
                                            "dayofweek",
                                            "dayofyear",
                                            "elt",
                                            "exp",
                                            "extract",
                                            "field",
                                            "find_in_set",
                                            "floor",
                                            "format",
                                            "from_days",
                                            "greatest",
                                            "hex",
                                            "hour",
                                            "if",
                                            "ifnull",
                                            "in",
                                            "inet_aton",
                                            "instr",
                                            "isnull",
                                            "json_array",
                                            "json_extract",
                                            "json_length",
                                            "json_object",
                                            "json_type",
                                            "json_unquote",
                                            "json_valid",
                                            "json_value",
                                            "last_day",
                                            "lcase",
                                            "least",
                                            "left",
                                            "length",
                                            "ln",
                                            "locate",
                                            "log",
                                            "log10",
                                            "log2",
                                            "lower",
                                            "lpad",
                                            "ltrim",
                                            "makedate",
                                            "md5",
                                            "microsecond",
                                            "mid",
                                            "minute",
                                            "mod",
                                            "month",
                                            "nullif",
                                            "octet_length",
                                            "oct",
                                            "ord",
                                            "point",
                                            "pow",
                                            "power",
                                            "quarter",
                                            "regexp_like",

                                            "replace",
                                            "reverse",
                                            "right",
                                            "round",
                                            "rpad",
                                            "rtrim",
                                            "second",
                                            "sha",
                                            "sha1",
                                            "sha2",
                                            "sign",
                                            "soundex",

                                            "sqrt",
                                            "str_to_date",
                                            "strcmp",
                                            "substr",
                                            "substring",
                                            "substring_index",
                                            "time",
                                            "time_to_sec",
                                            "timestampdiff",
                                            "to_days",
                                            "trim",
                                            "truncate",
                                            "ucase",
                                            "unhex",
                                            "upper",
                                            "values",
                                            "week",
                                            "weekday",
                                            "year"};
constexpr absl::string_view kStable[] = {"curdate",      "current_date",   "current_time", "current_timestamp",
                                         "current_user", "curtime",        "database",     "from_unixtime",
                                         "localtime",    "localtimestamp", "now",          "unix_timestamp",
                                         "user",         "utc_date",       "utc_time",     "utc_timestamp"};
constexpr absl::string_view kVolatile[] = {"rand", "random_bytes", "sys_guid", "sysdate",
                                           "uuid", "uuid_short",   "uuid_v4",  "uuid_v7"};

template <size_t n>
bool IsOneOf(absl::string_view name, const absl::string_view (&names)[n]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

std::optional<hints::Volatility> MysqlFunctionVolatility(absl::string_view name) {
  if (IsOneOf(name, kImmutable)) return hints::Volatility::kImmutable;
  if (IsOneOf(name, kStable)) return hints::Volatility::kStable;
  if (IsOneOf(name, kVolatile)) return hints::Volatility::kVolatile;
  return std::nullopt;
}

}  // namespace dba::agent
