// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_CRASH_POINT_H_
#define DBA_CONTROLLER_CRASH_POINT_H_

#include "controller/reconcile/executor.h"

namespace dba {

// Empty in dba-controller. In dba-controller-faults, which only tests run, it writes down the points that are reached,
// and kills the process or loses a reply where the flags say.
CrashPoint CrashPointFromFlags();

}  // namespace dba

#endif  // DBA_CONTROLLER_CRASH_POINT_H_
