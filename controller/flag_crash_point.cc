// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "controller/crash_point.h"

ABSL_FLAG(std::string, crash_at, "",
          "kills this process with SIGKILL at a crash point, for example ReleaseJob.after, or at its second passing "
          "with ReleaseJob.after:2");

namespace dba {

CrashPoint CrashPointFromFlags() {
  std::string point = absl::GetFlag(FLAGS_crash_at);
  if (point.empty()) return nullptr;
  int passing = 1;
  const size_t colon = point.find(':');
  if (colon != std::string::npos && absl::SimpleAtoi(point.substr(colon + 1), &passing)) point.resize(colon);
  auto passed = std::make_shared<std::atomic<int>>(0);
  return [point, passing, passed](absl::string_view reached) {
    if (reached == point && ++*passed == passing) raise(SIGKILL);
    return absl::OkStatus();
  };
}

}  // namespace dba
