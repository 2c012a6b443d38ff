// SPDX-License-Identifier: Apache-2.0
#include "common/uri.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace dba {
namespace {

std::string Authority(const DatabaseLogin& login) {
  const bool ipv6 = login.host.find(':') != std::string::npos;
  std::string authority = ipv6 ? absl::StrCat("[", login.host, "]") : PercentEncode(login.host);
  if (login.port != 0) absl::StrAppend(&authority, ":", login.port);
  return absl::StrCat(authority, "/", PercentEncode(login.dbname));
}

void AppendParameters(const DatabaseLogin& login, char separator, std::string* uri) {
  for (const auto& [name, value] : login.parameters) {
    absl::StrAppend(uri, std::string(1, separator), PercentEncode(name), "=", PercentEncode(value));
    separator = '&';
  }
}

Secret SchemeUri(absl::string_view scheme, const DatabaseLogin& login) {
  std::string uri = absl::StrCat(scheme, "://", PercentEncode(login.username), ":",
                                 PercentEncode(login.password.Reveal()), "@", Authority(login));
  AppendParameters(login, '?', &uri);
  return Secret::Take(std::move(uri));
}

}  // namespace

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded.push_back(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::AsciiStrToUpper(absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return encoded;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]))) {
      return absl::InvalidArgumentError(
          absl::StrCat("a % at byte ", i, " is not followed by two hex digits; write % itself as %25"));
    }
    decoded += absl::HexStringToBytes(digits);
    i += 2;
  }
  return decoded;
}

Secret PostgresUri(const DatabaseLogin& login) { return SchemeUri("postgresql", login); }

Secret MysqlUri(const DatabaseLogin& login) { return SchemeUri("mysql", login); }

Secret JdbcUri(absl::string_view subprotocol, const DatabaseLogin& login) {
  std::string uri = absl::StrCat("jdbc:", subprotocol, "://", Authority(login), "?user=", PercentEncode(login.username),
                                 "&password=", PercentEncode(login.password.Reveal()));
  AppendParameters(login, '&', &uri);
  return Secret::Take(std::move(uri));
}

}  // namespace dba
