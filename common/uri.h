// SPDX-License-Identifier: Apache-2.0
//
// Connection strings for the Secrets that applications read. They carry the
// password, so all come as a Secret.
#ifndef DBA_COMMON_URI_H_
#define DBA_COMMON_URI_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/secret.h"

namespace dba {

// `text` with every byte but RFC 3986's unreserved ones (letters, digits, - . _
// ~) as %XX; safe in any part of a URI.
std::string PercentEncode(absl::string_view text);

// INVALID_ARGUMENT: a % that two hex digits do not follow. The message does not
// quote the text.
absl::StatusOr<std::string> PercentDecode(absl::string_view text);

// Who connects to what.
struct DatabaseLogin {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without brackets
  int port = 0;      // 0: left out, the client's default
  std::string dbname;
  std::string username;
  Secret password;
  std::vector<std::pair<std::string, std::string>> parameters;  // in this order after "?"; values not yet encoded
};

// postgresql://user:password@host:port/dbname?name=value
// Source: PostgreSQL 15 manual, 34.1.1.2 "Connection URIs".
Secret PostgresUri(const DatabaseLogin& login);

// mysql://user:password@host:port/dbname?name=value
// Source: MySQL 8.0 Reference Manual, 4.2.5 "Connecting to the Server Using
// URI-Like Strings or Key-Value Pairs".
Secret MysqlUri(const DatabaseLogin& login);

// jdbc:<subprotocol>://host:port/dbname?user=…&password=…&name=value, where
// `subprotocol` is postgresql, mysql or mariadb.
Secret JdbcUri(absl::string_view subprotocol, const DatabaseLogin& login);

}  // namespace dba

#endif  // DBA_COMMON_URI_H_
