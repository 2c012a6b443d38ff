// SPDX-License-Identifier: Apache-2.0
//
// What is known of one table at one moment. Plain values; gathered by the engines, changed by ApplyHint.
#ifndef DBA_DBAGENT_HINTS_TABLE_FACTS_H_
#define DBA_DBAGENT_HINTS_TABLE_FACTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dbagent/db/identifier.h"
#include "dbagent/hints/fact.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/mysql_table.h"
#include "dbagent/hints/pg_table.h"

namespace dba::agent::hints {

enum class TableKind { kAbsent, kTable, kPartitioned, kView, kOther };

struct ColumnFacts {
  std::string name;
  std::string type;  // as the server prints it: "character varying(40)", "varchar(40)", "int(11)"
  bool not_null = false;
  std::string default_expression;  // empty: none
  bool identity = false;           // identity, serial or AUTO_INCREMENT
  std::optional<GeneratedKind> generated;
  std::string character_set;   // MySQL and MariaDB
  std::string collation;       // empty: the type has none, or the type's own
  bool added_here = false;     // by an earlier hint of this migration: old rows hold its default or NULL
  std::optional<bool> filled;  // of added_here: whether it got a default then; nullopt: the hint does not say
  std::string filled_with;  // of added_here: that default's expression; empty: not told, or not one value for all rows
};

struct IndexFacts {
  std::string name;
  std::vector<std::string> columns;  // key columns in order; "" stands for an expression
  bool unique = false;
  bool primary = false;
  bool valid = true;      // PostgreSQL: indisvalid and indisready
  bool immediate = true;  // false: a deferrable constraint's
  std::string method;     // lower case: "btree", "gin", "fulltext", "spatial"
  std::string predicate;  // empty: covers all rows
  bool has_expressions = false;
  bool prefix = false;  // MySQL and MariaDB: indexes only the first characters of some column
  bool nulls_not_distinct = false;
};

struct ConstraintFacts {
  std::string name;
  ConstraintType type = ConstraintType::kCheck;
  std::vector<std::string> columns;
  std::string definition;  // as the server prints it; of a CHECK the condition alone
  bool validated = true;
  bool enforced = true;
  TableName references;  // kForeignKey
  std::vector<std::string> referenced_columns;
};

// A foreign key of another table (or of this one) that points here.
struct ReferencingKey {
  TableName table;
  std::string name;
  std::vector<std::string> columns;             // of `table`
  std::vector<std::string> referenced_columns;  // of this one
};

struct WriteRate {
  double per_second = 0;  // rows inserted, updated and deleted
  absl::Duration window;  // over which they were counted
};

// A session that keeps a lock on the table, or waits for one.
struct LockHolder {
  std::string session;  // its id for the server's own commands
  std::string user;
  std::string application;
  std::string mode;      // as the server names it
  std::string kind;      // "transaction", "idle in transaction", "prepared transaction", "autovacuum", "DDL"
  absl::Duration age;    // of its transaction
  bool writes = false;   // holds a lock that only writers take
  bool waiting = false;  // does not have the lock yet
  bool strong = false;   // the lock keeps out readers or writers: DDL
};

struct TableFacts {
  TableName requested;  // as a hint wrote it
  TableName name;       // with the schema it was found in, or would be made in
  TableKind kind = TableKind::kAbsent;
  Fact<double> rows;          // the server's estimate
  Fact<int64_t> bytes;        // table, indexes, and what is stored out of line
  Fact<int64_t> index_bytes;  // of them in indexes
  std::string rows_source;    // "pg_class.reltuples", "information_schema.TABLES", …
  std::string stats_doubt;    // why the estimate may be wrong; empty: no reason known
  std::vector<ColumnFacts> columns;
  std::vector<IndexFacts> indexes;
  std::vector<ConstraintFacts> constraints;
  std::vector<ReferencingKey> referenced_by;
  std::vector<std::string> partition_columns;
  int partitions = 0;
  std::vector<std::string> triggers;
  Fact<WriteRate> writes;
  Fact<std::vector<LockHolder>> lock_holders;  // oldest transaction first
  std::string read_denied;                     // why the agent may not read the rows; empty: it may
  bool created_here = false;                   // by an earlier hint of this migration: nobody else uses it
  PgTable pg;
  MysqlTable mysql;

  bool exists() const { return kind != TableKind::kAbsent; }
  // Names compare as the engine does: PostgreSQL exactly, MySQL and MariaDB without regard to ASCII case.
  const ColumnFacts* FindColumn(absl::string_view column) const;
  const IndexFacts* FindIndex(absl::string_view index) const;
  const ConstraintFacts* FindConstraint(absl::string_view constraint) const;
  bool ignore_case = false;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_TABLE_FACTS_H_
