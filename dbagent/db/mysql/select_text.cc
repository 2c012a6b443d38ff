// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/select_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace dba::agent {
namespace {

// Takes one comment off the front; false when there is none. One without an end takes everything.
bool SkipComment(absl::string_view* sql) {
  absl::string_view end;
  if (absl::StartsWith(*sql, "#") || absl::StartsWith(*sql, "-- ") || absl::StartsWith(*sql, "--\n")) {
    end = "\n";
  } else if (absl::StartsWith(*sql, "/*")) {
    end = "*/";
  } else {
    return false;
  }
  const size_t at = sql->find(end, 2);
  *sql = at == sql->npos ? absl::string_view() : sql->substr(at + end.size());
  return true;
}

}  // namespace

absl::Status CheckIsSelect(absl::string_view sql) {
  const absl::Status bad = absl::InvalidArgumentError("the query is not one SELECT");
  if (absl::StrContains(sql, "/*!") || absl::StrContains(sql, "/*M!")) return bad;
  do {
    sql = absl::StripLeadingAsciiWhitespace(sql);
  } while (SkipComment(&sql));
  for (absl::string_view word : {"SELECT", "WITH", "VALUES"}) {
    const bool whole = sql.size() == word.size() ||
                       (sql.size() > word.size() && !absl::ascii_isalnum(sql[word.size()]) && sql[word.size()] != '_');
    if (absl::StartsWithIgnoreCase(sql, word) && whole) return absl::OkStatus();
  }
  return absl::StartsWith(sql, "(") ? absl::OkStatus() : bad;
}

}  // namespace dba::agent
