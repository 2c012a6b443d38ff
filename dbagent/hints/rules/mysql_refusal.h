// SPDX-License-Identifier: Apache-2.0
//
// Shared by the parts of the rule mysql.refused on MySQL and MariaDB.
#ifndef DBA_DBAGENT_HINTS_RULES_MYSQL_REFUSAL_H_
#define DBA_DBAGENT_HINTS_RULES_MYSQL_REFUSAL_H_

#include <string>
#include <vector>

#include "dbagent/hints/rule.h"

namespace dba::agent::hints {

// As these servers compare names of columns and indexes.
bool SameMysqlName(const std::string& a, const std::string& b);
bool HoldsMysqlName(const std::vector<std::string>& names, const std::string& name);

// code  of the server's error
Finding MysqlRefusal(int code, std::string message, std::string remedy = "");

// Refused because a foreign key, a CHECK or a generated column needs what the hint drops or renames.
void MysqlNeeded(const HintContext& context, std::vector<Finding>* findings);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_RULES_MYSQL_REFUSAL_H_
