// SPDX-License-Identifier: Apache-2.0
//
// What the agent says of a migration, compared with what the migration does: README.md of this folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/matrix.h"
#include "integration/hints/score.h"
#include "integration/hints/truth_row.h"
#include "integration/server_process.h"

namespace dba::hints {
namespace {

constexpr double kPercent = 95;

std::string Server() { return EnvOr("DBA_HINT_SERVER", "postgres15"); }

std::string CaseFileOf(const std::string& kind) {
  return absl::StrCat("integration/hints/cases/", kind, "_",
                      absl::StartsWith(Server(), "postgres") ? "postgresql" : "mysql", ".yaml");
}

// What takes a fraction of a second and needs no server to itself.
bool Quick(const HintCase& hint_case) {
  const bool little = hint_case.rows == "small" || hint_case.rows == "tiny";
  return little && hint_case.background == Background::kNone && hint_case.settings.empty();
}

std::vector<TruthRow> RunCases(const std::string& kind) {
  MatrixOptions options;
  options.server = Server();
  options.files = {CaseFileOf(kind)};
  if (EnvOr("DBA_HINT_CASES", "") != "all") {
    options.chosen = Quick;
    // MariaDB tells who waits for a lock without the database of the table: cases side by side would see each other.
    options.lanes = absl::StartsWith(Server(), "mariadb") ? 1 : 6;
  }
  absl::StatusOr<std::vector<TruthRow>> rows = RunMatrix(options);
  EXPECT_OK(rows.status());
  return rows.ok() ? *rows : std::vector<TruthRow>();
}

void ExpectFigures(const std::vector<TruthRow>& rows) {
  PrintMatrix(rows, false, std::cout);
  const Score score = Count(rows);
  EXPECT_GT(score.harmful, 5);
  EXPECT_GT(score.harmless, 5);
  EXPECT_EQ(score.not_asked, 0);
  EXPECT_GE(HarmFoundPercent(score), kPercent);
  EXPECT_GE(WarningsRightPercent(score), kPercent);
  EXPECT_EQ(score.harmless_with_finding, 0);
}

TEST(HintsTruthTest, TheAgentSaysWhatMigrationsDo) { ExpectFigures(RunCases("tune")); }

TEST(HintsTruthTest, TheAgentSaysWhatMigrationsDoThatNoRuleWasTunedOn) { ExpectFigures(RunCases("holdout")); }

TEST(HintsTruthTest, TheAgentSaysWhatMigrationsDoThatWereWrittenAfterTheRules) { ExpectFigures(RunCases("unseen")); }

TEST(HintsTruthTest, TheAgentSaysNothingOfThirtyHarmlessMigrations) {
  const std::vector<TruthRow> rows = RunCases("harmless");
  EXPECT_EQ(rows.size(), 30u);
  for (const TruthRow& row : rows) {
    EXPECT_TRUE(row.asked) << row.id << ": " << row.check_error;
    EXPECT_THAT(row.harms, ::testing::IsEmpty()) << row.id << ": " << row.error << row.old_writer;
    for (const Said& finding : row.said) ADD_FAILURE() << row.id << ": " << finding.rule << ": " << finding.message;
  }
}

}  // namespace
}  // namespace dba::hints
