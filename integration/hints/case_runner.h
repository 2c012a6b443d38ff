// SPDX-License-Identifier: Apache-2.0
//
// Runs one case: makes the database, starts the application, asks the agent, migrates, and measures.
#ifndef DBA_INTEGRATION_HINTS_CASE_RUNNER_H_
#define DBA_INTEGRATION_HINTS_CASE_RUNNER_H_

#include "absl/status/statusor.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/sql_session.h"
#include "integration/hints/truth_row.h"

namespace dba::hints {

struct RunOptions {
  bool migrate = true;  // false: only ask the agent; the row has no truth
  bool ask = true;
};

// An operation counts as blocked when it hung for Sizes.stall_milliseconds, and for this part of the migration's
// statement: a busy machine delays single operations too. A table that is neither large nor busy may be blocked that
// long, unless somebody else's transaction is why.
constexpr double kStallFraction = 0.4;

// What was measured near the border between blocked and not is measured twice more; the majority counts.
// FAILED_PRECONDITION: the case itself is broken (its setup, say), which is not an answer.
absl::StatusOr<TruthRow> RunCase(HintServer& server, const CaseFile& file, const HintCase& hint_case,
                                 const RunOptions& options);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_CASE_RUNNER_H_
