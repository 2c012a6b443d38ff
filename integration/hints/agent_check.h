// SPDX-License-Identifier: Apache-2.0
//
// The real agent, asked right before a migration runs.
#ifndef DBA_INTEGRATION_HINTS_AGENT_CHECK_H_
#define DBA_INTEGRATION_HINTS_AGENT_CHECK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/agent_process.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/sql_session.h"
#include "integration/hints/truth_row.h"

namespace dba::hints {

class AgentCheck {
 public:
  // Starts the agent, so that it can watch the tables before it is asked.
  explicit AgentCheck(const AgentProcess::Keys& keys);

  // Writes what the agent says of the hints into `row`, or why it does not say anything. Before that it waits, where
  // the case needs it, until the agent has seen the writes to `table` or the transaction that stays open.
  void Ask(const HintCase& hint_case, const std::string& table, const Sizes& sizes, TruthRow* row);

 private:
  absl::Status AwaitBackground(const HintCase& hint_case, const std::string& table);

  absl::StatusOr<std::unique_ptr<AgentProcess>> agent_;
};

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_AGENT_CHECK_H_
