// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/report.h"

#include "absl/strings/str_split.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "common/version.h"

namespace dba::agent::check {
namespace {

using hints::Applied;
using hints::Confidence;
using hints::Effect;
using hints::Finding;
using hints::Harm;
using ::testing::HasSubstr;
using ::testing::Not;

Finding Blocking() {
  Finding finding;
  finding.rule = "hint.unsupported";
  finding.harm = Harm::kBlocksWrites;
  finding.effect = Effect::kBlock;
  finding.scenario = 3;
  finding.table = "image";
  finding.columns = {"size"};
  finding.message =
      "ADD COLUMN rewrites image (812 million rows, 140 writes a second) under ACCESS EXCLUSIVE; readers and "
      "writers wait for it.";
  finding.remedy = "Add the column without the default, then fill it in batches.";
  finding.expected_duration = absl::Seconds(548);
  finding.evidence = {{"rows", "812000000"}, {"sampled_at", "2023-11-14"}, {"work", "REWRITE"}};
  return finding;
}

Finding Warning() {
  Finding finding;
  finding.rule = "other.rule";
  finding.hint = 1;
  finding.confidence = Confidence::kLow;
  finding.unknown = true;
  finding.transient = true;
  finding.message = "50% of it, a\nb";
  return finding;
}

Report Example(std::vector<Finding> findings) {
  Report report;
  report.server = {Engine::kPostgresql, "15.10", "", "db.example", 5432, "shop"};
  report.hints.push_back(
      {hints::ParseHint(Json::parse(R"({"operation": "AddColumn", "table": "image", "column": {"name": "size"}})")),
       "AddColumn image.size", "dir a/v3.yaml", 7, "v3"});
  report.hints.push_back({absl::InvalidArgumentError("no"), "", "dir a/v3.yaml", 9, ""});
  report.evaluation.findings = std::move(findings);
  report.evaluation.applied = {Applied::kNo, Applied::kUnknown};
  report.checked_at = absl::FromUnixSeconds(1700000000);
  report.command = "dba-agent check --hints='dir a/v3.yaml'";
  return report;
}

TEST(ReportTest, TextForPeople) {
  EXPECT_EQ(TextReport(Example({Blocking(), Warning()})),
            R"(PostgreSQL 15.10, database shop: 2 hints, 2 findings (1 blocking)

BLOCKS  dir a/v3.yaml:7  hint.unsupported  AddColumn image.size
             ADD COLUMN rewrites image (812 million rows, 140 writes a second) under ACCESS EXCLUSIVE; readers
             and writers wait for it.
  lasts      about 9m
  evidence   rows=812000000, work=REWRITE
  remedy     Add the column without the default, then fill it in batches.

warns   dir a/v3.yaml:9  other.rule
             50% of it, a?b
  doubt      could not be told, may pass by itself

The migration would be blocked. Do it the safer way, tell so in the hints, and check again:
  dba-agent check --hints='dir a/v3.yaml'
)");
}

TEST(ReportTest, TextWithoutABlockingFinding) {
  EXPECT_EQ(TextReport(Example({})),
            "PostgreSQL 15.10, database shop: 2 hints, no findings\n\nNothing would block the migration.\n");
  EXPECT_THAT(TextReport(Example({Warning()})), HasSubstr("\nNothing would block the migration; read the warnings.\n"));
}

TEST(ReportTest, JsonForPrograms) {
  EXPECT_EQ(Json::parse(JsonReport(Example({Blocking(), Warning()}))), Json::parse(R"({
    "database": {"engine": "PostgreSQL", "version": "15.10", "name": "shop"},
    "checkedAt": "2023-11-14T22:13:20+00:00", "wouldBlock": true,
    "hints": [{"file": "dir a/v3.yaml", "line": 7, "migration": "v3", "operation": "AddColumn", "table": "image",
               "applied": "No"},
              {"file": "dir a/v3.yaml", "line": 9, "applied": "Unknown"}],
    "findings": [
      {"rule": "hint.unsupported", "harm": "BlocksWrites", "effect": "Block", "confidence": "High", "unknown": false,
       "transient": false, "hint": 0, "scenario": 3, "table": "image", "columns": ["size"],
       "message": "ADD COLUMN rewrites image (812 million rows, 140 writes a second) under ACCESS EXCLUSIVE; readers and writers wait for it.",
       "remedy": "Add the column without the default, then fill it in batches.", "expectedSeconds": 548.0,
       "evidence": {"rows": "812000000", "sampled_at": "2023-11-14", "work": "REWRITE"}},
      {"rule": "other.rule", "effect": "Warn", "confidence": "Low", "unknown": true, "transient": true, "hint": 1,
       "message": "50% of it, a\nb", "evidence": {}}]})"));
  EXPECT_EQ(Json::parse(JsonReport(Example({Warning()})))["wouldBlock"], Json(false));
}

TEST(ReportTest, GithubCommandsPointToTheLine) {
  EXPECT_EQ(
      GithubReport(Example({Blocking(), Warning()})),
      "::error file=dir a/v3.yaml,line=7,title=hint.unsupported::ADD COLUMN rewrites image (812 million rows, 140 "
      "writes a second) under ACCESS EXCLUSIVE; readers and writers wait for it.%0AAdd the column without the "
      "default, then fill it in batches.\n"
      "::warning file=dir a/v3.yaml,line=9,title=other.rule::50%25 of it, a%0Ab\n"
      "PostgreSQL 15.10, database shop: 1 blocking, 1 warning\n");
  EXPECT_EQ(GithubError("a\n::error::b"), "::error title=dba-agent check::a%0A::error::b\n");
}

TEST(ReportTest, SarifNamesRulesPlacesAndFingerprints) {
  const Json sarif = Json::parse(SarifReport(Example({Blocking(), Warning(), Blocking()})));
  EXPECT_EQ(sarif["version"], Json("2.1.0"));
  const Json& run = sarif["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["semanticVersion"], Json(std::string(Version())));
  const Json& rules = run["tool"]["driver"]["rules"];
  const Json& first = run["results"][0];
  EXPECT_EQ(first["ruleId"], Json("hint.unsupported"));
  EXPECT_EQ(rules[first["ruleIndex"].get<size_t>()]["id"], Json("hint.unsupported"));
  EXPECT_EQ(first["level"], Json("error"));
  EXPECT_EQ(first["locations"][0]["physicalLocation"],
            Json::parse(R"({"artifactLocation": {"uri": "dir%20a/v3.yaml"}, "region": {"startLine": 7}})"));
  EXPECT_EQ(run["results"][1]["level"], Json("warning"));
  EXPECT_EQ(run["results"][1]["ruleIndex"], Json(-1)) << "SARIF's word for: not among the rules";
  EXPECT_NE(first["partialFingerprints"], run["results"][2]["partialFingerprints"]) << "two findings, two fingerprints";
  Report moved = Example({Blocking()});
  moved.hints[0].line = 40;
  moved.evaluation.findings[0].evidence["rows"] = "5";
  EXPECT_EQ(Json::parse(SarifReport(moved))["runs"][0]["results"][0]["partialFingerprints"],
            first["partialFingerprints"]);
}

TEST(ReportTest, BytesThatAreNoTextBreakNoOutput) {
  Report report = Example({Blocking()});
  report.evaluation.findings[0].message = "name \xff\x1b[31m\n::warning::x";
  EXPECT_OK(ParseJson(JsonReport(report)));
  EXPECT_OK(ParseJson(SarifReport(report)));
  EXPECT_THAT(TextReport(report), Not(HasSubstr("\x1b")));
  EXPECT_THAT(GithubReport(report), Not(HasSubstr("\n::warning")));
}

}  // namespace
}  // namespace dba::agent::check
