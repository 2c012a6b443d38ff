// SPDX-License-Identifier: Apache-2.0
//
// The calls that docs/agent.md shows, made by grpcurl itself, which knows the API from the agent's reflection alone.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "integration/agent_process.h"
#include "integration/postgres_under_test.h"
#include "integration/server_process.h"

namespace dba::agent {
namespace {

constexpr char kVersion[] = "v1.9.4";  // as tools/cluster.d/build.bash

// The folder of grpcurl, which is built when nobody has: about 45 s.
std::string GrpcurlFolder() {
  const std::string cache =
      EnvOr("DBA_CACHE", EnvOr("XDG_CACHE_HOME", EnvOr("HOME", "") + "/.cache") + "/dba-operator");
  const std::string folder = absl::StrCat(cache, "/bin/grpcurl-", kVersion);
  if (std::filesystem::exists(folder + "/grpcurl")) return folder;
  Subprocess::Options options;
  options.args = {"go", "install", absl::StrCat("github.com/fullstorydev/grpcurl/cmd/grpcurl@", kVersion)};
  options.env = {{"GOBIN", folder}, {"CGO_ENABLED", "0"}, {"GOFLAGS", ""}};
  const absl::StatusOr<CommandResult> built = RunCommand(options, absl::Minutes(4));
  EXPECT_OK(built) << "run tools/setup";
  EXPECT_TRUE(built.ok() && built->exit_code == 0) << (built.ok() ? built->err : "");
  return folder;
}

// The lines of docs/agent.md that begin with grpcurl.
std::vector<std::string> DocumentedCalls() {
  std::stringstream text;
  text << std::ifstream("docs/agent.md").rdbuf();
  std::vector<std::string> calls;
  for (const absl::string_view line : absl::StrSplit(text.str(), '\n')) {
    if (absl::StartsWith(line, "grpcurl ")) calls.emplace_back(line);
  }
  return calls;
}

TEST(AgentGrpcurlTest, DocumentedCallsWork) {
  ASSERT_NE(SharedPostgres(), nullptr);
  PostgresUnderTest test(SharedPostgres(), PgAdmin::kSuperuser);
  test.Run("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('3512efb5496d')");
  ASSERT_OK_AND_ASSIGN(const auto agent,
                       AgentProcess::Start({{"uri", absl::StrCat("postgres://postgres:", test.dsn().password.Reveal(),
                                                                 "@127.0.0.1:", test.dsn().port, "/shop")}}));
  const std::string path = absl::StrCat(GrpcurlFolder(), ":", EnvOr("PATH", ""));
  std::string said;
  const std::vector<std::string> calls = DocumentedCalls();
  ASSERT_GE(calls.size(), 5u);
  for (const std::string& call : calls) {
    Subprocess::Options options;
    options.args = {"sh", "-c",
                    absl::StrReplaceAll(call, {{"127.0.0.1:8443", absl::StrCat("127.0.0.1:", agent->port())}})};
    options.env = {{"PATH", path}};
    ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
    EXPECT_EQ(result.exit_code, 0) << call << "\n" << result.err;
    absl::StrAppend(&said, result.out);
  }
  for (const char* words : {"dbaoperator.agent.v1.DatabaseAgent\n", "rpc EnsureAccount", "\"status\": \"SERVING\"",
                            "\"3512efb5496d\"", "STATE_KNOWN", "ENGINE_POSTGRESQL", "\"created\": true", "dba_shop_v1",
                            "OUTCOME_LOGGED_IN", "\"dropped\": true"}) {
    EXPECT_TRUE(absl::StrContains(said, words)) << words << "\n" << said;
  }
}

}  // namespace
}  // namespace dba::agent
