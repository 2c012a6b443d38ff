// SPDX-License-Identifier: Apache-2.0
//
// A whole life of accounts, in calls of the agent, with every call that carries a password and many that fail.
#ifndef DBA_INTEGRATION_ACCOUNT_LIFE_H_
#define DBA_INTEGRATION_ACCOUNT_LIFE_H_

#include <string>
#include <vector>

#include "integration/agent_calls.h"

namespace dba {

struct AccountLife {
  // Its own, and that of calls which are refused. No other test has these words.
  std::vector<std::string> passwords;
  std::string foreign;     // an account that exists and is not ours
  std::string no_version;  // a query that finds no version
  std::string no_such_table;
};

// Lives it; the accounts are gone at the end. Reports what fails that should not, and the other way round.
void Live(const AgentCalls& calls, const AccountLife& life);

}  // namespace dba

#endif  // DBA_INTEGRATION_ACCOUNT_LIFE_H_
