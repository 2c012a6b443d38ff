// SPDX-License-Identifier: Apache-2.0
//
// A rule: a pure function of one hint and everything known of its table, with what docs/hints.md says of it.
#ifndef DBA_DBAGENT_HINTS_RULE_H_
#define DBA_DBAGENT_HINTS_RULE_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "dbagent/hints/classify.h"
#include "dbagent/hints/facts.h"
#include "dbagent/hints/finding.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/policy.h"
#include "dbagent/hints/probe.h"
#include "dbagent/hints/schema_state.h"

namespace dba::agent::hints {

// A lock that an earlier hint of the same transaction took and that is kept until its end.
struct HeldLock {
  TableName table;  // resolved
  std::string lock;
  bool blocks_reads = false;
  size_t hint = 0;
};

struct HintContext {
  const Hint& hint;
  size_t index;              // of the hint
  const SchemaState& state;  // after the hints before this one
  const TableFacts& table;   // of the hint, in that state
  const Impact& impact;
  const Thresholds& thresholds;
  const Policy& policy;
  const Probes& probes;
  const std::vector<HeldLock>& held;
  const std::vector<Hint>& all;  // hints of the migration that could be read

  const ServerFacts& server() const { return state.server(); }
  bool postgres() const { return server().engine == Engine::kPostgresql; }
  // The table is large, or busy, by the thresholds; unknown when it depends on a fact that is not known.
  Fact<bool> Large() const;
  Fact<bool> Busy() const;
};

// Appends what the rule has to say. Message, remedy, columns, evidence and doubts are the rule's; Evaluate fills in the
// rule, hint, table, scenario, harm and the evidence that all share.
using Rule = void (*)(const HintContext& context, std::vector<Finding>* findings);

enum EngineSet : unsigned { kPg = 1, kMy = 2, kMaria = 4, kMyFamily = kMy | kMaria, kAllEngines = 7 };

struct RuleInfo {
  const char* id;
  int scenario;
  unsigned engines;
  Harm harm;
  Severity severity;
  const char* says;      // what the finding means, one sentence
  const char* evidence;  // what it is decided on
  const char* remedy;
  const char* source;  // of the claim about the engine
  Rule check;
  bool of_rows = false;  // it tells what rows of before the migration do, so not where the migration mends them first
};

// All rules in the order of docs/hints.md.
absl::Span<const RuleInfo> Catalogue();

// The rule of that id, or null.
const RuleInfo* FindRule(absl::string_view id);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_RULE_H_
