// SPDX-License-Identifier: Apache-2.0
#include "common/testing/subprocess.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "common/testing/wait_for.h"

extern char** environ;

namespace dba {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> Environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (added.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(absl::StrCat(name, "=", value));
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child does; between fork and exec only async-signal-safe calls are
// allowed. Returns only when one failed.
void Become(const std::string& directory, const int fds[3], char* const* args, char* const* env, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  for (int i = 0; i < 3; ++i) {
    if (dup2(fds[i], i) < 0) return;
  }
  if (!directory.empty() && chdir(directory.c_str()) != 0) return;
  execvpe(args[0], args, env);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Subprocess>> Subprocess::Start(const Options& options) {
  std::unique_ptr<Subprocess> process(new Subprocess);
  std::vector<std::string> args = options.args;
  std::vector<std::string> env = Environment(options.env);
  const std::vector<char*> arg_pointers = Pointers(args);
  const std::vector<char*> env_pointers = Pointers(env);
  const int fds[3] = {
      open(process->dir_.Write("stdin", options.stdin_text).c_str(), O_RDONLY | O_CLOEXEC),
      open(process->dir_.File("stdout").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
      open(process->dir_.File("stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
  };
  int failure[2] = {-1, -1};  // carries errno out of a child that could not
                              // start; closed by a successful exec
  if (pipe2(failure, O_CLOEXEC) != 0) return absl::UnavailableError("no pipe can be made");
  const pid_t parent = getpid();
  process->pid_ = fork();
  if (process->pid_ == 0) {
    Become(options.directory, fds, arg_pointers.data(), env_pointers.data(), parent);
    const int error = errno;
    (void)!write(failure[1], &error, sizeof(error));
    _exit(127);
  }
  for (int fd : fds) close(fd);
  close(failure[1]);
  int error = 0;
  const bool failed = process->pid_ > 0 && read(failure[0], &error, sizeof(error)) == sizeof(error);
  close(failure[0]);
  if (process->pid_ < 0) return absl::UnavailableError("no process can be made");
  if (failed) return absl::NotFoundError(absl::StrCat("cannot run ", args[0], ": ", strerror(error)));
  return process;
}

Subprocess::~Subprocess() {
  Signal(SIGKILL);
  if (pid_ > 0 && !exit_code_.has_value()) waitpid(pid_, nullptr, 0);
}

std::string Subprocess::Stdout() const { return ReadFile(dir_.File("stdout")); }

std::string Subprocess::Stderr() const { return ReadFile(dir_.File("stderr")); }

void Subprocess::Signal(int signal) {
  // The child puts itself in its group, but may not have got there yet.
  if (pid_ > 0 && !exit_code_.has_value() && kill(-pid_, signal) != 0) kill(pid_, signal);
}

bool Subprocess::Running() {
  int status = 0;
  if (!exit_code_.has_value() && waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return !exit_code_.has_value();
}

absl::StatusOr<int> Subprocess::Wait(absl::Duration timeout) {
  if (WaitFor([this] { return !Running(); }, timeout)) return *exit_code_;
  return absl::DeadlineExceededError(
      absl::StrCat("process ", pid_, " still runs after ", absl::FormatDuration(timeout)));
}

absl::StatusOr<CommandResult> RunCommand(const Subprocess::Options& options, absl::Duration timeout) {
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<Subprocess> process, Subprocess::Start(options));
  const absl::StatusOr<int> exit_code = process->Wait(timeout);
  if (!exit_code.ok()) {
    return absl::DeadlineExceededError(
        absl::StrCat(absl::StrJoin(options.args, " "), ": ", exit_code.status().message(), "\n", process->Stderr()));
  }
  return CommandResult{*exit_code, process->Stdout(), process->Stderr()};
}

}  // namespace dba
