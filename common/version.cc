// SPDX-License-Identifier: Apache-2.0
#include "common/version.h"

#include "common/version_number.h"

namespace dba {

absl::string_view Version() { return kVersionNumber; }

}  // namespace dba
