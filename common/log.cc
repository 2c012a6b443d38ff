// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/json.h"
#include "common/mutex.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace dba {
namespace {

std::atomic<LogLevel> minimum_level{LogLevel::kInfo};

// Never destroyed, so that a thread that outlives main() may log.
struct Output {
  Mutex mu;
  std::function<void(absl::string_view)> sink ABSL_GUARDED_BY(mu);
};

Output& GetOutput() {
  static Output* const output = new Output;
  return *output;
}

spdlog::sinks::sink& Stderr() {
  static spdlog::sinks::sink* const sink = [] {
    auto* made = new spdlog::sinks::stderr_sink_mt;
    made->set_pattern("%v");
    return made;
  }();
  return *sink;
}

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string Rfc3339(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone()); }

void Log(LogLevel level, absl::string_view message, LogFields fields) {
  if (level < minimum_level.load(std::memory_order_relaxed)) return;
  std::string line = absl::StrCat("{\"time\":\"", Rfc3339(absl::Now()), "\",\"level\":\"", LevelName(level),
                                  "\",\"message\":", LogValue(message).json());
  for (const LogField& field : fields) {
    absl::StrAppend(&line, ",", LogValue(field.key).json(), ":", field.value.json());
  }
  line += "}";
  Output& output = GetOutput();
  MutexLock lock(&output.mu);
  if (output.sink) {
    output.sink(line);
    return;
  }
  Stderr().log(spdlog::details::log_msg(spdlog::string_view_t(), spdlog::level::info,
                                        spdlog::string_view_t(line.data(), line.size())));
}

}  // namespace

LogValue::LogValue(absl::string_view text) : json_(DumpJson(Json(std::string(text)))) {}

LogValue::LogValue(double value) : json_(std::isfinite(value) ? absl::StrCat(value) : "null") {}

LogValue::LogValue(absl::Time time) : json_(absl::StrCat("\"", Rfc3339(time), "\"")) {}

void LogDebug(absl::string_view message, LogFields fields) { Log(LogLevel::kDebug, message, fields); }
void LogInfo(absl::string_view message, LogFields fields) { Log(LogLevel::kInfo, message, fields); }
void LogWarning(absl::string_view message, LogFields fields) { Log(LogLevel::kWarning, message, fields); }
void LogError(absl::string_view message, LogFields fields) { Log(LogLevel::kError, message, fields); }

void SetLogLevel(LogLevel level) { minimum_level = level; }

bool ParseLogLevel(absl::string_view text, LogLevel* level) {
  for (LogLevel known : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (text == LevelName(known)) {
      *level = known;
      return true;
    }
  }
  return false;
}

void SetLogSink(std::function<void(absl::string_view line)> sink) {
  Output& output = GetOutput();
  MutexLock lock(&output.mu);
  output.sink = std::move(sink);
}

}  // namespace dba
