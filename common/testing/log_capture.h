// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_LOG_CAPTURE_H_
#define DBA_COMMON_TESTING_LOG_CAPTURE_H_

#include <string>
#include <vector>

#include "common/log.h"
#include "common/mutex.h"

namespace dba {

// Collects, as long as it lives, what the process logs at every level, instead
// of stderr. One at a time. Thread-safe.
class LogCapture {
 public:
  LogCapture() {
    SetLogLevel(LogLevel::kDebug);
    SetLogSink([this](absl::string_view line) {
      MutexLock lock(&mu_);
      lines_.emplace_back(line);
    });
  }
  ~LogCapture() {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // The lines so far, each one JSON object.
  std::vector<std::string> lines() const {
    MutexLock lock(&mu_);
    return lines_;
  }

 private:
  mutable Mutex mu_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_COMMON_TESTING_LOG_CAPTURE_H_
