// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_WAIT_FOR_H_
#define DBA_COMMON_TESTING_WAIT_FOR_H_

#include <functional>

#include "absl/time/time.h"

namespace dba {

// Polls `condition` every 10 ms until it is true, at most for `timeout` of
// monotonic time. Returns its last value. For what has no callback, such as
// another process; write EXPECT_TRUE(WaitFor(...)).
bool WaitFor(const std::function<bool()>& condition, absl::Duration timeout = absl::Seconds(30));

}  // namespace dba

#endif  // DBA_COMMON_TESTING_WAIT_FOR_H_
