// SPDX-License-Identifier: Apache-2.0
//
// Column types of MySQL and MariaDB, and what a change from one to another costs. Pure.
#ifndef DBA_DBAGENT_HINTS_MYSQL_TYPE_H_
#define DBA_DBAGENT_HINTS_MYSQL_TYPE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dba::agent::hints {

struct MysqlType {
  std::string base;               // lower case, the server's own word: "int" for "INTEGER", "tinyint" for "bool"
  std::vector<std::string> args;  // of varchar(40), decimal(10,2); of enum and set the members, unquoted
  bool is_unsigned = false;
  std::string character_set;  // empty: not told
  std::string collation;

  bool text() const;  // char, varchar, text of any size, enum, set
  // Filled without a default where NOT NULL asks for a value; only dates and spatial types have none that strict mode
  // takes. Source: MySQL 9.7 manual 13.6, "Data Type Default Values".
  bool date() const { return base == "date" || base == "datetime"; }
  int length() const;  // the first number; -1: none
};

// An unknown word stays as it is.
MysqlType ParseMysqlType(absl::string_view text);

// What ALTER TABLE … MODIFY does with the rows of an InnoDB table when only the type changes.
enum class TypeChange {
  kNone,        // the same
  kInstant,     // an ENUM that grows at its end: the dictionary alone
  kExtend,      // a VARCHAR that grows without another length byte: no rows are written
  kLongExtend,  // a VARCHAR that grows across 255 bytes: rows are copied, but of ROW_FORMAT=REDUNDANT on MariaDB
  kCopy,        // every row is converted
};
// character_set  of the column, where `from` does not say it; empty: unknown, counted as four bytes a character
TypeChange CompareMysqlTypes(const MysqlType& from, const MysqlType& to, absl::string_view character_set);

// Whether values that fit `from` may not fit `to`, so that the change may fail or cut them.
bool MayLoseValues(const MysqlType& from, const MysqlType& to);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_MYSQL_TYPE_H_
