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
#include "common/mutex.h"
#include "dbagent/db/database.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/write_sampler.h"

namespace dba::agent {

struct HintCheck {
  hints::Evaluation evaluation;
  absl::Time checked_at;
};

// Thread-safe: queries over the rows run one at a time.
class HintChecker {
 public:
  // sampler  outlives this
  explicit HintChecker(WriteSampler* sampler) : sampler_(sampler) {}

  // hints  as read; one that could not be read is a finding
  // owner  UID of the ManagedDatabase whose older accounts are looked at; may be empty
  // Errors as Database's: the server could not be asked at all.
  absl::StatusOr<HintCheck> Check(Database& database, const std::vector<absl::StatusOr<hints::Hint>>& hints,
                                  const hints::Policy& policy, const std::string& owner, absl::Time deadline);

  // Facts of the tables with their write rates.
  absl::StatusOr<hints::HintFacts> Describe(Database& database, const std::vector<TableName>& tables,
                                            absl::Time deadline);

 private:
  absl::StatusOr<hints::HintFacts> Gather(Database& database, const hints::FactsRequest& request, absl::Duration window,
                                          absl::Time deadline);

  WriteSampler* const sampler_;
  Mutex probing_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_HINT_CHECKER_H_
