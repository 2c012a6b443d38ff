// SPDX-License-Identifier: Apache-2.0
//
// Judges hints on the live database: gathers the facts, lets the pure rules say which rows they must know of, asks for
// those within a budget, and judges again.
#ifndef DBA_DBAGENT_HINT_CHECKER_H_
#define DBA_DBAGENT_HINT_CHECKER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/database.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/probe_queue.h"
#include "dbagent/write_sampler.h"

namespace dba::agent {

struct HintCheck {
  hints::Evaluation evaluation;
  absl::Time checked_at;
};

// Thread-safe. Queries over the rows run one at a time; those of one call are over after ten seconds, the waiting for
// their turn included.
class HintChecker {
 public:
  // sampler  outlives this
  explicit HintChecker(WriteSampler* sampler) : sampler_(sampler) {}

  // hints  as read; one that could not be read is a finding
  // owner  UID of the ManagedDatabase whose older accounts are looked at; may be empty
  // Errors as Database's: the server could not be asked at all. Blocks for about two seconds, to count writes, when a
  // table is seen for the first time and there is a finding that its rate may belong to.
  absl::StatusOr<HintCheck> Check(Database& database, const std::vector<absl::StatusOr<hints::Hint>>& hints,
                                  const hints::Policy& policy, const std::string& owner, absl::Time deadline);

  // Facts of the tables with their write rates.
  absl::StatusOr<hints::HintFacts> Describe(Database& database, const std::vector<TableName>& tables,
                                            absl::Time deadline);

 private:
  struct Known {
    hints::HintFacts facts;
    std::vector<TableName> counting;  // those whose writes were not counted for long enough yet
  };
  absl::StatusOr<Known> Gather(Database& database, const hints::FactsRequest& request, absl::Duration window,
                               absl::Time deadline);
  void AwaitRates(absl::Duration window, absl::Time deadline, Known* known);
  hints::Evaluation Judge(Database& database, const std::vector<absl::StatusOr<hints::Hint>>& hints,
                          const hints::HintFacts& facts, const hints::Policy& policy, hints::Probes* answers,
                          absl::Time deadline);

  WriteSampler* const sampler_;
  ProbeQueue probing_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_HINT_CHECKER_H_
