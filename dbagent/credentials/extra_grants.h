// SPDX-License-Identifier: Apache-2.0
//
// The rights that may be granted to an application beyond those of its kind. Pure. Guards: none of them can change the
// schema, and none reaches into the server's own schemas.
#ifndef DBA_DBAGENT_CREDENTIALS_EXTRA_GRANTS_H_
#define DBA_DBAGENT_CREDENTIALS_EXTRA_GRANTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dbagent/db/types.h"

namespace dba::agent {

// OK for a grant that the engine has, with a name where its kind needs one. INVALID_ARGUMENT names what it lacks.
absl::Status CheckExtraGrant(Engine engine, const ExtraGrant& grant);

// The privileges as SQL: "SELECT, INSERT". They must have been checked.
std::string PrivilegesSql(const ExtraGrant& grant);

// What a grant is called in errors: "Select, Insert on Table image".
std::string Describe(const ExtraGrant& grant);

// The error for something in a grant that cannot be.
absl::Status BadGrant(const ExtraGrant& grant, absl::string_view why);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_EXTRA_GRANTS_H_
