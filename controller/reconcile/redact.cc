// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/redact.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace dba {
namespace {

constexpr absl::string_view kMask = "***";
// Shorter ones would mask ordinary words, and no password of ours is so short.
constexpr size_t kShortestSecret = 6;

// In "a://user:password@host" a password that was not percent-encoded may
// itself hold '@' or '/': everything up to the last '@' of the word is masked.
std::string MaskUris(absl::string_view text) {
  std::string result;
  for (size_t at = text.find("://"); at != absl::string_view::npos; at = text.find("://")) {
    const size_t begin = at + 3;
    const size_t word = text.find_first_of(" \t\r\n\"'`<>", begin);
    const absl::string_view authority = text.substr(begin, word == absl::string_view::npos ? word : word - begin);
    const size_t user_info = authority.rfind('@');
    const size_t colon = authority.find(':');
    absl::StrAppend(&result, text.substr(0, begin));
    if (user_info != absl::string_view::npos && colon < user_info) {
      absl::StrAppend(&result, authority.substr(0, colon + 1), kMask);
      text.remove_prefix(begin + user_info);
    } else {
      text.remove_prefix(begin);
    }
  }
  return absl::StrCat(result, text);
}

void CutAtCharacter(std::string& text, size_t max_bytes) {
  if (text.size() <= max_bytes) return;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  absl::StrAppend(&text, "…");
}

}  // namespace

std::string Redact(absl::string_view text, const std::vector<Secret>& secrets, size_t max_bytes) {
  std::string result(text);
  for (const Secret& secret : secrets) {
    if (secret.Reveal().size() < kShortestSecret) continue;
    result = absl::StrReplaceAll(result, {{secret.Reveal(), kMask}});
  }
  result = MaskUris(result);
  for (char& c : result) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  CutAtCharacter(result, max_bytes);
  return result;
}

}  // namespace dba
