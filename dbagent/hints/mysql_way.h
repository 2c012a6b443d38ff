// SPDX-License-Identifier: Apache-2.0
//
// How MySQL or MariaDB carries out an ALTER TABLE, from the cheapest way to the dearest. Pure.
#ifndef DBA_DBAGENT_HINTS_MYSQL_WAY_H_
#define DBA_DBAGENT_HINTS_MYSQL_WAY_H_

#include <string>

#include "dbagent/hints/facts.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/mysql_traits.h"

namespace dba::agent::hints {

// Compare with <: the dearest part of a change decides.
enum class MysqlWay {
  kInstant,     // ALGORITHM=INSTANT: the dictionary alone
  kInPlace,     // ALGORITHM=NOCOPY, or INPLACE without touching rows
  kIndexBuild,  // reads all rows, writes one index
  kRebuild,     // ALGORITHM=INPLACE: writes the table anew, writers go on
  kCopy,        // ALGORITHM=COPY
};

struct MysqlChange {
  MysqlWay way = MysqlWay::kInstant;
  bool blocks_writes = false;
  bool blocks_reads = false;
  std::string why;      // "it adds a CHECK constraint": why not a cheaper way
  std::string unknown;  // on what the answer depends that is not known; the rest then is the worst case
  std::vector<TableName> blocks_writes_of;

  // Takes the dearer of the two.
  void Add(const MysqlChange& other);
};

// How an InnoDB table with these traits takes a change of columns alone: one source file for columns, one for the rest.
MysqlChange AddColumnChange(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits);
MysqlChange DropColumnChange(const std::string& column, const TableFacts& table, const MysqlTraits& traits);
MysqlChange AlterColumnChange(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits);

// SET NOT NULL over `column`; nothing when it is so already.
MysqlChange NotNullChange(const std::string& column, const TableFacts& table, const MysqlTraits& traits);

// Writes the table anew, with the lock that these traits ask for.
MysqlChange RebuildChange(const MysqlTraits& traits, std::string why);
// Copies the table through the server's layer above the storage engine.
MysqlChange CopyChange(const MysqlTraits& traits, std::string why);

// The whole change, with what the storage engine and the words ALGORITHM and LOCK of the hint do to it.
MysqlChange MysqlChangeOf(const Hint& hint, const TableFacts& table, const ServerFacts& server);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_MYSQL_WAY_H_
