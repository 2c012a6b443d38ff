// SPDX-License-Identifier: Apache-2.0
#include "common/testing/subprocess.h"

#include <csignal>
#include <memory>

#include "absl/strings/numbers.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(RunCommandTest, KeepsOutputAndExitCodeApart) {
  ASSERT_OK_AND_ASSIGN(
      const CommandResult result,
      RunCommand(
          {{"sh", "-c", "cat; echo \"$COLOUR\"; pwd; echo bad >&2; exit 3"}, {{"COLOUR", "blue"}}, "input\n", "/"}));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "input\nblue\n/\n");
  EXPECT_EQ(result.err, "bad\n");
}

TEST(RunCommandTest, AMissingProgramIsNotFound) {
  EXPECT_THAT(RunCommand({{"no-such-program"}, {}, "", ""}), StatusIs(absl::StatusCode::kNotFound));
}

TEST(RunCommandTest, StopsAtTheTimeout) {
  EXPECT_THAT(RunCommand({{"sleep", "1000"}, {}, "", ""}, absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(SubprocessTest, ReportsTheSignalThatEndedIt) {
  ASSERT_OK_AND_ASSIGN(auto process, Subprocess::Start({{"sleep", "1000"}, {}, "", ""}));
  EXPECT_TRUE(process->Running());
  process->Signal(SIGTERM);
  EXPECT_THAT(process->Wait(), IsOkAndHolds(128 + SIGTERM));
  EXPECT_FALSE(process->Running());
}

TEST(SubprocessTest, DestructorKillsGrandchildrenToo) {
  ASSERT_OK_AND_ASSIGN(auto process, Subprocess::Start({{"sh", "-c", "sleep 1000 & echo $!; wait"}, {}, "", ""}));
  ASSERT_TRUE(WaitFor([&] { return process->Stdout().find('\n') != std::string::npos; }));
  int grandchild = 0;
  ASSERT_TRUE(absl::SimpleAtoi(process->Stdout(), &grandchild));
  EXPECT_EQ(kill(grandchild, 0), 0);
  process.reset();
  // An unreaped zombie still answers kill(0), so its state decides.
  EXPECT_TRUE(WaitFor([&] {
    const auto state = RunCommand({{"ps", "-o", "stat=", "-p", std::to_string(grandchild)}, {}, "", ""});
    return state.ok() && (state->out.empty() || state->out[0] == 'Z');
  }));
}

}  // namespace
}  // namespace dba
