// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/identifier.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxAccountNameBytes = 32;

bool IsAccountNameCharacter(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_'; }

}  // namespace

absl::Status CheckAccountName(absl::string_view name) {
  if (name.empty() || name.size() > kMaxAccountNameBytes ||
      !std::all_of(name.begin(), name.end(), IsAccountNameCharacter) || absl::StartsWith(name, "pg_")) {
    return absl::InvalidArgumentError(
        "the account name must be 1 to 32 characters of a-z, 0-9 and _, and must not start with pg_");
  }
  return absl::OkStatus();
}

absl::Status CheckMarkText(absl::string_view what, absl::string_view text, size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes ||
      !std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isprint(c); })) {
    return absl::InvalidArgumentError(absl::StrCat(what, " must be 1 to ", max_bytes, " printable ASCII characters"));
  }
  return absl::OkStatus();
}

std::string QuotePostgresIdentifier(absl::string_view name) {
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\"", "\"\""}}), "\"");
}

std::string QuotePostgresLiteral(absl::string_view text) {
  const bool backslash = absl::StrContains(text, '\\');
  return absl::StrCat(backslash ? " E'" : "'", absl::StrReplaceAll(text, {{"'", "''"}, {"\\", "\\\\"}}), "'");
}

std::string QuoteMysqlIdentifier(absl::string_view name) {
  return absl::StrCat("`", absl::StrReplaceAll(name, {{"`", "``"}}), "`");
}

std::string QuoteMysqlLiteral(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

std::string QuoteMysqlGrantDatabase(absl::string_view name) {
  return absl::StrCat("`", absl::StrReplaceAll(name, {{"`", "``"}, {"_", "\\_"}, {"%", "\\%"}}), "`");
}

absl::StatusOr<TableName> ParseTableName(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("table name \"", text, "\" is not of the form table or schema.table; put parts with dots in \"…\""));
  std::vector<std::string> parts(1);
  bool quoted = false;
  bool closed = false;  // the part ended with a quote: only a dot may follow
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0') return bad;
    if (quoted) {
      if (c != '"') {
        parts.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        parts.back() += text[++i];
      } else {
        quoted = false;
        closed = true;
      }
    } else if (c == '.') {
      if (parts.back().empty()) return bad;
      parts.emplace_back();
      closed = false;
    } else if (closed || (c == '"' && !parts.back().empty())) {
      return bad;
    } else if (c == '"') {
      quoted = true;
    } else {
      parts.back() += c;
    }
  }
  if (quoted || parts.size() > 2 || parts.back().empty()) return bad;
  if (parts.size() == 1) return TableName{"", parts[0]};
  return TableName{parts[0], parts[1]};
}

}  // namespace dba::agent
