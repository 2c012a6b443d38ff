// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_VERSION_H_
#define DBA_COMMON_VERSION_H_

#include "absl/strings/string_view.h"

namespace dba {

// The content of the file VERSION at the root: "0.1.0".
absl::string_view Version();

}  // namespace dba

#endif  // DBA_COMMON_VERSION_H_
