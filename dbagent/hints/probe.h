// SPDX-License-Identifier: Apache-2.0
//
// Questions that only the rows can answer, and their three-valued answers. Plain values; engines run them bounded in
// time and read-only, and never return a value of a row.
#ifndef DBA_DBAGENT_HINTS_PROBE_H_
#define DBA_DBAGENT_HINTS_PROBE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dbagent/db/identifier.h"

namespace dba::agent::hints {

struct DataProbe {
  enum class Kind {
    kHasRows,        // Violated: the table holds a row
    kNulls,          // Violated: a row has NULL in one of `columns`
    kDuplicates,     // Violated: two rows are equal in `columns` and `expressions`
    kCheck,          // Violated: a row for which `condition` is false
    kOrphans,        // Violated: a row whose `columns` are no row of `parent`
    kTypeViolation,  // Violated: a row whose columns[0] does not fit `condition`, the new type
  };
  Kind kind = Kind::kHasRows;
  TableName table;
  std::vector<std::string> columns;
  std::vector<std::string> expressions;  // SQL of the hint; run only where it cannot change anything
  std::string condition;                 // kCheck: SQL; kDuplicates: the predicate of a partial index
  bool nulls_not_distinct = false;
  TableName parent;
  std::vector<std::string> parent_columns;

  // A total order, and the key of ProbeResults.
  std::string Key() const;
};

// One query over the data at most `witness_limit` of whose hits are counted.
struct ProbeAnswer {
  enum class State { kViolated, kClean, kUnknown };
  State state = State::kUnknown;
  int64_t witnesses = 0;   // kViolated: at least so many; the search stops early
  absl::Time at;           // kClean, kViolated
  std::string reason;      // kUnknown
  bool transient = false;  // kUnknown: it may be answered when asked again

  static ProbeAnswer Violated(int64_t witnesses, absl::Time at) { return {State::kViolated, witnesses, at, "", false}; }
  static ProbeAnswer Clean(absl::Time at) { return {State::kClean, 0, at, "", false}; }
  static ProbeAnswer Unknown(std::string reason, bool transient = false) {
    return {State::kUnknown, 0, absl::InfinitePast(), std::move(reason), transient};
  }
  bool violated() const { return state == State::kViolated; }
  bool clean() const { return state == State::kClean; }
  bool unknown() const { return state == State::kUnknown; }
};

// The answers so far. Asking for one that is not there answers Unknown and notes the question, so that one pass of the
// pure rules over the facts tells which queries are worth running.
class Probes {
 public:
  void Record(const DataProbe& probe, ProbeAnswer answer) { answers_[probe.Key()] = std::move(answer); }
  ProbeAnswer Ask(const DataProbe& probe) const;
  // The questions without an answer, in the order they were first asked.
  const std::vector<DataProbe>& wanted() const { return wanted_; }

 private:
  std::map<std::string, ProbeAnswer> answers_;
  mutable std::vector<DataProbe> wanted_;
  mutable std::set<std::string> wanted_keys_;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_PROBE_H_
