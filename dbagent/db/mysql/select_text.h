// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_DBAGENT_DB_MYSQL_SELECT_TEXT_H_
#define DBA_DBAGENT_DB_MYSQL_SELECT_TEXT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dba::agent {

// OK when the text begins, after spaces and comments, with SELECT, WITH, VALUES or a parenthesis. A first line of
// defence before the read-only session: other statements that return rows (ANALYZE TABLE, SHOW, CALL) are refused.
// INVALID_ARGUMENT otherwise, and for comments that the server executes (/*! … */).
absl::Status CheckIsSelect(absl::string_view sql);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_SELECT_TEXT_H_
