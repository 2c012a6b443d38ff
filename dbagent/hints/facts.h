// SPDX-License-Identifier: Apache-2.0
//
// Everything that the hints of one migration are judged on, and what must be gathered for it. Plain values.
#ifndef DBA_DBAGENT_HINTS_FACTS_H_
#define DBA_DBAGENT_HINTS_FACTS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dbagent/db/types.h"
#include "dbagent/hints/fact.h"
#include "dbagent/hints/table_facts.h"

namespace dba::agent::hints {

struct ServerFacts {
  Engine engine = Engine::kPostgresql;
  // PostgreSQL: server_version_num, 150010. MySQL and MariaDB: major * 10000 + minor * 100 + patch, 101106.
  int version = 0;
  std::string version_text;
  std::map<std::string, std::string> settings;  // those that rules look at, by name; absent: not readable
  bool standby = false;

  bool mariadb() const { return engine == Engine::kMariadb; }
  // A setting's value, or `fallback`.
  std::string Setting(absl::string_view name, absl::string_view fallback) const;
};

// A function that a default calls.
enum class Volatility { kImmutable, kStable, kVolatile };

// A type that a hint names.
struct TypeFacts {
  std::string canonical;     // as the server prints it, without the modifier
  bool constrained = false;  // a domain with a constraint
  char kind = 'b';           // PostgreSQL: pg_type.typtype
};

// A session of an account that the operator made for an earlier version.
struct OldWriter {
  std::string account;
  std::string version;
  int sessions = 0;
};

struct FactsRequest {
  std::vector<TableName> tables;       // each once
  std::vector<std::string> types;      // of columns, as written
  std::vector<std::string> functions;  // that defaults call, lower case
  std::vector<std::string> relations;  // names of indexes to look for in the tables' schemas
  std::string owner;                   // UID of the ManagedDatabase; may be empty
};

struct HintFacts {
  ServerFacts server;
  std::string default_schema;
  std::vector<TableFacts> tables;                // one for each requested
  std::map<std::string, TypeFacts> types;        // absent: the server knows no such type
  std::map<std::string, Volatility> functions;   // absent: not known
  std::map<std::string, std::string> relations;  // "schema.name" of those found: the table it is an index of, or ""
  Fact<std::vector<OldWriter>> old_writers;
  std::vector<LockHolder> old_snapshots;  // PostgreSQL: sessions that CREATE INDEX CONCURRENTLY would wait for
  absl::Time sampled_at;

  // The table that a hint means; null when it was not asked for.
  const TableFacts* Find(const TableName& requested) const;
};

// The names before an opening parenthesis, in lower case: the functions that an expression calls, and some that are
// none.
std::vector<std::string> FunctionsIn(absl::string_view expression);

// What the facts of these hints need.
FactsRequest RequestFor(const std::vector<Hint>& hints);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_FACTS_H_
