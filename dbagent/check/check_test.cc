// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/check.h"

#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "dbagent/testing/fake_database.h"

namespace dba::agent::check {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kUnreadable[] = "- operation: Frobnicate\n  table: image\n";
constexpr char kHarmless[] = "- {operation: CreateTable, table: new_one}\n";

class CheckTest : public testing::Test {
 protected:
  // Runs the check of `hints` with further arguments.
  int Run(const std::string& hints, std::vector<std::string> arguments = {}) {
    arguments.push_back("--hints=" + folder_.Write("hints.yaml", hints));
    arguments.push_back("--connection=" + folder_.Write("uri", uri_ + "\n"));
    return RunOnly(arguments);
  }
  int RunOnly(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const auto make = [this](const Dsn& dsn, const ConnectOptions& options) {
      dsn_ = dsn;
      tls_ = options.tls;
      auto database = std::make_unique<FakeDatabase>();
      if (!failure_.ok()) database->FailWith(failure_);
      return database;
    };
    const int code = Check(arguments, make, out, err);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  TempDir folder_;
  std::string uri_ = "postgresql://shop_admin:s3cret@db.example/shop";
  absl::Status failure_;
  Dsn dsn_;
  TlsMode tls_ = TlsMode::kRequire;
  std::string out_;
  std::string err_;
};

TEST_F(CheckTest, NothingBlocks) {
  EXPECT_EQ(Run(kHarmless), 0) << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("Nothing would block the migration.\n"));
  EXPECT_THAT(err_, IsEmpty());
  EXPECT_EQ(dsn_.host, "db.example");
  EXPECT_EQ(tls_, TlsMode::kVerifyFull);
}

TEST_F(CheckTest, SomethingBlocks) {
  EXPECT_EQ(Run(absl::StrCat("# comment\n", kHarmless, kUnreadable)), 1);
  EXPECT_THAT(out_, AllOf(HasSubstr("BLOCKS  "), HasSubstr("hints.yaml:3  hint.unsupported"),
                          HasSubstr("operation is \"Frobnicate\"; it may be AddColumn"),
                          HasSubstr(absl::StrCat("dba-agent check --hints=", folder_.path()))));
  EXPECT_THAT(out_, Not(HasSubstr("s3cret")));
}

TEST_F(CheckTest, ThePolicyDecides) {
  const std::string policy = folder_.Write("policy.yaml", "mode: Warn\n");
  EXPECT_EQ(Run(kUnreadable, {"--policy=" + policy}), 0);
  EXPECT_THAT(out_, HasSubstr("warns   "));
  const std::string both =
      "kind: DatabaseMigration\nmetadata: {name: v1}\nspec:\n  hints:\n  - {operation: Frobnicate, table: image}\n"
      "---\nkind: ManagedDatabase\nspec:\n  hints:\n    rules:\n    - {rule: hint.unsupported, mode: Off}\n";
  EXPECT_EQ(Run(both), 0);
  EXPECT_THAT(out_, HasSubstr("1 hint, no findings"));
  EXPECT_EQ(Run(both, {"--policy=" + folder_.Write("p2.yaml", "{}\n")}), 1) << "--policy stands above it";
}

TEST_F(CheckTest, WritesForPrograms) {
  EXPECT_EQ(Run(kUnreadable, {"--output=json"}), 1);
  const auto json = ParseJson(out_);
  ASSERT_OK(json);
  EXPECT_EQ((*json)["wouldBlock"], Json(true));
  EXPECT_EQ(Run(kUnreadable, {"--output=sarif"}), 1);
  ASSERT_OK(ParseJson(out_));
  EXPECT_EQ(Run(kUnreadable, {"--output=github"}), 1);
  EXPECT_THAT(out_, StartsWith("::error file="));
}

TEST_F(CheckTest, SaysWhyItCouldNotCheck) {
  const auto fails = [&](int code, const std::string& why) {
    EXPECT_EQ(code, 2);
    EXPECT_THAT(err_, AllOf(StartsWith("dba-agent check: "), HasSubstr(why), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(out_, IsEmpty());
  };
  fails(RunOnly({"--colour=red"}), "there is no flag --colour");
  fails(RunOnly({"--hints=none.yaml", "--connection=none"}), "none.yaml cannot be read");
  fails(RunOnly({"--hints=" + folder_.path(), "--connection=none"}), "cannot be read");
  fails(Run(kHarmless, {"--policy=none.yaml"}), "none.yaml cannot be read");
  fails(Run(""), "holds no hints");
  fails(Run("a: [\n"), "not YAML");
  fails(Run(std::string((1 << 20) + 1, '#')), "is longer than 1048576 bytes");
  fails(RunOnly({"--hints=" + folder_.Write("h", kHarmless), "--connection=none"}), "none cannot be read");
  fails(RunOnly({"--hints=" + folder_.File("h"), "--connection_dir=none"}), "credentials folder none is not there");
  uri_ = "oracle://shop_admin:s3cret@db.example/shop";
  fails(Run(kHarmless), "the engine is not known");
  uri_ = "postgresql://shop_admin:s3cret@db.example/shop";
  failure_ = absl::UnavailableError("db.example:5432 does not answer");
  fails(Run(kHarmless), "db.example:5432 does not answer; look at the address in the credentials, and at --tls_mode");
}

TEST_F(CheckTest, TellsAWorkflowWhyItCouldNotCheck) {
  EXPECT_EQ(Run("", {"--output=github"}), 2);
  EXPECT_THAT(out_, AllOf(StartsWith("::error title=dba-agent check::"), HasSubstr("holds no hints")));
}

TEST_F(CheckTest, FiveHundredHintsTakeNoTime) {
  std::string many;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&many, i % 2 == 0 ? kUnreadable : kHarmless);
  const absl::Time begin = absl::Now();
  EXPECT_EQ(Run(many), 1);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_THAT(out_, HasSubstr(": 500 hints, "));
}

TEST_F(CheckTest, Help) {
  EXPECT_EQ(RunOnly({"--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("Exit code: 0 nothing would block, 1 something would, 2"));
}

}  // namespace
}  // namespace dba::agent::check
