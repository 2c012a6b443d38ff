// SPDX-License-Identifier: Apache-2.0
//
// What is known of the functions that MySQL and MariaDB bring along. Pure.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_FUNCTION_FACTS_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_FUNCTION_FACTS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "dbagent/hints/facts.h"

namespace dba::agent {

// nullopt: not one of those that take time and memory for their arguments alone, change nothing and read no file.
//   name  lower case
std::optional<hints::Volatility> MysqlFunctionVolatility(absl::string_view name);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_FUNCTION_FACTS_H_
