// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_DBAGENT_DB_MYSQL_DDL_TEXT_H_
#define DBA_DBAGENT_DB_MYSQL_DDL_TEXT_H_

#include "absl/strings/string_view.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {

// Whether the text of a statement, run in a session whose database is `database`, names `table` (schema and name): as a
// whole word, behind its schema and a dot, or bare where `database` is the schema. Text in single quotes and comments
// name nothing. Names compare without regard to ASCII case. A column or index of that bare name counts, too: the text
// alone does not tell them apart.
bool NamesTable(absl::string_view statement, absl::string_view database, const TableName& table);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_DDL_TEXT_H_
