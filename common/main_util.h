// SPDX-License-Identifier: Apache-2.0
//
// What both programs do first: flags, --help, --version, signals.
#ifndef DBA_COMMON_MAIN_UTIL_H_
#define DBA_COMMON_MAIN_UTIL_H_

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/stop_token.h"

namespace dba {

struct ProgramInfo {
  std::string name;     // as installed: "dba-agent"
  std::string summary;  // one sentence, then examples; printed by --help above
                        // the flags
};

// Parses the absl flags of `argv` and returns the other arguments without the
// program's name. Ignores SIGPIPE, and blocks SIGINT and SIGTERM for
// SignalStop, so call it before any thread starts. --help (-h) and --version
// print to stdout and exit with 0; an unknown flag or a wrong value exits with
// 1 and a sentence on stderr.
std::vector<std::string> InitMain(int argc, char** argv, const ProgramInfo& program);

// As long as it lives, SIGINT or SIGTERM requests a stop of `source`; a second
// one exits the process at once with 128 + its number. InitMain() must have
// been called.
class SignalStop {
 public:
  explicit SignalStop(StopSource source);
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

 private:
  void Run();

  StopSource source_;
  const int signals_;  // a signalfd
  const int wake_;     // an eventfd; readable once the thread shall end
  std::thread thread_;
};

// What --help prints: the summary, then every flag of this project with its
// default, in columns.
std::string HelpText(const ProgramInfo& program);

}  // namespace dba

#endif  // DBA_COMMON_MAIN_UTIL_H_
