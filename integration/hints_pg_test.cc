// SPDX-License-Identifier: Apache-2.0
//
// Facts, questions about rows and findings on a real PostgreSQL, where something is in the way.
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/hint_checker.h"
#include "dbagent/hints/hint.h"
#include "dbagent/write_sampler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/postgres_under_test.h"

namespace dba::agent {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HintsPgTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(SharedPostgres(), nullptr);
    Use(PgAdmin::kSuperuser);
  }

  void Use(PgAdmin admin) {
    server_.reset();
    server_ = std::make_unique<PostgresUnderTest>(SharedPostgres(), admin);
    sampler_ = std::make_unique<WriteSampler>(
        [this] { return std::shared_ptr<Database>(&server_->database(), [](Database*) {}); }, &clock_);
    checker_ = std::make_unique<HintChecker>(sampler_.get());
  }

  // "rule" or "rule?" of each finding.
  std::vector<std::string> Check(const std::vector<std::string>& lines, hints::Policy policy = {}) {
    std::vector<absl::StatusOr<hints::Hint>> hints;
    for (const std::string& line : lines) hints.push_back(hints::ParseHint(*ParseJson(line)));
    const absl::Time begin = absl::Now();
    const auto check = checker_->Check(server_->database(), hints, policy, "", absl::Now() + absl::Seconds(20));
    took_ = absl::Now() - begin;
    EXPECT_OK(check);
    if (!check.ok()) return {};
    findings_ = check->evaluation.findings;
    EXPECT_EQ(check->evaluation.applied.size(), lines.size());
    std::vector<std::string> said;
    for (const hints::Finding& finding : findings_) {
      said.push_back(absl::StrCat(finding.rule, finding.unknown ? "?" : ""));
    }
    return said;
  }

  RealClock clock_;
  std::unique_ptr<PostgresUnderTest> server_;
  std::unique_ptr<WriteSampler> sampler_;
  std::unique_ptr<HintChecker> checker_;
  std::vector<hints::Finding> findings_;
  absl::Duration took_;
};

TEST_F(HintsPgTest, NobodyWaitsBehindAQueuedAlter) {
  server_->Run(
      "CREATE TABLE image (id int PRIMARY KEY, label text); INSERT INTO image SELECT g, 'x' FROM "
      "generate_series(1, 1000) g");
  std::thread reader(
      [&] { (void)SharedPostgres()->Run("shop", "BEGIN; SELECT count(*) FROM image; SELECT pg_sleep(60)"); });
  ASSERT_TRUE(
      WaitFor([&] { return server_->Run("SELECT count(*) FROM pg_locks WHERE relation = 'image'::regclass") != "0"; }));
  std::thread alter([&] { (void)SharedPostgres()->Run("shop", "ALTER TABLE image ADD COLUMN x int"); });
  ASSERT_TRUE(WaitFor([&] { return server_->Run("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }));
  EXPECT_THAT(Check({R"({"operation":"CreateIndex","table":"image","columns":["label"],"unique":true,
                         "concurrently":false})"}),
              testing::UnorderedElementsAre("unique.duplicates?", "lock.ddl_in_progress"));
  EXPECT_THAT(findings_[0].message, HasSubstr("lock"));
  EXPECT_TRUE(findings_[0].transient);
  // Two seconds are the writes' window.
  EXPECT_LT(took_, absl::Seconds(5));
  // Asked all the same, the query gives up after its lock timeout.
  hints::DataProbe probe;
  probe.table = {"public", "image"};
  const absl::Time begin = absl::Now();
  const auto answer = server_->database().Probe(probe, absl::Seconds(10), absl::Now() + absl::Seconds(15));
  ASSERT_OK(answer);
  EXPECT_TRUE(answer->unknown());
  EXPECT_TRUE(answer->transient);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
  server_->Run(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
      "query LIKE '%image%' AND application_name <> 'dba-agent'");
  reader.join();
  alter.join();
}

TEST_F(HintsPgTest, AQueryOverRowsEndsAtItsTimeout) {
  server_->Run(
      "CREATE TABLE image (id int, label text); INSERT INTO image SELECT g, md5(g::text) FROM "
      "generate_series(1, 300000) g; ANALYZE image");
  hints::DataProbe probe;
  probe.kind = hints::DataProbe::Kind::kDuplicates;
  probe.table = {"public", "image"};
  probe.columns = {"label"};
  ASSERT_OK(server_->database().Describe(absl::Now() + absl::Seconds(15)));  // connects
  const absl::Time begin = absl::Now();
  const auto answer = server_->database().Probe(probe, absl::Milliseconds(20), absl::Now() + absl::Seconds(15));
  ASSERT_OK(answer);
  EXPECT_TRUE(answer->unknown());
  EXPECT_THAT(answer->reason, HasSubstr("did not end within 20ms"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  const auto clean = server_->database().Probe(probe, absl::Seconds(15), absl::Now() + absl::Seconds(20));
  ASSERT_OK(clean);
  EXPECT_TRUE(clean->clean()) << clean->reason;
}

TEST_F(HintsPgTest, AQueryOverRowsEndsAtItsTimeoutThoughTheServerDoesNot) {
  server_->Run("CREATE TABLE image (id int)");
  hints::DataProbe probe;
  probe.table = {"public", "image"};
  ASSERT_OK(server_->database().Probe(probe, absl::Seconds(5), absl::Now() + absl::Seconds(15)));
  SharedPostgres()->Freeze();
  const absl::Time begin = absl::Now();
  const auto answer = server_->database().Probe(probe, absl::Milliseconds(300), absl::Now() + absl::Seconds(15));
  const absl::Duration took = absl::Now() - begin;
  SharedPostgres()->Thaw();
  EXPECT_LT(took, absl::Milliseconds(900));
  EXPECT_FALSE(answer.ok() && !answer->unknown());
  EXPECT_OK(server_->database().Probe(probe, absl::Seconds(5), absl::Now() + absl::Seconds(15)));
}

TEST_F(HintsPgTest, WithoutTheRightToReadItIsUnknown) {
  Use(PgAdmin::kCreateRoleAndDatabaseOwner);
  server_->Run(
      "CREATE TABLE image (id int, label text); INSERT INTO image VALUES (1, NULL); REVOKE ALL ON image FROM PUBLIC");
  const std::string hint = R"({"operation":"AlterColumn","table":"image","column":{"name":"label","nullable":false}})";
  EXPECT_THAT(Check({hint}), Contains("not_null.nulls?"));
  EXPECT_THAT(findings_[0].message, HasSubstr("SELECT"));
  // Policies that hide rows make the answer as worthless.
  server_->Run("GRANT SELECT ON image TO PUBLIC; ALTER TABLE image ENABLE ROW LEVEL SECURITY");
  EXPECT_THAT(Check({hint}), Contains("not_null.nulls?"));
  server_->Run("ALTER TABLE image DISABLE ROW LEVEL SECURITY");
  EXPECT_THAT(Check({hint}), Contains("not_null.nulls"));
}

TEST_F(HintsPgTest, OddNamesAndManyHints) {
  server_->Run(
      "CREATE TABLE \"Größe \"\"x\"\" 表\" (id int PRIMARY KEY, \"naïve\" text); "
      "INSERT INTO \"Größe \"\"x\"\" 表\" VALUES (1, NULL)");
  std::vector<std::string> hints(
      500, R"({"operation":"AlterColumn","table":"Größe \"x\" 表","column":{"name":"naïve","nullable":false}})");
  const std::vector<std::string> said = Check(hints);
  EXPECT_THAT(said, Contains("not_null.nulls"));
  EXPECT_LT(took_, absl::Seconds(6));
  EXPECT_THAT(Check({R"({"operation":"Explode","table":"a"})", R"({"operation":"DropTable","table":"gone"})"}),
              testing::ElementsAre("hint.unsupported", "drift.missing"));
}

TEST_F(HintsPgTest, AnExpressionCannotUseTheAgentsRights) {
  server_->Run(
      "CREATE TABLE image (id int); INSERT INTO image VALUES (1); CREATE TABLE proof (id int); "
      "CREATE FUNCTION evil(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'");
  EXPECT_THAT(Check({R"x({"operation":"AddConstraint","type":"Check","table":"image","check":"evil(id)",
                        "notValid":false})x"}),
              Contains("check.violated?"));
  EXPECT_THAT(findings_[0].message, HasSubstr("failed"));  // pg_catalog holds no such function
  EXPECT_THAT(Check({R"x({"operation":"AddConstraint","type":"Check","table":"image",
                        "check":"public.evil(id)","notValid":false})x"}),
              Contains("check.violated?"));
}

TEST_F(HintsPgTest, FindsTheParentOfAConstraintThatIsValidated) {
  server_->Run(
      "CREATE TABLE repo (id int PRIMARY KEY); INSERT INTO repo VALUES (1); CREATE TABLE image (id int, repo int); "
      "INSERT INTO image VALUES (1, 2); ALTER TABLE image ADD CONSTRAINT image_repo FOREIGN KEY (repo) "
      "REFERENCES repo NOT VALID");
  const std::string hint = R"({"operation":"ValidateConstraint","table":"image","name":"image_repo"})";
  EXPECT_THAT(Check({hint}), testing::ElementsAre("foreign_key.orphans"));
  server_->Run("UPDATE image SET repo = 1");
  EXPECT_THAT(Check({hint}), IsEmpty());
}

TEST_F(HintsPgTest, ReadsTheCatalogsAsTheyAre) {
  server_->Run(
      "CREATE TABLE repo (id int PRIMARY KEY); CREATE TABLE image (id int PRIMARY KEY, repo int REFERENCES repo, "
      "label varchar(40) NOT NULL DEFAULT 'x', CHECK (label IS NOT NULL)); CREATE INDEX image_lower ON image "
      "(lower(label), id) WHERE id > 5; CREATE VIEW labels AS SELECT label FROM image; "
      "INSERT INTO repo SELECT generate_series(1, 10); INSERT INTO image SELECT g, 1 FROM generate_series(1, 100) g; "
      "CREATE TABLE event (id int) PARTITION BY RANGE (id); CREATE TABLE event_1 PARTITION OF event FOR VALUES "
      "FROM (0) TO (1000); INSERT INTO event SELECT generate_series(1, 50); ANALYZE");
  hints::FactsRequest request;
  request.tables = {{"", "image"}, {"public", "repo"}, {"", "event"}, {"", "gone"}};
  request.functions = {"now", "random"};
  request.types = {"int", "no such type", "varchar(40)"};
  const auto gathered = server_->database().GatherFacts(request, absl::Now() + absl::Seconds(10));
  ASSERT_OK(gathered);
  const hints::HintFacts* const facts = &gathered->facts;
  EXPECT_EQ(facts->types.at("int").canonical, "integer");
  EXPECT_EQ(facts->types.count("no such type"), 0u);
  EXPECT_EQ(facts->types.at("varchar(40)").canonical, "character varying");
  // The counters that come along are those that SampleWrites reads.
  const auto samples = server_->database().SampleWrites(request.tables, absl::Now() + absl::Seconds(10));
  ASSERT_OK(samples);
  ASSERT_EQ(gathered->writes.tables.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(gathered->writes.tables[i].writes, samples->tables[i].writes);
    EXPECT_EQ(gathered->writes.tables[i].epoch, samples->tables[i].epoch);
  }
  EXPECT_EQ(gathered->writes.tables[0].writes, 100);
  EXPECT_EQ(gathered->writes.tables[2].writes, 50);
  EXPECT_GT(samples->at, gathered->writes.at);
  const hints::TableFacts& image = facts->tables[0];
  EXPECT_EQ(*image.rows, 100);
  EXPECT_GT(*image.bytes, 8192);
  EXPECT_TRUE(image.FindColumn("label")->not_null);
  EXPECT_EQ(image.FindColumn("label")->type, "character varying(40)");
  EXPECT_THAT(image.FindIndex("image_lower")->columns, testing::ElementsAre("", "id"));
  EXPECT_FALSE(image.FindIndex("image_lower")->predicate.empty());
  EXPECT_TRUE(image.FindIndex("image_pkey")->primary);
  EXPECT_EQ(image.FindConstraint("image_label_check")->definition, "(label IS NOT NULL)");
  EXPECT_EQ(image.FindConstraint("image_repo_fkey")->references.table, "repo");
  EXPECT_EQ(image.pg.views_by_column.at("label")[0], "labels");
  EXPECT_EQ(facts->tables[1].referenced_by[0].table.table, "image");
  EXPECT_EQ(facts->tables[2].kind, hints::TableKind::kPartitioned);
  EXPECT_EQ(*facts->tables[2].rows, 50);
  EXPECT_EQ(facts->tables[2].partitions, 1);
  EXPECT_FALSE(facts->tables[3].exists());
  EXPECT_EQ(facts->functions.at("random"), hints::Volatility::kVolatile);
  EXPECT_EQ(facts->functions.at("now"), hints::Volatility::kStable);
  // A query of others resets the session, and the statements prepared in it with it.
  ASSERT_OK(server_->database().Select({"SELECT 1", 1, 10}, absl::Now() + absl::Seconds(10)));
  const auto again = server_->database().GatherFacts(request, absl::Now() + absl::Seconds(10));
  ASSERT_OK(again);
  EXPECT_EQ(again->facts.tables.size(), 4u);
}

TEST_F(HintsPgTest, CountsWrites) {
  server_->Run("CREATE TABLE image (id int)");
  const std::vector<TableName> tables = {{"public", "image"}, {"public", "gone"}};
  const auto deadline = [] { return absl::Now() + absl::Seconds(10); };
  EXPECT_EQ(sampler_->Rates(tables, absl::Minutes(5), deadline())[0]->per_second, 0);
  server_->Run("INSERT INTO image SELECT generate_series(1, 5000)");
  EXPECT_TRUE(WaitFor([&] {
    const auto rates = sampler_->Rates(tables, absl::Minutes(5), deadline());
    return rates[0].known() && rates[0]->per_second > 50 && !rates[1].known();
  }));
}

}  // namespace
}  // namespace dba::agent
