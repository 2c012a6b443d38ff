// SPDX-License-Identifier: Apache-2.0
#include "common/main_util.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/version.h"

namespace dba {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

bool IsOurs(absl::string_view file) {
  return absl::StartsWith(file, "common/") || absl::StartsWith(file, "controller/") ||
         absl::StartsWith(file, "dbagent/");
}

std::string VersionLine(const ProgramInfo& program) { return absl::StrCat(program.name, " ", Version(), "\n"); }

// absl::ParseCommandLine answers --help too, but with exit code 1 and every
// flag of every library.
void AnswerHelpAndVersion(int argc, char** argv, const ProgramInfo& program) {
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      std::cout << HelpText(program) << std::flush;
      std::exit(0);
    }
    if (argument == "--version") {
      std::cout << VersionLine(program) << std::flush;
      std::exit(0);
    }
  }
}

}  // namespace

std::vector<std::string> InitMain(int argc, char** argv, const ProgramInfo& program) {
  AnswerHelpAndVersion(argc, argv, program);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return std::vector<std::string>(rest.begin() + 1, rest.end());
}

SignalStop::SignalStop(StopSource source)
    : source_(std::move(source)),
      signals_([] {
        const sigset_t signals = StopSignals();
        return signalfd(-1, &signals, SFD_CLOEXEC);
      }()),
      wake_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

SignalStop::~SignalStop() {
  eventfd_write(wake_, 1);
  thread_.join();
  close(signals_);
  close(wake_);
}

void SignalStop::Run() {
  while (true) {
    pollfd fds[] = {{wake_, POLLIN, 0}, {signals_, POLLIN, 0}};
    poll(fds, 2, -1);
    if (fds[0].revents != 0) return;
    signalfd_siginfo info;
    if (fds[1].revents == 0 || read(signals_, &info, sizeof(info)) != sizeof(info)) continue;
    if (source_.StopRequested()) _exit(128 + static_cast<int>(info.ssi_signo));
    source_.RequestStop();
  }
}

std::string HelpText(const ProgramInfo& program) {
  std::map<std::string, const absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOurs(flag->Filename())) flags.emplace(std::string(name), flag);
  }
  std::string text = absl::StrCat(program.summary, "\n\nFlags (--name=value):\n");
  size_t width = 0;
  for (const auto& [name, flag] : flags) width = std::max(width, name.size());
  for (const auto& [name, flag] : flags) {
    const std::string value = flag->DefaultValue();
    absl::StrAppendFormat(&text, "  --%-*s  %s%s\n", static_cast<int>(width), name, flag->Help(),
                          value.empty() ? "" : absl::StrCat(" (default ", value, ")"));
  }
  absl::StrAppendFormat(&text, "  --%-*s  this text\n  --%-*s  the version\n", static_cast<int>(width), "help",
                        static_cast<int>(width), "version");
  return text;
}

}  // namespace dba
