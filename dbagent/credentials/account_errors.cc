// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/account_errors.h"

#include "absl/strings/str_cat.h"

namespace dba::agent {

absl::Status NotOurs(absl::string_view name) {
  return absl::FailedPreconditionError(
      absl::StrCat("account ", name, " exists and was not made for this owner; it was not touched. Rename or drop it"));
}

absl::Status OtherPassword(absl::string_view name) {
  return absl::FailedPreconditionError(absl::StrCat(
      "account ", name, " exists with another password; it was not touched. Use the password it was made with, or set ",
      "replace_password"));
}

absl::Status NoSuchAccount(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("there is no account ", name, " of this owner"));
}

absl::Status NotDropped(absl::string_view name, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("account ", name, " ", what, "; it was not dropped"));
}

absl::Status NotLocked(absl::string_view name) {
  return absl::FailedPreconditionError(
      absl::StrCat("account ", name, " is not locked: lock it first; none of its sessions was ended"));
}

}  // namespace dba::agent
