// SPDX-License-Identifier: Apache-2.0
#include "controller/crash_point.h"

namespace dba {

CrashPoint CrashPointFromFlags() { return nullptr; }

}  // namespace dba
