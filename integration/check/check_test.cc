// SPDX-License-Identifier: Apache-2.0
//
// `dba-agent check` in front of real servers: what a pipeline sees.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "integration/mysql_env.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSetNotNull[] = "- operation: AlterColumn\n  table: image\n  column: {name: digest, nullable: false}\n";
constexpr char kUnique[] =
    "- {operation: AddConstraint, type: Unique, table: image, columns: [name], name: image_name_key}\n";

CommandResult Check(std::vector<std::string> arguments) {
  Subprocess::Options options;
  options.args = {"dbagent/dba-agent", "check", "--tls_mode=Disable"};
  options.args.insert(options.args.end(), arguments.begin(), arguments.end());
  const absl::StatusOr<CommandResult> result = RunCommand(options);
  EXPECT_OK(result);
  return result.ok() ? *result : CommandResult{-1, "", ""};
}

// What is said of the first hint.
std::vector<std::string> RulesOf(const std::string& report) {
  std::vector<std::string> rules;
  const absl::StatusOr<Json> json = ParseJson(report);
  EXPECT_OK(json);
  if (!json.ok()) return rules;
  for (const Json& finding : (*json)["findings"]) rules.push_back(finding["rule"].get<std::string>());
  return rules;
}

class CheckPostgresTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_OK_AND_ASSIGN(server_, PostgresEnv::Start()); }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    ASSERT_NE(server_, nullptr);
    Sql("DROP TABLE IF EXISTS image");
    Sql("CREATE TABLE image (id bigint PRIMARY KEY, name text NOT NULL, digest text)");
    Sql("INSERT INTO image SELECT i, 'n' || i, 'd' FROM generate_series(1, 1000) i");
    Sql("ANALYZE image");
    folder_.Write("uri", Uri("postgres", server_->superuser_password()));
  }
  void Sql(const std::string& sql) { ASSERT_OK(server_->Run("postgres", sql)); }
  std::string Uri(const std::string& user, const std::string& password) {
    return absl::StrCat("postgresql://", user, ":", password, "@127.0.0.1:", server_->port(), "/postgres\n");
  }
  CommandResult CheckHints(const std::string& hints, const std::string& output = "json") {
    return Check(
        {"--connection", folder_.File("uri"), "--hints", folder_.Write("hints.yaml", hints), "--output", output});
  }

  static std::unique_ptr<PostgresEnv> server_;
  TempDir folder_;
};

std::unique_ptr<PostgresEnv> CheckPostgresTest::server_;

TEST_F(CheckPostgresTest, BlocksUntilTheRowsAreMended) {
  Sql("UPDATE image SET digest = NULL WHERE id < 4");
  const CommandResult blocked = CheckHints(kSetNotNull, "text");
  EXPECT_EQ(blocked.exit_code, 1) << blocked.out << blocked.err;
  EXPECT_THAT(blocked.out, AllOf(HasSubstr("PostgreSQL 15"), HasSubstr("hints.yaml:1"), HasSubstr("digest"),
                                 HasSubstr("The migration would be blocked.")));
  Sql("UPDATE image SET digest = 'd'");
  const CommandResult mended = CheckHints(kSetNotNull, "text");
  EXPECT_EQ(mended.exit_code, 0) << mended.out << mended.err;
}

TEST_F(CheckPostgresTest, FindsDuplicates) {
  Sql("UPDATE image SET name = 'twin' WHERE id IN (1, 2)");
  const CommandResult blocked = CheckHints(kUnique);
  EXPECT_EQ(blocked.exit_code, 1) << blocked.out << blocked.err;
  EXPECT_THAT(RulesOf(blocked.out), Not(IsEmpty()));
  EXPECT_THAT(blocked.out, Not(HasSubstr("twin"))) << "no value of a row";
}

TEST_F(CheckPostgresTest, AFolderOfKeysWorksToo) {
  TempDir keys;
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, std::string>>{{"host", "127.0.0.1"},
                                                        {"port", absl::StrCat(server_->port())},
                                                        {"engine", "postgresql"},
                                                        {"dbname", "postgres"},
                                                        {"username", "postgres"},
                                                        {"password", server_->superuser_password()}}) {
    keys.Write(key, value);
  }
  const CommandResult result =
      Check({"--connection_dir=" + keys.path(), "--hints=" + folder_.Write("h.yaml", kSetNotNull), "--output=sarif"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_OK(ParseJson(result.out));
}

TEST_F(CheckPostgresTest, FiveHundredHintsUnicodeAndWhatIsNotThere) {
  Sql("CREATE TABLE IF NOT EXISTS \"Größe \"\"x\"\" 💩\" (a int)");
  std::string hints =
      "- {operation: AddColumn, table: 'Größe \"x\" 💩', column: {name: b, type: int, nullable: true}}\n"
      "- {operation: AddColumn, table: nowhere, column: {name: b, type: int}}\n"
      "- {operation: Frob, table: image}\n- 5\n";
  for (int i = 0; i < 496; ++i) {
    absl::StrAppend(&hints, "- {operation: AddColumn, table: image, column: {name: c", i,
                    ", type: int, nullable: true}}\n");
  }
  const absl::Time begin = absl::Now();
  const CommandResult result = CheckHints(hints);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(20));
  const absl::StatusOr<Json> report = ParseJson(result.out);
  ASSERT_OK(report);
  EXPECT_EQ((*report)["hints"].size(), 500u);
  std::vector<int> hinted;
  for (const Json& finding : (*report)["findings"]) hinted.push_back(finding["hint"].get<int>());
  EXPECT_THAT(hinted, testing::IsSupersetOf({1, 2, 3}));
  EXPECT_THAT(hinted, Not(testing::Contains(0))) << result.out.substr(0, 2000);
}

TEST_F(CheckPostgresTest, ARoleThatMayNotReadTheRows) {
  Sql("DROP ROLE IF EXISTS reader");
  Sql("CREATE ROLE reader LOGIN PASSWORD 'reader-s3cret'");
  folder_.Write("uri", Uri("reader", "reader-s3cret"));
  const CommandResult result = CheckHints(kSetNotNull);
  EXPECT_EQ(result.exit_code, 0) << "unknown warns by default\n" << result.out << result.err;
  const absl::StatusOr<Json> report = ParseJson(result.out);
  ASSERT_OK(report);
  ASSERT_FALSE((*report)["findings"].empty());
  EXPECT_EQ((*report)["findings"][0]["unknown"], Json(true)) << result.out;
}

TEST_F(CheckPostgresTest, SaysWhyItCouldNotCheck) {
  folder_.Write("uri", Uri("postgres", "wr0ng-s3cret"));
  const CommandResult refused = CheckHints(kSetNotNull);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, AllOf(HasSubstr("dba-agent check: "), Not(HasSubstr("wr0ng-s3cret"))));
  EXPECT_EQ(Check({"--hints=x"}).exit_code, 2);
  EXPECT_EQ(Check({"--help"}).exit_code, 0);
}

TEST(CheckMariadbTest, BlocksUntilTheRowsAreMended) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<MysqlEnv> server, MysqlEnv::Start());
  for (const char* sql :
       {"CREATE DATABASE shop",
        "CREATE TABLE shop.image (id bigint PRIMARY KEY, name varchar(40) NOT NULL, digest varchar(40))",
        "INSERT INTO shop.image SELECT seq, concat('n', seq), 'd' FROM shop.seq_1_to_1000",
        "UPDATE shop.image SET digest = NULL WHERE id < 4"}) {
    ASSERT_OK(server->Run(sql));
  }
  const TempDir folder;
  const std::string uri = folder.Write(
      "uri", absl::StrCat("mariadb://root:", server->root_password(), "@127.0.0.1:", server->port(), "/shop"));
  const std::vector<std::string> arguments = {
      "--connection=" + uri,
      "--hints=" + folder.Write("h.yaml",
                                "- operation: AlterColumn\n  table: image\n"
                                "  column: {name: digest, type: varchar(40), nullable: false}\n")};
  const CommandResult blocked = Check(arguments);
  EXPECT_EQ(blocked.exit_code, 1) << blocked.out << blocked.err;
  EXPECT_THAT(blocked.out, AllOf(HasSubstr("MariaDB 10"), HasSubstr("h.yaml:1"), HasSubstr("digest")));
  ASSERT_OK(server->Run("UPDATE shop.image SET digest = 'd'"));
  const CommandResult mended = Check(arguments);
  EXPECT_EQ(mended.exit_code, 0) << mended.out << mended.err;
}

}  // namespace
}  // namespace dba
