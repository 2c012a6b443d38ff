// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/options.h"

#include "common/testing/status_matchers.h"

namespace dba::agent::check {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kBad = absl::StatusCode::kInvalidArgument;

TEST(CheckOptionsTest, TakesBothFormsOfAFlag) {
  const auto options = ParseOptions({"--connection=uri.txt", "--hints", "a.yaml", "--hints=b.yaml", "--migration=v2,v3",
                                     "--output", "sarif", "--timeout=5s", "--tls_mode=Disable", "--watch=1m"});
  ASSERT_OK(options);
  EXPECT_EQ(options->connection, "uri.txt");
  EXPECT_THAT(options->hints, ElementsAre("a.yaml", "b.yaml"));
  EXPECT_THAT(options->migrations, ElementsAre("v2", "v3"));
  EXPECT_EQ(options->output, Output::kSarif);
  EXPECT_EQ(options->timeout, absl::Seconds(5));
  EXPECT_EQ(options->watch, absl::Minutes(1));
  EXPECT_EQ(options->connect.tls, TlsMode::kDisable);
}

TEST(CheckOptionsTest, DefaultsAreSafe) {
  const auto options = ParseOptions({"--connection_dir=creds", "--hints=a.yaml"});
  ASSERT_OK(options);
  EXPECT_EQ(options->connect.tls, TlsMode::kVerifyFull);
  EXPECT_EQ(options->output, Output::kText);
  EXPECT_EQ(options->timeout, absl::Seconds(30));
}

TEST(CheckOptionsTest, HelpNeedsNothingElse) {
  const auto options = ParseOptions({"--help"});
  ASSERT_OK(options);
  EXPECT_TRUE(options->help);
  for (const char* flag : {"--connection ", "--connection_dir", "--hints", "--migration", "--policy", "--output",
                           "--watch", "--timeout", "--tls_mode", "--tls_ca", "--connect_timeout"}) {
    EXPECT_THAT(HelpText(), HasSubstr(flag));
  }
}

TEST(CheckOptionsTest, ErrorsNameTheFlag) {
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{"--hints=a"}, "one of --connection and --connection_dir"},
      {{"--hints=a", "--connection=x", "--connection_dir=y"}, "one of --connection and --connection_dir"},
      {{"--connection=x"}, "--hints is missing"},
      {{"--connection=x", "--hints"}, "--hints has no value"},
      {{"--connection=x", "--hints="}, "--hints is empty"},
      {{"--colour=red"}, "there is no flag --colour"},
      {{"--output=xml"}, "--output must be one of github, json, sarif, text"},
      {{"--timeout=0s"}, "--timeout must be from 1s to 1h"},
      {{"--timeout=fast"}, "--timeout must be from 1s to 1h"},
      {{"--tls_mode=Maybe"}, "--tls_mode must be one of"},
      {{"--connection_dir=x", "--hints=a", "--tls_ca=y"}, "put ca.crt into the folder"},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(ParseOptions(one.arguments), StatusIs(kBad, HasSubstr(one.says)));
  }
}

TEST(CheckOptionsTest, APasswordInAWrongPlaceIsNotRepeated) {
  EXPECT_THAT(ParseOptions({"--connection=postgresql://u:s3cret@h/d", "--hints=a"}),
              StatusIs(kBad, AllOf(HasSubstr("name of a file"), Not(HasSubstr("s3cret")))));
  EXPECT_THAT(ParseOptions({"postgresql://u:s3cret@h/d"}), StatusIs(kBad, Not(HasSubstr("s3cret"))));
}

TEST(CheckOptionsTest, TheCommandCanBePastedIntoAShell) {
  EXPECT_EQ(CommandLine({"--hints=a b.yaml", "--policy=it's.yaml", "--output=json"}),
            "dba-agent check '--hints=a b.yaml' '--policy=it'\\''s.yaml' --output=json");
}

}  // namespace
}  // namespace dba::agent::check
