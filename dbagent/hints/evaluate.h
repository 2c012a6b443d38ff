// SPDX-License-Identifier: Apache-2.0
//
// The judgement of a migration's hints: hints in order, each in the state that those before it leave. Pure: the same
// facts, answers and policy give the same findings in the same order.
#ifndef DBA_DBAGENT_HINTS_EVALUATE_H_
#define DBA_DBAGENT_HINTS_EVALUATE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "dbagent/hints/facts.h"
#include "dbagent/hints/finding.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/policy.h"
#include "dbagent/hints/probe.h"

namespace dba::agent::hints {

// Whether the database already is as the hint wants it.
enum class Applied { kNo, kYes, kUnknown };

struct Evaluation {
  std::vector<Finding> findings;  // by hint, then by rule
  std::vector<Applied> applied;   // one for each hint
};

// hints   as read; the status of one that could not be read becomes a finding hint.unsupported
// probes  answers so far; questions without one are noted there and answered as unknown
Evaluation Evaluate(const std::vector<absl::StatusOr<Hint>>& hints, const HintFacts& facts, const Probes& probes,
                    const Policy& policy);

// Whether the database already is as `hint` wants it, by the facts of now.
Applied AppliedState(const Hint& hint, const HintFacts& facts);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_EVALUATE_H_
