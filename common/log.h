// SPDX-License-Identifier: Apache-2.0
//
// Structured logs: one JSON object a line, on stderr. The message is a constant
// in lower case; what varies goes into fields, so that lines can be searched
// and counted:
//
//   LogInfo("migration started", {{"database", "shop/main"}, {"version",
//   version}});
//   {"time":"2026-01-02T03:04:05.678Z","level":"info","message":"migration
//   started","database":"shop/main", …}
//
// A dba::Secret is no field value, and must not be made one.
#ifndef DBA_COMMON_LOG_H_
#define DBA_COMMON_LOG_H_

#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dba {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Already written as JSON; times in UTC, durations as seconds with a fraction,
// a Status as "CODE: message".
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor): so that a field reads {"rows", 42}
  LogValue(const char* text) : LogValue(absl::string_view(text)) {}
  LogValue(const std::string& text) : LogValue(absl::string_view(text)) {}
  LogValue(absl::string_view text);
  LogValue(bool value) : json_(value ? "true" : "false") {}
  template <typename Int, std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>, int> = 0>
  LogValue(Int value) : json_(std::to_string(value)) {}
  LogValue(double value);
  LogValue(absl::Duration duration) : LogValue(absl::ToDoubleSeconds(duration)) {}
  LogValue(absl::Time time);
  LogValue(const absl::Status& status) : LogValue(status.ToString()) {}
  // NOLINTEND(google-explicit-constructor)

  const std::string& json() const { return json_; }

 private:
  std::string json_;
};

struct LogField {
  absl::string_view key;
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

// Thread-safe; a line is written whole.
void LogDebug(absl::string_view message, LogFields fields = {});
void LogInfo(absl::string_view message, LogFields fields = {});
void LogWarning(absl::string_view message, LogFields fields = {});
void LogError(absl::string_view message, LogFields fields = {});

// Lines below `level` are left out; kInfo at start. Thread-safe.
void SetLogLevel(LogLevel level);

// "debug", "info", "warning" or "error"; false, and nothing set, for another
// text.
bool ParseLogLevel(absl::string_view text, LogLevel* level);

// Sends each line, without its newline, to `sink` instead of stderr; an empty
// function goes back to stderr. The sink runs under a lock and must not log.
// For tests: use LogCapture.
void SetLogSink(std::function<void(absl::string_view line)> sink);

}  // namespace dba

#endif  // DBA_COMMON_LOG_H_
