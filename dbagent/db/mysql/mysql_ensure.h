// SPDX-License-Identifier: Apache-2.0
//
// Making an account of MySQL or MariaDB what its specification says. These have no transaction around account
// statements: the order in mysql_marks.h is what makes a crash between two of them harmless.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_ENSURE_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_ENSURE_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// Tries a login with the password; ProbeResult as of Database::ProbeAccount.
using ProbeLogin = std::function<absl::StatusOr<ProbeResult>(absl::string_view name, const Secret& password)>;

// As Database::EnsureAccount.
absl::StatusOr<bool> EnsureMysqlAccount(MysqlConnection& connection, const AccountSpec& spec,
                                        absl::string_view database, const ProbeLogin& probe, absl::Time deadline);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_ENSURE_H_
