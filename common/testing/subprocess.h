// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_SUBPROCESS_H_
#define DBA_COMMON_TESTING_SUBPROCESS_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/testing/temp_dir.h"

namespace dba {

// A child process in a process group of its own, with its output kept in files:
// no pipe can fill up. It is killed when this object goes, and by the kernel
// when the thread that started it ends. Thread-compatible.
class Subprocess {
 public:
  struct Options {
    std::vector<std::string> args;           // args[0] is the program, searched in PATH
    std::map<std::string, std::string> env;  // on top of this process's
    std::string stdin_text;
    std::string directory;  // empty: this process's
  };

  // NOT_FOUND: the program does not exist or cannot be executed. UNAVAILABLE:
  // no process can be made.
  static absl::StatusOr<std::unique_ptr<Subprocess>> Start(const Options& options);
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  pid_t pid() const { return pid_; }

  // What the process has written so far.
  std::string Stdout() const;
  std::string Stderr() const;

  // Sends `signal` to the whole group; nothing when the process has been waited
  // for.
  void Signal(int signal);

  bool Running();

  // The exit code, or 128 + the signal that ended it. DEADLINE_EXCEEDED: it
  // still runs.
  absl::StatusOr<int> Wait(absl::Duration timeout = absl::Seconds(30));

 private:
  Subprocess() = default;

  TempDir dir_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

struct CommandResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// Runs a command to its end. Errors as Start() and Wait(); a non-zero exit code
// is no error.
absl::StatusOr<CommandResult> RunCommand(const Subprocess::Options& options,
                                         absl::Duration timeout = absl::Seconds(60));

}  // namespace dba

#endif  // DBA_COMMON_TESTING_SUBPROCESS_H_
