// SPDX-License-Identifier: Apache-2.0
//
// What an engine does when it runs a hint: which lock, how much work, whom it blocks meanwhile. Pure; one file per
// engine family.
#ifndef DBA_DBAGENT_HINTS_CLASSIFY_H_
#define DBA_DBAGENT_HINTS_CLASSIFY_H_

#include <string>
#include <vector>

#include "dbagent/hints/facts.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/schema_state.h"

namespace dba::agent::hints {

enum class Work { kMetadata, kScan, kIndexBuild, kRewrite };

struct Impact {
  Work work = Work::kMetadata;
  // Of the table of the hint, for as long as the work lasts. A moment's lock around metadata is `waits_for` alone.
  bool blocks_writes = false;
  bool blocks_reads = false;
  // Locks it must first get, and behind which everybody queues who comes later.
  enum class WaitsFor { kNobody, kWriters, kEverybody, kOldSnapshots };
  WaitsFor waits_for = WaitsFor::kNobody;
  // Of kEverybody: while it waits for writers it lets readers through; it waits for readers only when it ends.
  bool writers_first = false;
  std::string lock;    // as the engine names it: "ACCESS EXCLUSIVE", "LOCK=SHARED"
  std::string reason;  // what it does meanwhile: "rewrites the table", for "… while it holds ACCESS EXCLUSIVE"
  std::string remedy;  // the way that does not block; empty: there is none
  // Another table whose writers it blocks as long: the parent of a foreign key.
  std::vector<TableName> blocks_writes_of;
  // Other tables whose open writers it waits for, with their later writers behind it.
  std::vector<TableName> waits_for_writers_of;
  // Not empty: the answer depends on something the hint or the facts leave open, and this says on what. The rest then
  // is the worst case.
  std::string unknown;
};

absl::string_view Word(Work work);

// What `hint` does in the state that the hints before it have left.
Impact Classify(const Hint& hint, const SchemaState& state);
Impact ClassifyPostgres(const Hint& hint, const SchemaState& state);
Impact ClassifyMysql(const Hint& hint, const SchemaState& state);

// How long the work keeps its locks; nullopt where the size is not known. Throughputs: docs/hints.md.
std::optional<absl::Duration> ExpectedDuration(const Impact& impact, const TableFacts& table, Engine engine);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_CLASSIFY_H_
