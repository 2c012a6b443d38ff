// SPDX-License-Identifier: Apache-2.0
//
// The errors about accounts that all engines share, word for word.
#ifndef DBA_DBAGENT_CREDENTIALS_ACCOUNT_ERRORS_H_
#define DBA_DBAGENT_CREDENTIALS_ACCOUNT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dba::agent {

// FAILED_PRECONDITION: an account, or a group role, of that name is somebody else's.
absl::Status NotOurs(absl::string_view name);

// FAILED_PRECONDITION: the account has another password than the caller's, who did not ask to replace it.
absl::Status OtherPassword(absl::string_view name);

// NOT_FOUND: no account of the owner has that name.
absl::Status NoSuchAccount(absl::string_view name);

// FAILED_PRECONDITION: what keeps the account from being dropped, as "has 1 open session(s)".
absl::Status NotDropped(absl::string_view name, absl::string_view what);

// FAILED_PRECONDITION: the sessions of an account that is not locked are not ended.
absl::Status NotLocked(absl::string_view name);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_ACCOUNT_ERRORS_H_
