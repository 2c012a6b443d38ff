// SPDX-License-Identifier: Apache-2.0
//
// What about a server and a table decides how MySQL or MariaDB alters it. Pure.
#ifndef DBA_DBAGENT_HINTS_MYSQL_TRAITS_H_
#define DBA_DBAGENT_HINTS_MYSQL_TRAITS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "dbagent/hints/facts.h"
#include "dbagent/hints/hint.h"

namespace dba::agent::hints {

struct MysqlTraits {
  bool mariadb = false;
  int version = 0;  // as ServerFacts::version
  bool innodb = true;
  bool compressed = false;  // ROW_FORMAT=COMPRESSED
  bool redundant = false;
  bool fulltext = false;
  bool spatial = false;
  bool virtual_column = false;
  bool indexed_virtual = false;
  bool stored_column = false;
  bool partitioned = false;
  bool has_foreign_key = false;
  // ALGORITHM=COPY lets others write meanwhile. Source: MariaDB 11.2 release notes (MDEV-16329); measured on 11.8.6:
  // not where a foreign key of the table cascades, and another storage engine than InnoDB locks readers out, too.
  bool online_copy = false;
  bool no_instant = false;  // MariaDB: innodb_instant_alter_column_allowed=never
  bool strict = true;
  bool foreign_key_checks = true;
};

MysqlTraits TraitsOf(const TableFacts& table, const ServerFacts& server);

// Whether a session of the server's defaults refuses values that do not fit: sql_mode has STRICT_TRANS_TABLES or
// STRICT_ALL_TABLES.
bool StrictMode(const ServerFacts& server);

// How a column's default is computed.
enum class MysqlDefault {
  kNone,        // there is none, or NULL
  kLiteral,     // a number, a text, or CURRENT_TIMESTAMP
  kExpression,  // one value for all rows
  kPerRow,      // depends on the row, or differs each time: UUID(), another column
  kUnknown,     // the hint does not say
};
MysqlDefault DefaultOf(const ColumnHint& column, const TableFacts& table);

// Whether the expression calls one of the server's functions that have another value each time.
bool CallsRandom(absl::string_view expression);

// NOT NULL in the hint: what it leaves open counts as nullable.
bool NotNull(const ColumnHint& column);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_MYSQL_TRAITS_H_
