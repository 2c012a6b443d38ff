// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/mysql_type.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace dba::agent::hints {
namespace {

const std::map<std::string, std::string>& Synonyms() {
  static const auto& words = *new std::map<std::string, std::string>{{"integer", "int"},
                                                                     {"bool", "tinyint"},
                                                                     {"boolean", "tinyint"},
                                                                     {"dec", "decimal"},
                                                                     {"numeric", "decimal"},
                                                                     {"fixed", "decimal"},
                                                                     {"character", "char"},
                                                                     {"nvarchar", "varchar"},
                                                                     {"real", "double"},
                                                                     {"double precision", "double"},
                                                                     {"int1", "tinyint"},
                                                                     {"int2", "smallint"},
                                                                     {"int3", "mediumint"},
                                                                     {"int4", "int"},
                                                                     {"int8", "bigint"},
                                                                     {"middleint", "mediumint"},
                                                                     {"character varying", "varchar"},
                                                                     {"long varchar", "mediumtext"},
                                                                     {"float8", "double"},
                                                                     {"float4", "float"}};
  return words;
}

int Rank(const std::string& base) {
  static const char* const kIntegers[] = {"tinyint", "smallint", "mediumint", "int", "bigint"};
  for (int i = 0; i < 5; ++i) {
    if (base == kIntegers[i]) return i;
  }
  return -1;
}

int TextRank(const std::string& base) {
  static const char* const kTexts[] = {"tinytext", "text", "mediumtext", "longtext"};
  for (int i = 0; i < 4; ++i) {
    if (base == kTexts[i]) return i;
  }
  return -1;
}

bool Listed(const std::string& base) { return base == "enum" || base == "set"; }

// The parts between commas outside quotes; quotes taken off.
std::vector<std::string> Arguments(absl::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  bool quoted = false;
  bool was_quoted = false;
  const auto end = [&] {
    parts.emplace_back(was_quoted ? part : std::string(absl::StripAsciiWhitespace(part)));
    part.clear();
    was_quoted = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' && quoted && i + 1 < text.size() && text[i + 1] == '\'') {
      part += c;
      ++i;
    } else if (c == '\'') {
      quoted = !quoted;
      if (quoted) part.clear();
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      end();
    } else if (quoted || !was_quoted) {
      part += c;
    }
  }
  end();
  return parts;
}

// The word after `key` ("character set", "collate") in lower-case text.
std::string WordAfter(absl::string_view text, absl::string_view key) {
  const size_t at = text.find(key);
  if (at == absl::string_view::npos) return "";
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(text.substr(at + key.size()));
  absl::ConsumePrefix(&rest, "=");
  rest = absl::StripLeadingAsciiWhitespace(rest);
  const size_t end = rest.find_first_of(" ,()");
  return std::string(rest.substr(0, end));
}

int BytesPerCharacter(absl::string_view character_set) {
  if (character_set == "latin1" || character_set == "ascii" || character_set == "binary") return 1;
  if (character_set == "utf8" || character_set == "utf8mb3") return 3;
  if (character_set == "ucs2") return 2;
  return 4;
}

// A display width says nothing of what is stored.
bool WidthOnly(const std::string& base) { return Rank(base) >= 0; }

bool Extends(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  return to.size() >= from.size() && std::equal(from.begin(), from.end(), to.begin());
}

// Bytes that hold a member. Source: MySQL 9.7 manual 13.7, "Data Type Storage Requirements".
size_t MemberBytes(const std::string& base, size_t members) {
  if (base == "enum") return members <= 255 ? 1 : 2;
  const size_t bytes = (members + 7) / 8;
  return bytes > 4 ? 8 : bytes;
}

TypeChange CompareLengths(const MysqlType& from, const MysqlType& to, absl::string_view character_set) {
  if (from.length() < 0 || to.length() < from.length()) return TypeChange::kCopy;
  const int bytes = from.base == "varbinary" ? 1 : BytesPerCharacter(character_set);
  const bool crosses = from.length() * bytes <= 255 && to.length() * bytes > 255;
  return crosses ? TypeChange::kLongExtend : TypeChange::kExtend;
}

}  // namespace

bool MysqlType::text() const { return base == "char" || base == "varchar" || TextRank(base) >= 0 || Listed(base); }

int MysqlType::length() const {
  int number = -1;
  return !args.empty() && absl::SimpleAtoi(args[0], &number) ? number : -1;
}

MysqlType ParseMysqlType(absl::string_view text) {
  MysqlType type;
  text = absl::StripAsciiWhitespace(text);
  const size_t open = text.find('(');
  const size_t close = open == absl::string_view::npos ? open : text.rfind(')');
  std::string head = absl::AsciiStrToLower(text.substr(0, open));
  std::string tail;
  if (close != absl::string_view::npos && close > open) {
    type.args = Arguments(text.substr(open + 1, close - open - 1));
    tail = absl::AsciiStrToLower(text.substr(close + 1));
  }
  const std::string attributes = absl::StrCat(" ", head, " ", tail);
  for (const char* word : {" unsigned", " zerofill", " character set", " charset", " collate", " signed", " comment"}) {
    const size_t at = head.find(word);
    if (at != std::string::npos) head.resize(at);
  }
  type.base = std::string(absl::StripAsciiWhitespace(head));
  const auto synonym = Synonyms().find(type.base);
  if (synonym != Synonyms().end()) type.base = synonym->second;
  type.is_unsigned = absl::StrContains(attributes, " unsigned") || absl::StrContains(attributes, " zerofill");
  type.character_set = WordAfter(attributes, "character set");
  if (type.character_set.empty()) type.character_set = WordAfter(attributes, "charset");
  type.collation = WordAfter(attributes, "collate");
  if (type.base == "decimal" && type.args.empty()) type.args = {"10", "0"};
  if (type.base == "decimal" && type.args.size() == 1) type.args.emplace_back("0");
  return type;
}

TypeChange CompareMysqlTypes(const MysqlType& from, const MysqlType& to, absl::string_view character_set) {
  const std::string set = from.character_set.empty() ? std::string(character_set) : from.character_set;
  if (!to.character_set.empty() && !set.empty() && to.character_set != set) return TypeChange::kCopy;
  if (from.base != to.base || from.is_unsigned != to.is_unsigned) return TypeChange::kCopy;
  if (WidthOnly(from.base) || from.args == to.args) return TypeChange::kNone;
  if (Listed(from.base)) {
    const bool same_bytes = MemberBytes(from.base, from.args.size()) == MemberBytes(to.base, to.args.size());
    return Extends(from.args, to.args) && same_bytes ? TypeChange::kInstant : TypeChange::kCopy;
  }
  if (from.base == "varchar" || from.base == "varbinary") return CompareLengths(from, to, set);
  return TypeChange::kCopy;
}

bool MayLoseValues(const MysqlType& from, const MysqlType& to) {
  if (Listed(from.base) && from.base == to.base) {
    return std::any_of(from.args.begin(), from.args.end(), [&](const std::string& member) {
      return std::find(to.args.begin(), to.args.end(), member) == to.args.end();
    });
  }
  if (Rank(from.base) >= 0 && Rank(to.base) >= 0) {
    return Rank(to.base) < Rank(from.base) ||
           (from.is_unsigned != to.is_unsigned && !(from.is_unsigned && Rank(to.base) > Rank(from.base)));
  }
  if (TextRank(to.base) >= 0) return TextRank(from.base) > TextRank(to.base);
  if ((to.base == "varchar" || to.base == "char") && (from.base == "varchar" || from.base == "char")) {
    return to.length() < from.length();
  }
  if (from.base == "decimal" && to.base == "decimal" && from.args.size() == 2 && to.args.size() == 2) {
    int a = 0, b = 0, c = 0, d = 0;
    if (!absl::SimpleAtoi(from.args[0], &a) || !absl::SimpleAtoi(from.args[1], &b)) return true;
    if (!absl::SimpleAtoi(to.args[0], &c) || !absl::SimpleAtoi(to.args[1], &d)) return true;
    return d < b || c - d < a - b;
  }
  if (Rank(from.base) >= 0 && (to.text() || to.base == "decimal" || to.base == "double")) {
    return to.base == "decimal" || (to.length() >= 0 && to.length() < 20);
  }
  if (from.base == to.base) return to.length() < from.length();
  return true;
}

}  // namespace dba::agent::hints
