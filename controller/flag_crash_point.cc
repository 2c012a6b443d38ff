// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/mutex.h"
#include "controller/crash_point.h"

ABSL_FLAG(std::string, crash_at, "",
          "kills this process with SIGKILL at a crash point, for example ReleaseJob.after, or at its second passing "
          "with ReleaseJob.after#2");
ABSL_FLAG(std::string, lose_reply_at, "",
          "has the effect and answers UNAVAILABLE, for example ReleaseJob, or the second time with ReleaseJob#2");
ABSL_FLAG(std::string, pause_at, "",
          "stops the process with SIGSTOP at this point, as a machine that hangs would; it goes on with SIGCONT");
ABSL_FLAG(std::string, trace_points, "", "file to which each crash point is appended when it is reached");

namespace dba {
namespace {

// One passing of one crash point; none when `name` is empty.
struct Passing {
  std::string name;
  int number = 1;
};

Passing ParsePassing(std::string text) {
  Passing passing;
  const size_t mark = text.find('#');
  if (mark != std::string::npos && absl::SimpleAtoi(text.substr(mark + 1), &passing.number)) text.resize(mark);
  passing.name = std::move(text);
  return passing;
}

// Thread-safe.
class Faults {
 public:
  Faults(Passing crash, Passing lost_reply, Passing pause, const std::string& trace)
      : crash_(std::move(crash)), lost_reply_(std::move(lost_reply)), pause_(std::move(pause)) {
    if (!trace.empty()) trace_.open(trace, std::ios::app);
  }

  absl::Status Reach(const std::string& point, absl::string_view object) ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(&mu_);
    if (trace_.is_open()) trace_ << point << " " << object << std::endl;
    const int number = ++passed_[point];
    if (point == crash_.name && number == crash_.number) raise(SIGKILL);
    if (point == pause_.name && number == pause_.number) raise(SIGSTOP);
    if (point == absl::StrCat(lost_reply_.name, ".after") && number == lost_reply_.number) {
      return absl::UnavailableError("the reply was lost");
    }
    return absl::OkStatus();
  }

 private:
  const Passing crash_;
  const Passing lost_reply_;
  const Passing pause_;
  Mutex mu_;
  std::ofstream trace_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> passed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

CrashPoint CrashPointFromFlags() {
  auto faults = std::make_shared<Faults>(
      ParsePassing(absl::GetFlag(FLAGS_crash_at)), ParsePassing(absl::GetFlag(FLAGS_lose_reply_at)),
      ParsePassing(absl::GetFlag(FLAGS_pause_at)), absl::GetFlag(FLAGS_trace_points));
  return
      [faults](absl::string_view point, absl::string_view object) { return faults->Reach(std::string(point), object); };
}

}  // namespace dba
