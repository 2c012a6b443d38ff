// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_CRASH_POINT_H_
#define DBA_CONTROLLER_CRASH_POINT_H_

#include "controller/reconcile/executor.h"

namespace dba {

// Empty in dba-controller. In dba-controller-faults, which only tests run, it kills the process where --crash_at says.
CrashPoint CrashPointFromFlags();

}  // namespace dba

#endif  // DBA_CONTROLLER_CRASH_POINT_H_
