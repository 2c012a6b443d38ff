// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_RECONCILE_REDACT_H_
#define DBA_CONTROLLER_RECONCILE_REDACT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/secret.h"

namespace dba {

// What a container wrote, fit for a status that many may read: each of
// `secrets` and the password part of every "scheme://user:password@" become
// "***", control characters become spaces, and the text is cut to `max_bytes`
// at a character's end. Pure.
std::string Redact(absl::string_view text, const std::vector<Secret>& secrets, size_t max_bytes = 500);

}  // namespace dba

#endif  // DBA_CONTROLLER_RECONCILE_REDACT_H_
