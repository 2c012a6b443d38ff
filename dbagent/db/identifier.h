// SPDX-License-Identifier: Apache-2.0
//
// Names and literals in SQL text. Pure.
#ifndef DBA_DBAGENT_DB_IDENTIFIER_H_
#define DBA_DBAGENT_DB_IDENTIFIER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dba::agent {

// OK for an account name the agent may use: [a-z0-9_], 1 to 32 characters (MySQL's limit), not starting with pg_,
// which PostgreSQL keeps for itself. INVALID_ARGUMENT otherwise.
absl::Status CheckAccountName(absl::string_view name);

// OK for text that a mark may hold: 1 to `max_bytes` printable ASCII characters. `what` names it in the error.
absl::Status CheckMarkText(absl::string_view what, absl::string_view text, size_t max_bytes);

// "name" with " doubled. The text must be valid in the connection's encoding; a NUL byte is dropped by the caller's
// checks. Source: PostgreSQL 15 manual, 4.1.1.
std::string QuotePostgresIdentifier(absl::string_view name);

// E'text' or 'text' that means the same whatever standard_conforming_strings says. Source: PostgreSQL 15, 4.1.2.
std::string QuotePostgresLiteral(absl::string_view text);

// `name` with ` doubled. Source: MariaDB 10.11 "Identifier Names"; MySQL 8.0 manual, 9.2.
std::string QuoteMysqlIdentifier(absl::string_view name);

// 'text' with ' doubled. The session must have NO_BACKSLASH_ESCAPES, which the agent's connections set.
std::string QuoteMysqlLiteral(absl::string_view text);

// `name` for GRANT … ON `name`.*, where _ and % are wildcards unless a backslash stands before them.
// Source: MariaDB 10.11 "GRANT", MySQL 8.0 manual, 13.7.1.6.
std::string QuoteMysqlGrantDatabase(absl::string_view name);

// Splits "table" or "schema.table"; a part may be in double quotes (with "" inside for one quote).
// INVALID_ARGUMENT: an empty part, an open quote, or more than two parts.
struct TableName {
  std::string schema;  // empty: the default schema
  std::string table;
};
absl::StatusOr<TableName> ParseTableName(absl::string_view text);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_IDENTIFIER_H_
