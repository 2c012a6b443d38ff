// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/dsn.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxValueBytes = 4096;

absl::Status Bad(absl::string_view what, absl::string_view remedy) {
  return absl::InvalidArgumentError(absl::StrCat("database credentials: ", what, "; ", remedy));
}

int HexDigit(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  if (!absl::ascii_isxdigit(c)) return -1;
  return absl::ascii_tolower(c) - 'a' + 10;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view part, absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Bad(absl::StrCat("the ", part, " in the uri has a % that two hex digits do not follow"),
                 "write a percent sign as %25");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

absl::StatusOr<Dialect> DialectOf(absl::string_view name) {
  if (name == "postgresql" || name == "postgres") return Dialect::kPostgres;
  if (name == "mysql" || name == "mariadb") return Dialect::kMysql;
  return Bad("the engine is not known", "use postgresql, mysql or mariadb, as key `engine` or as the uri's scheme");
}

uint16_t DefaultPort(Dialect dialect) { return dialect == Dialect::kPostgres ? 5432 : 3306; }

absl::StatusOr<uint16_t> ParsePort(absl::string_view text) {
  uint32_t port = 0;
  if (!absl::SimpleAtoi(text, &port) || port == 0 || port > 65535) {
    return Bad("the port is not a number from 1 to 65535", "correct key `port` or the uri");
  }
  return static_cast<uint16_t>(port);
}

absl::Status CheckParameters(absl::string_view query) {
  static constexpr absl::string_view kReadPast[] = {"sslmode", "ssl-mode", "connect_timeout", "application_name",
                                                    "target_session_attrs"};
  for (absl::string_view parameter : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const absl::string_view key = parameter.substr(0, parameter.find('='));
    if (std::find(std::begin(kReadPast), std::end(kReadPast), key) == std::end(kReadPast)) {
      return Bad("the uri has a parameter that the agent does not take",
                 absl::StrCat("leave only ", absl::StrCat(kReadPast[0], ", ", kReadPast[1], ", ", kReadPast[2]), ", ",
                              kReadPast[3], " or ", kReadPast[4], " after the `?`"));
    }
  }
  return absl::OkStatus();
}

// host, host:port, [v6] or [v6]:port
absl::Status ParseHostPort(absl::string_view text, Dsn* dsn) {
  absl::string_view port;
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == text.npos) return Bad("the host in the uri has a [ without a ]", "write an IPv6 address as [::1]");
    port = text.substr(end + 1);
    text = text.substr(0, end);
    if (!port.empty() && port[0] != ':') return Bad("text follows the ] of the host in the uri", "write [::1]:5432");
  } else {
    const size_t colon = text.find(':');
    port = colon == text.npos ? "" : text.substr(colon);
    text = text.substr(0, colon);
  }
  dsn->host = std::string(text);
  dsn->port = DefaultPort(dsn->dialect);
  if (port.size() > 1) {
    DBA_ASSIGN_OR_RETURN(dsn->port, ParsePort(port.substr(1)));
  }
  return absl::OkStatus();
}

bool IsHostCharacter(char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; }

absl::Status Validate(const Dsn& dsn) {
  if (dsn.host.empty() || !std::all_of(dsn.host.begin(), dsn.host.end(), IsHostCharacter)) {
    return Bad("the host is missing or is not one host name or address",
               "set key `host`, or the uri's host, to a DNS name or an IP address");
  }
  const std::string password(dsn.password.Reveal());
  const std::pair<absl::string_view, absl::string_view> fields[] = {
      {"dbname", dsn.database}, {"username", dsn.username}, {"password", password}};
  for (const auto& [key, value] : fields) {
    if (value.empty())
      return Bad(absl::StrCat("`", key, "` is missing"), absl::StrCat("add key `", key, "` or the uri"));
    if (value.size() > kMaxValueBytes || absl::StrContains(value, '\0')) {
      return Bad(absl::StrCat("`", key, "` is longer than 4096 bytes or holds a NUL byte"), "correct it");
    }
  }
  return absl::OkStatus();
}

// Parses without asking for completeness: other keys of the Secret may fill in.
absl::StatusOr<Dsn> ParseParts(absl::string_view uri) {
  const size_t scheme_end = uri.find("://");
  if (scheme_end == uri.npos) {
    return Bad("the uri has no scheme", "write postgresql://user:password@host:port/database, or mysql://…");
  }
  Dsn dsn;
  DBA_ASSIGN_OR_RETURN(dsn.dialect, DialectOf(uri.substr(0, scheme_end)));
  absl::string_view rest = uri.substr(scheme_end + 3);
  if (absl::StrContains(rest, '#')) return Bad("the uri has a #", "write it as %23");
  const size_t query = rest.find('?');
  if (query != rest.npos) {
    DBA_RETURN_IF_ERROR(CheckParameters(rest.substr(query + 1)));
    rest = rest.substr(0, query);
  }
  // The last @ ends the user part: a raw @ inside a password is common.
  const size_t at = rest.rfind('@');
  absl::string_view user = at == rest.npos ? "" : rest.substr(0, at);
  rest = at == rest.npos ? rest : rest.substr(at + 1);
  const size_t slash = rest.find('/');
  if (slash != rest.npos) {
    DBA_ASSIGN_OR_RETURN(dsn.database, PercentDecode("database", rest.substr(slash + 1)));
    rest = rest.substr(0, slash);
  }
  const size_t colon = user.find(':');
  DBA_ASSIGN_OR_RETURN(dsn.username, PercentDecode("username", user.substr(0, colon)));
  if (colon != user.npos) {
    DBA_ASSIGN_OR_RETURN(std::string password, PercentDecode("password", user.substr(colon + 1)));
    dsn.password = Secret::Take(std::move(password));
  }
  DBA_RETURN_IF_ERROR(ParseHostPort(rest, &dsn));
  return dsn;
}

std::optional<absl::string_view> Find(const std::map<std::string, std::string>& keys, const char* key) {
  const auto found = keys.find(key);
  if (found == keys.end()) return std::nullopt;
  absl::string_view value = found->second;
  if (!absl::ConsumeSuffix(&value, "\r\n")) absl::ConsumeSuffix(&value, "\n");
  return value;
}

absl::StatusOr<Dsn> DialectAndPort(const std::map<std::string, std::string>& keys) {
  Dsn dsn;
  const auto port = Find(keys, "port");
  if (port) {
    DBA_ASSIGN_OR_RETURN(dsn.port, ParsePort(*port));
  }
  const auto engine = Find(keys, "engine");
  if (engine) {
    DBA_ASSIGN_OR_RETURN(dsn.dialect, DialectOf(*engine));
  } else if (dsn.port == 3306) {
    dsn.dialect = Dialect::kMysql;
  } else if (dsn.port != 5432) {
    return Bad("nothing says which engine this is", "add key `engine` (postgresql, mysql or mariadb), or key `uri`");
  }
  if (!port) dsn.port = DefaultPort(dsn.dialect);
  return dsn;
}

}  // namespace

absl::StatusOr<Dsn> ParseDsnUri(absl::string_view uri) {
  DBA_ASSIGN_OR_RETURN(Dsn dsn, ParseParts(uri));
  DBA_RETURN_IF_ERROR(Validate(dsn));
  return dsn;
}

absl::StatusOr<Dsn> DsnFromKeys(const std::map<std::string, std::string>& keys) {
  Dsn dsn;
  if (const auto uri = Find(keys, "uri")) {
    DBA_ASSIGN_OR_RETURN(dsn, ParseParts(*uri));
  } else {
    DBA_ASSIGN_OR_RETURN(dsn, DialectAndPort(keys));
    if (const auto host = Find(keys, "host")) dsn.host = std::string(*host);
    if (const auto database = Find(keys, "dbname")) dsn.database = std::string(*database);
  }
  if (const auto username = Find(keys, "username")) dsn.username = std::string(*username);
  if (const auto password = Find(keys, "password")) dsn.password = Secret(*password);
  DBA_RETURN_IF_ERROR(Validate(dsn));
  return dsn;
}

}  // namespace dba::agent
