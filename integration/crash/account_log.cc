// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/account_log.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace dba {
namespace {

constexpr absl::string_view kPrefix = "dba_";
constexpr size_t kDigits = 24;
// Of what is looked for: DROP USER IF EXISTS 'dba_0123456789abcdef01234567.
constexpr size_t kLongestStatement = 64;

// The account's name where `text` begins with one; empty otherwise.
absl::string_view AccountAt(absl::string_view text) {
  if (text.size() < kPrefix.size() + kDigits) return "";
  const absl::string_view name = text.substr(0, kPrefix.size() + kDigits);
  for (const char c : name.substr(kPrefix.size())) {
    if (!absl::ascii_isxdigit(c)) return "";
  }
  return name;
}

bool EndsWithAny(absl::string_view text, std::initializer_list<absl::string_view> endings) {
  for (const absl::string_view ending : endings) {
    if (absl::EndsWith(text, ending)) return true;
  }
  return false;
}

}  // namespace

EffectCount AccountLog::Of(const std::string& account) {
  MutexLock lock(&mu_);
  Refresh();
  const auto found = counts_.find(account);
  return found == counts_.end() ? EffectCount{} : found->second;
}

std::vector<std::string> AccountLog::Accounts() {
  MutexLock lock(&mu_);
  Refresh();
  std::vector<std::string> names;
  for (const auto& [name, count] : counts_) names.push_back(name);
  return names;
}

void AccountLog::Refresh() {
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset_));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  offset_ += text.size();
  const std::string joined = tail_ + text;
  Count(joined, tail_.size());
  tail_ = joined.substr(joined.size() - std::min(joined.size(), kLongestStatement));
}

void AccountLog::Count(absl::string_view text, size_t known) {
  for (size_t at = text.find(kPrefix); at != absl::string_view::npos; at = text.find(kPrefix, at + 1)) {
    const absl::string_view name = AccountAt(text.substr(at));
    if (name.empty() || at + name.size() <= known) continue;
    absl::string_view before = text.substr(0, at);
    if (!before.empty() && (before.back() == '"' || before.back() == '\'' || before.back() == '`')) {
      before.remove_suffix(1);
    }
    if (EndsWithAny(before, {"CREATE ROLE ", "CREATE USER "})) ++counts_[std::string(name)].created;
    if (EndsWithAny(before, {"DROP ROLE ", "DROP USER ", "DROP USER IF EXISTS "})) ++counts_[std::string(name)].deleted;
  }
}

}  // namespace dba
