// SPDX-License-Identifier: Apache-2.0
#include "common/main_util.h"

#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::string, test_address, "127.0.0.1", "where to listen");

namespace dba {
namespace {

using ::testing::ElementsAre;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;

const ProgramInfo& Program() {
  static const ProgramInfo* const program = new ProgramInfo{"dba-test", "Tests things."};
  return *program;
}

std::vector<std::string> Init(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return InitMain(static_cast<int>(arguments.size()), argv.data(), Program());
}

TEST(InitMainTest, ParsesFlagsAndReturnsTheRest) {
  EXPECT_THAT(Init({"dba-test", "check", "--test_address=::1", "all"}), ElementsAre("check", "all"));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_address), "::1");
}

TEST(InitMainTest, HelpListsOurFlagsWithTheirDefaults) {
  const std::string help = HelpText(Program());
  EXPECT_THAT(help, HasSubstr("Tests things.\n"));
  EXPECT_THAT(help, HasSubstr("--test_address  where to listen (default 127.0.0.1)"));
  EXPECT_EQ(help.find("flagfile"), std::string::npos);
}

TEST(InitMainDeathTest, HelpAndVersionExitWithZero) {
  // A death test sees stderr only, so stdout is sent there.
  const auto run = [](const char* argument) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    Init({"dba-test", argument});
  };
  EXPECT_EXIT(run("--version"), ExitedWithCode(0), absl::StrCat("dba-test ", Version()));
  EXPECT_EXIT(run("--help"), ExitedWithCode(0), "Tests things");
  EXPECT_EXIT(run("-h"), ExitedWithCode(0), "Tests things");
}

TEST(InitMainDeathTest, AnUnknownFlagIsAnError) {
  EXPECT_EXIT(Init({"dba-test", "--no_such_flag"}), ExitedWithCode(1), "no_such_flag");
}

TEST(InitMainTest, WritingToAClosedPipeDoesNotKill) {
  Init({"dba-test"});
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  close(fds[0]);
  EXPECT_EQ(write(fds[1], "x", 1), -1);
  close(fds[1]);
}

TEST(SignalStopTest, TermRequestsAStop) {
  Init({"dba-test"});
  StopSource source;
  absl::Notification stopped;
  StopCallback callback(source.Token(), [&] { stopped.Notify(); });
  SignalStop signal_stop(source);
  EXPECT_FALSE(source.StopRequested());
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(stopped.WaitForNotificationWithTimeout(absl::Seconds(30)));
}

TEST(SignalStopDeathTest, ASecondSignalExitsAtOnce) {
  const auto run = [] {
    Init({"dba-test"});
    StopSource source;
    source.RequestStop();
    SignalStop signal_stop(source);
    kill(getpid(), SIGTERM);
    absl::Notification().WaitForNotificationWithTimeout(absl::Seconds(30));
  };
  EXPECT_EXIT(run(), ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace dba
