// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dba::agent {
namespace {

constexpr char kPayload[] = "dbaoperator.dev/mysql-error";
constexpr unsigned kFirstClientError = 2000;  // CR_MIN_ERROR of the client library
constexpr unsigned kLastClientError = 2999;

absl::StatusCode CodeOf(unsigned number) {
  switch (number) {
    case 1045:  // ER_ACCESS_DENIED_ERROR
      return absl::StatusCode::kUnauthenticated;
    case 1044:  // ER_DBACCESS_DENIED_ERROR
    case 1095:  // ER_KILL_DENIED_ERROR
    case 1142:  // ER_TABLEACCESS_DENIED_ERROR
    case 1143:  // ER_COLUMNACCESS_DENIED_ERROR
    case 1227:  // ER_SPECIFIC_ACCESS_DENIED_ERROR
    case 1370:  // ER_PROCACCESS_DENIED_ERROR
    case 1410:  // ER_CANT_CREATE_USER_WITH_GRANT
      return absl::StatusCode::kPermissionDenied;
    case 1146:  // ER_NO_SUCH_TABLE
      return absl::StatusCode::kNotFound;
    case 1049:  // ER_BAD_DB_ERROR
    case 1102:  // ER_WRONG_DB_NAME
    case 1290:  // ER_OPTION_PREVENTS_STATEMENT: read_only
    case 1836:  // ER_READ_ONLY_MODE
    case 3118:  // ER_ACCOUNT_HAS_BEEN_LOCKED, MySQL
    case 4006:  // ER_CANNOT_USER_REFERENCED_AS_DEFINER, MySQL
    case 4151:  // ER_ACCOUNT_HAS_BEEN_LOCKED, MariaDB
      return absl::StatusCode::kFailedPrecondition;
    case 1205:  // ER_LOCK_WAIT_TIMEOUT
    case 1969:  // ER_STATEMENT_TIMEOUT, MariaDB
    case 3024:  // ER_QUERY_TIMEOUT, MySQL
      return absl::StatusCode::kDeadlineExceeded;
    case 1213:  // ER_LOCK_DEADLOCK
      return absl::StatusCode::kAborted;
    case 1021:  // ER_DISK_FULL
    case 1040:  // ER_CON_COUNT_ERROR
    case 1053:  // ER_SERVER_SHUTDOWN
    case 1129:  // ER_HOST_IS_BLOCKED
    case 1203:  // ER_TOO_MANY_USER_CONNECTIONS
    case 1226:  // ER_USER_LIMIT_REACHED
      return absl::StatusCode::kUnavailable;
    case 1054:  // ER_BAD_FIELD_ERROR
    case 1064:  // ER_PARSE_ERROR
    case 1295:  // ER_UNSUPPORTED_PS
    case 1792:  // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
      return absl::StatusCode::kInvalidArgument;
    default:
      break;
  }
  if (IsMysqlClientError(number)) return absl::StatusCode::kUnavailable;
  return absl::StatusCode::kInternal;
}

absl::string_view Remedy(unsigned number) {
  switch (number) {
    case 1045:
      return "; correct username and password in the admin credentials";
    case 1049:
      return "; create the database, or correct dbname in the credentials";
    case 1102:
      return "; in GRANT it may have 64 characters, with a backslash before each _ and %: rename the database";
    case 1040:
      return "; close connections or raise max_connections of the server";
    default:
      return "";
  }
}

}  // namespace

absl::Status MysqlError(unsigned number, absl::string_view message) {
  // A syntax error repeats the statement, which may hold a verifier.
  const absl::string_view shown = number == 1064 ? "the SQL has a syntax error" : message;
  absl::Status status(CodeOf(number), absl::StrCat(shown, " (error ", number, ")", Remedy(number)));
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(number)));
  return status;
}

unsigned MysqlErrorNumber(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  unsigned number = 0;
  return payload && absl::SimpleAtoi(std::string(*payload), &number) ? number : 0;
}

bool IsMysqlClientError(unsigned number) { return number >= kFirstClientError && number <= kLastClientError; }

}  // namespace dba::agent
