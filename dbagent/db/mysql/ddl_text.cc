// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/ddl_text.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace dba::agent {
namespace {

// Bytes beyond ASCII are of letters: MySQL 9.7 manual, 11.2 "Schema Object Names".
bool IsWord(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) || c == '_' || c == '$' || byte >= 0x80;
}

// The servers run what stands in /*! and /*M! comments.
bool IsComment(absl::string_view text) {
  return absl::StartsWith(text, "/*") && !absl::StartsWith(text, "/*!") && !absl::StartsWith(text, "/*M!");
}

class Words {
 public:
  explicit Words(absl::string_view text) : text_(text) {}

  // Words, names without their quotes, and "." alone; of the rest one character each.
  std::vector<std::string> Read() {
    while (at_ < text_.size()) Next();
    return std::move(words_);
  }

 private:
  void Next() {
    const char c = text_[at_];
    if (c == '\'') {
      (void)Quoted(c);
      words_.emplace_back("'");
    } else if (c == '`' || c == '"') {
      words_.push_back(Quoted(c));
    } else if (IsComment(text_.substr(at_))) {
      SkipTo("*/");
    } else if (c == '#' || absl::StartsWith(text_.substr(at_), "-- ")) {
      SkipTo("\n");
    } else if (IsWord(c)) {
      const size_t start = at_;
      while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
      words_.emplace_back(text_.substr(start, at_ - start));
    } else {
      if (!absl::ascii_isspace(static_cast<unsigned char>(c))) words_.emplace_back(1, c);
      ++at_;
    }
  }

  // A doubled quote stands for itself, and in texts a backslash takes the next character along.
  std::string Quoted(char quote) {
    std::string word;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != quote) return word;
      } else if (text_[at_] == '\\' && quote == '\'' && at_ + 1 < text_.size()) {
        ++at_;
      }
      word.push_back(text_[at_]);
    }
    return word;
  }

  void SkipTo(absl::string_view end) {
    const size_t found = text_.find(end, at_);
    at_ = found == absl::string_view::npos ? text_.size() : found + end.size();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  std::vector<std::string> words_;
};

}  // namespace

bool NamesTable(absl::string_view statement, absl::string_view database, const TableName& table) {
  const std::vector<std::string> words = Words(statement).Read();
  for (size_t i = 0; i < words.size(); ++i) {
    if (!absl::EqualsIgnoreCase(words[i], table.table)) continue;
    const bool qualified = i >= 2 && words[i - 1] == ".";
    if (absl::EqualsIgnoreCase(qualified ? absl::string_view(words[i - 2]) : database, table.schema)) return true;
  }
  return false;
}

}  // namespace dba::agent
