// SPDX-License-Identifier: Apache-2.0
//
// What a user can get wrong in hints, put to a real agent on a real server: a finding each, and the others are
// answered.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/grpc_status.h"
#include "common/testing/status_matchers.h"
#include "integration/agent_process.h"
#include "integration/hints/sql_session.h"
#include "integration/server_process.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba::hints {
namespace {

namespace v1 = dbaoperator::agent::v1;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

// The table is called Größe "x" 表; its column naïve holds a NULL.
constexpr char kNulls[] = R"({"operation":"AlterColumn","table":"Größe \"x\" 表","column":
                              {"name":"naïve","type":"int","nullable":false}})";

class BadHintsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = StartHintServer(EnvOr("DBA_HINT_SERVER", "postgres15"));
    ASSERT_OK(server);
    server_ = *std::move(server);
    postgres_ = server_->engine() == "postgresql";
    const std::string table = postgres_ ? R"("Größe ""x"" 表")" : R"(`Größe "x" 表`)";
    Fixture fixture;
    fixture.create = {absl::StrCat("CREATE TABLE ", table, " (id int PRIMARY KEY, naïve int)"),
                      absl::StrCat("INSERT INTO ", table, " VALUES (1, NULL), (2, 5)")};
    ASSERT_OK(server_->MakeDatabase("shop", "odd", fixture, 2));
    keys_ = server_->AgentKeys("shop");
  }

  // Findings as "0 rule" or "0 rule?", by the hint's index; `messages_` as well.
  std::vector<std::string> Check(const std::vector<std::string>& hints) {
    auto agent = AgentProcess::Start(keys_);
    EXPECT_OK(agent.status());
    if (!agent.ok()) return {};
    v1::CheckHintsRequest request;
    for (const std::string& hint : hints) {
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(hint, request.add_hints()).ok()) << hint;
    }
    v1::CheckHintsResponse response;
    EXPECT_OK(FromGrpcStatus((*agent)->stub().CheckHints(Within(absl::Seconds(30)).get(), request, &response)));
    std::vector<std::string> said;
    messages_.clear();
    for (const v1::Finding& finding : response.findings()) {
      said.push_back(absl::StrCat(finding.hint(), " ", finding.rule(), finding.unknown() ? "?" : ""));
      messages_.push_back(finding.message());
    }
    return said;
  }

  std::unique_ptr<HintServer> server_;
  bool postgres_ = false;
  AgentProcess::Keys keys_;
  std::vector<std::string> messages_;
};

TEST_F(BadHintsTest, AreFindingsAndTheOthersAreAnswered) {
  const std::vector<std::string> said =
      Check({R"({"operation":"Explode","table":"a"})",
             R"({"operation":"AddColumn","table":"a","column":{"name":"x",
                                                   "default":"Maybe"}})",
             R"({"operation":"DropTable","tabel":"a"})", R"({})", R"({"operation":"DropTable","table":"gone"})",
             R"({"operation":"DropTable","table":"x\"; DROP TABLE y; --"})", kNulls});
  EXPECT_THAT(said,
              ::testing::ElementsAre("0 hint.unsupported", "1 hint.unsupported", "2 hint.unsupported",
                                     "3 hint.unsupported", "4 drift.missing", "5 drift.missing", "6 not_null.nulls"));
  EXPECT_THAT(messages_, Contains(AllOf(HasSubstr("\"Explode\""), HasSubstr("AddColumn"))));
  EXPECT_THAT(messages_, Contains(AllOf(HasSubstr("\"Maybe\""), HasSubstr("Volatile"))));
}

TEST_F(BadHintsTest, FiveHundredAreAnswered) {
  std::vector<std::string> hints(499, R"({"operation":"CreateTable","table":"Größe \"x\" 表"})");
  hints.insert(hints.begin(), kNulls);
  const std::vector<std::string> said = Check(hints);
  EXPECT_THAT(said, Contains("0 not_null.nulls"));
  EXPECT_THAT(said, Contains("499 drift.exists"));
}

TEST_F(BadHintsTest, WithoutSelectTheAnswerIsUnknownAndSaysWhy) {
  const auto session = server_->Connect("shop");
  ASSERT_OK(session);
  const std::vector<std::string> statements =
      postgres_ ? std::vector<std::string>{"CREATE ROLE poor LOGIN PASSWORD 'poor-password'"}
                : std::vector<std::string>{"CREATE USER poor@'%' IDENTIFIED BY 'poor-password'",
                                           "GRANT INSERT ON shop.* TO poor@'%'"};
  for (const std::string& sql : statements) ASSERT_OK((*session)->Run(sql));
  keys_["username"] = "poor";
  keys_["password"] = "poor-password";
  const std::vector<std::string> said = Check({kNulls, R"({"operation":"DropTable","table":"gone"})"});
  EXPECT_THAT(said, Contains("0 not_null.nulls?"));
  EXPECT_THAT(said, Contains("1 drift.missing"));
  EXPECT_THAT(messages_, Contains(HasSubstr("SELECT")));
  for (const std::string& message : messages_) EXPECT_THAT(message, ::testing::Not(HasSubstr("poor-password")));
}

}  // namespace
}  // namespace dba::hints
