// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_user.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {

std::string MysqlUser(absl::string_view name) { return absl::StrCat(QuoteMysqlLiteral(name), "@'%'"); }

// An admin without SELECT on the schema mysql cannot list accounts: ALTER USER without any clause changes nothing and
// fails for an account that does not exist.
absl::StatusOr<bool> MysqlUserExists(MysqlConnection& connection, absl::string_view name, absl::Time deadline) {
  const absl::StatusOr<RowSet> rows = connection.Run(
      absl::StrCat("SELECT 1 FROM mysql.user WHERE host = '%' AND user = ", QuoteMysqlLiteral(name)), deadline);
  if (rows.ok()) return !rows->rows.empty();
  if (!absl::IsPermissionDenied(rows.status())) return rows.status();
  const absl::Status altered = connection.Run(absl::StrCat("ALTER USER ", MysqlUser(name)), deadline).status();
  if (MysqlErrorNumber(altered) == kMysqlCannotUser) return false;
  DBA_RETURN_IF_ERROR(altered);
  return true;
}

absl::Status ExplainMysqlDenial(const absl::Status& status, absl::string_view remedy) {
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(absl::StrCat(status.message(), "; as root run: ", remedy));
}

}  // namespace dba::agent
