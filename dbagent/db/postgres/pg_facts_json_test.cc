// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_facts_json.h"

#include <string>

#include "common/testing/status_matchers.h"
#include "dbagent/db/postgres/pg_table_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kVersion = 150010;

PgTableRow Table(const std::string& statistics, int version = kVersion) {
  return PgTableFromJson(*ParseJson(R"({"oid":"7","schema":"public","name":"image","kind":"r","readable":true,
      "tree":[{"oid":"7","name":"image","kind":"r"}],"stats":[)" +
                                    statistics + "]}"),
                         {"", "image"}, version);
}

TEST(PgFactsJsonTest, RowsAreUnknownBeforeAnyStatistics) {
  EXPECT_FALSE(Table(R"({"reltuples":-1,"relpages":0,"live":0})").facts.rows.known());
  EXPECT_THAT(Table(R"({"reltuples":-1,"relpages":0,"live":0})").facts.rows.why(), HasSubstr("ANALYZE"));
  // Up to 13 an unknown count is 0.
  EXPECT_FALSE(Table(R"({"reltuples":0,"relpages":0,"live":0})", 130000).facts.rows.known());
  EXPECT_EQ(*Table(R"({"reltuples":0,"relpages":0,"live":0})").facts.rows, 0);
}

TEST(PgFactsJsonTest, CountersGoBeforeTheLastAnalyzeUnlessTheyWereReset) {
  EXPECT_EQ(*Table(R"({"reltuples":100,"relpages":1,"live":5000,"ins":5000})").facts.rows, 5000);
  EXPECT_EQ(*Table(R"({"reltuples":5000,"relpages":50,"live":10,"ins":10})").facts.rows, 5000);
  EXPECT_EQ(*Table(R"({"reltuples":5000,"relpages":50,"live":10,"ins":10,"del":4990})").facts.rows, 10);
}

TEST(PgFactsJsonTest, TheSizeCorrectsTheCounters) {
  const double page = 8192;
  const PgMember counted_twice = Table(R"({"reltuples":1000,"relpages":10,"live":2000,"ins":1000})").members[0];
  EXPECT_EQ(PgRowEstimate(counted_twice, 10 * page), 1000);
  const PgMember deleted = Table(R"({"reltuples":1000,"relpages":10,"live":5,"ins":1000,"del":995})").members[0];
  EXPECT_EQ(PgRowEstimate(deleted, 10 * page), 5);
  const PgMember reset = Table(R"({"reltuples":1000,"relpages":10,"live":5,"ins":5})").members[0];
  EXPECT_EQ(PgRowEstimate(reset, 20 * page), 2000);
  EXPECT_EQ(PgRowEstimate(PgMember{}, 20 * page), std::nullopt);
}

TEST(PgFactsJsonTest, SaysWhenStatisticsAreStale) {
  EXPECT_THAT(Table(R"({"reltuples":5000,"relpages":50,"live":9000,"ins":4000,"modified":4000,"analyzed":true})")
                  .facts.stats_doubt,
              HasSubstr("4000 rows changed"));
  EXPECT_EQ(Table(R"({"reltuples":5000,"relpages":50,"live":5000,"ins":5000,"analyzed":true})").facts.stats_doubt, "");
}

TEST(PgFactsJsonTest, TellsWhoHoldsALock) {
  const auto holder = [](const char* text) { return PgLockHolderFromJson(*ParseJson(text)); };
  EXPECT_EQ(holder(R"({"mode":"AccessShareLock","state":"idle in transaction","age":7.5})").kind,
            "idle in transaction");
  EXPECT_EQ(holder(R"({"mode":"AccessShareLock","age":7.5})").age, absl::Milliseconds(7500));
  EXPECT_FALSE(holder(R"({"mode":"AccessShareLock"})").writes);
  EXPECT_TRUE(holder(R"({"mode":"RowExclusiveLock"})").writes);
  EXPECT_FALSE(holder(R"({"mode":"RowExclusiveLock"})").strong);
  EXPECT_TRUE(holder(R"({"mode":"AccessExclusiveLock","granted":false})").waiting);
  EXPECT_EQ(holder(R"({"mode":"RowExclusiveLock","prepared":true})").kind, "prepared transaction");
}

TEST(PgFactsJsonTest, ConditionsAndArrays) {
  EXPECT_EQ(PgCondition("CHECK ((a > 0)) NOT VALID"), "(a > 0)");
  EXPECT_EQ(PgCondition("CHECK ((a > 0)) NO INHERIT"), "(a > 0)");
  EXPECT_EQ(PgArray({"a", R"(b"\)"}), R"({"a","b\"\\"})");
  EXPECT_FALSE(PgTableFromJson(Json(), {"", "gone"}, kVersion).facts.exists());
}

}  // namespace
}  // namespace dba::agent
