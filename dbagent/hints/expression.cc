// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/expression.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dba::agent::hints {
namespace {

bool IsWordStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' || c < 0; }
bool IsWord(char c) { return IsWordStart(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '$'; }

// Words that open a parenthesis without being a call.
bool IsKeyword(const std::string& word) {
  static const char* const kKeywords[] = {"and",  "or",   "not",     "in",      "between",   "is",        "any",
                                          "all",  "some", "case",    "when",    "then",      "else",      "cast",
                                          "as",   "row",  "varchar", "numeric", "decimal",   "char",      "values",
                                          "like", "bit",  "varbit",  "time",    "timestamp", "character", "varying"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

// Reads the expression piece by piece; false once something stands there that is not let through.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  bool Harmless() {
    while (position_ < text_.size()) {
      if (!Step()) return false;
    }
    return depth_ == 0;
  }

 private:
  char At(size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  // Past a text or quoted name in `quote`s.
  bool SkipQuoted(char quote) {
    for (++position_; position_ < text_.size(); ++position_) {
      if (text_[position_] == '\\') return false;
      if (text_[position_] != quote) continue;
      ++position_;
      if (At(position_) != quote) return true;
    }
    return false;
  }

  bool CallFollows() const {
    size_t next = position_;
    while (absl::ascii_isspace(static_cast<unsigned char>(At(next)))) ++next;
    return At(next) == '(' || At(next) == '.';
  }

  bool Word() {
    const size_t start = position_;
    while (IsWord(At(position_))) ++position_;
    const std::string word = absl::AsciiStrToLower(text_.substr(start, position_ - start));
    if (word == "select" || word == "operator" || word == "table" || word == "with") return false;
    // E'…', U&'…' and the like, and a name in another schema.
    return At(position_) != '\'' && At(position_) != '&' && At(position_) != '.';
  }

  bool Step() {
    const char c = text_[position_];
    if (c == '\'') return SkipQuoted('\'');
    if (c == '"' || c == '`') return SkipQuoted(c) && !CallFollows();
    if (IsWordStart(c)) return Word();
    if (c == ';' || c == '$' || c == '\\' || c == '@' || c == '#' || c == '\0') return false;
    if ((c == '-' && At(position_ + 1) == '-') || (c == '/' && At(position_ + 1) == '*')) return false;
    if (c == '(') ++depth_;
    if (c == ')' && --depth_ < 0) return false;
    // 1.5 is a number; any other dot would join names.
    if (c == '.' && !absl::ascii_isdigit(static_cast<unsigned char>(At(position_ + 1)))) return false;
    ++position_;
    return true;
  }

  const absl::string_view text_;
  size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<Volatility> VolatilityOf(absl::string_view expression,
                                       const std::map<std::string, Volatility>& functions) {
  Volatility most = Volatility::kImmutable;
  for (const std::string& name : FunctionsIn(expression)) {
    if (IsKeyword(name)) continue;
    const auto found = functions.find(name);
    if (found == functions.end()) return std::nullopt;
    most = std::max(most, found->second);
  }
  return most;
}

bool IsHarmlessExpression(absl::string_view expression, const std::map<std::string, Volatility>& functions) {
  const std::optional<Volatility> volatility = VolatilityOf(expression, functions);
  return volatility && *volatility != Volatility::kVolatile && Scanner(expression).Harmless();
}

bool Mentions(absl::string_view expression, absl::string_view column) {
  for (size_t at = 0; !column.empty() && at + column.size() <= expression.size(); ++at) {
    if (!absl::EqualsIgnoreCase(expression.substr(at, column.size()), column)) continue;
    const size_t end = at + column.size();
    if ((at == 0 || !IsWord(expression[at - 1])) && (end == expression.size() || !IsWord(expression[end]))) return true;
  }
  return false;
}

bool ProvesNotNull(absl::string_view condition, absl::string_view column) {
  std::string plain = absl::StrReplaceAll(condition, {{"(", " "}, {")", " "}, {"\"", ""}, {"`", ""}});
  absl::AsciiStrToLower(&plain);
  // An OR or NOT elsewhere could undo it.
  if (absl::StrContains(plain, " or ") || absl::StrContains(plain, "case ")) return false;
  const std::string wanted = absl::AsciiStrToLower(column);
  for (absl::string_view part : absl::StrSplit(plain, " and ")) {
    const std::vector<std::string> words = absl::StrSplit(part, ' ', absl::SkipEmpty());
    if (words.size() == 4 && words[0] == wanted && words[1] == "is" && words[2] == "not" && words[3] == "null") {
      return true;
    }
  }
  return false;
}

}  // namespace dba::agent::hints
