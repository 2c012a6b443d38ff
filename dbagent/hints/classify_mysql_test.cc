// SPDX-License-Identifier: Apache-2.0
//
// What MySQL and MariaDB do with a table of a million rows. Every row was tried on MySQL 9.7.4, MariaDB 10.11.19 or
// 11.8.6; other releases are marked.
#include <functional>
#include <string>
#include <vector>

#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "dbagent/hints/classify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent::hints {
namespace {

using Change = std::function<void(TableFacts*)>;

constexpr int kMysql80 = 80018;
constexpr int kMysql84 = 80403;
constexpr int kMysql97 = 90704;
constexpr int kMariadb1011 = 101119;
constexpr int kMariadb118 = 110806;

TableFacts Image() {
  TableFacts table;
  table.requested = {"", "image"};
  table.name = {"shop", "image"};
  table.kind = TableKind::kTable;
  table.ignore_case = true;
  table.rows = 1e6;
  table.bytes = int64_t{100} << 20;
  table.mysql.storage_engine = "InnoDB";
  table.mysql.row_format = "Dynamic";
  table.columns = {{"id", "bigint(20)", true, "", true, {}, "", "", false, {}, ""},
                   {"a", "int(11)", false, "", false, {}, "", "", false, {}, ""},
                   {"b", "varchar(40)", false, "", false, {}, "utf8mb4", "utf8mb4_general_ci", false, {}, ""},
                   {"c", "varchar(40)", true, "", false, {}, "utf8mb4", "utf8mb4_general_ci", false, {}, ""},
                   {"e", "enum('p','q')", false, "", false, {}, "utf8mb4", "utf8mb4_general_ci", false, {}, ""},
                   {"u", "bigint(20)", false, "", false, {}, "", "", false, {}, ""}};
  IndexFacts key;
  key.name = "ku";
  key.columns = {"u"};
  key.method = "btree";
  table.indexes = {key};
  return table;
}

void AddIndex(TableFacts* table, const std::string& column, const std::string& method) {
  IndexFacts index;
  index.name = method + column;
  index.columns = {column};
  index.method = method;
  table->indexes.push_back(index);
}

void Nothing(TableFacts*) {}
void FullText(TableFacts* table) { AddIndex(table, "b", "fulltext"); }
void Spatial(TableFacts* table) { AddIndex(table, "b", "spatial"); }
void Compressed(TableFacts* table) { table->mysql.row_format = "Compressed"; }
void Redundant(TableFacts* table) { table->mysql.row_format = "Redundant"; }
void Myisam(TableFacts* table) { table->mysql.storage_engine = "MyISAM"; }
void RowVersions(TableFacts* table) { table->mysql.row_versions = 255; }
void Cascades(TableFacts* table) { table->mysql.cascades = true; }
void Stored(TableFacts* table) {
  table->columns.push_back({"v", "int(11)", false, "a + 1", false, GeneratedKind::kStored, "", "", false, {}, ""});
}
void Virtual(TableFacts* table) {
  table->columns.push_back({"v", "int(11)", false, "a + 1", false, GeneratedKind::kVirtual, "", "", false, {}, ""});
}
void IndexedVirtual(TableFacts* table) {
  Virtual(table);
  AddIndex(table, "v", "btree");
}

Impact ImpactOf(int version, bool mariadb, const Change& change, const std::string& hint,
                std::map<std::string, std::string> settings = {}) {
  HintFacts facts;
  facts.server.engine = mariadb ? Engine::kMariadb : Engine::kMysql;
  facts.server.version = version;
  facts.server.settings = std::move(settings);
  facts.default_schema = "shop";
  facts.tables = {Image()};
  change(&facts.tables[0]);
  const absl::StatusOr<Json> json = ParseJson(hint);
  EXPECT_OK(json) << hint;
  const absl::StatusOr<Hint> parsed = ParseHint(*json);
  EXPECT_OK(parsed) << hint;
  return ClassifyMysql(*parsed, SchemaState(facts));
}

// "REWRITE blocks writes", "METADATA".
std::string Said(const Impact& impact) {
  std::string said(Word(impact.work));
  if (impact.blocks_reads) return said + " blocks reads";
  return impact.blocks_writes ? said + " blocks writes" : said;
}

std::string Add(const std::string& column) {
  return R"({"operation": "AddColumn", "table": "image", "column": {"name": "x", )" + column + "}}";
}
std::string Alter(const std::string& column) {
  return R"({"operation": "AlterColumn", "table": "image", "column": {)" + column + "}}";
}
std::string Constraint(const std::string& rest) {
  return R"({"operation": "AddConstraint", "table": "image", )" + rest + "}";
}
std::string Index(const std::string& rest) {
  return R"({"operation": "CreateIndex", "table": "image", "name": "i", )" + rest + "}";
}

const std::string kPlain = Add(R"j("type": "int", "nullable": true, "default": "None")j");
const std::string kFirst = Add(R"j("type": "int", "nullable": true, "position": "First")j");
const std::string kNotNull = Alter(R"j("name": "a", "nullable": false)j");
const std::string kCheck = Constraint(R"j("type": "Check", "check": "a > 0")j");
const std::string kKey =
    Constraint(R"j("type": "ForeignKey", "columns": ["u"], "references": {"table": "repo", "columns": ["id"]})j");
const std::string kDrop = R"({"operation": "DropColumn", "table": "image", "column": {"name": "a"}})";
const std::string kBtree = Index(R"j("columns": ["a"])j");

struct Row {
  std::string hint;
  Change table;
  const char* mysql;  // 9.7
  const char* mariadb1011;
  const char* mariadb118;
};

TEST(ClassifyMysqlTest, EachReleaseDoesWhatItWasSeenToDo) {
  const char* const kMeta = "METADATA";
  const char* const kBuild = "INDEX_BUILD";
  const char* const kBuildLocked = "INDEX_BUILD blocks writes";
  const char* const kRewrite = "REWRITE";
  const char* const kLocked = "REWRITE blocks writes";
  const std::vector<Row> rows = {
      {kPlain, Nothing, kMeta, kMeta, kMeta},
      {kPlain, FullText, kLocked, kLocked, kLocked},
      {kPlain, Compressed, kRewrite, kRewrite, kRewrite},
      {kPlain, Spatial, kMeta, kMeta, kMeta},
      {kPlain, Virtual, kMeta, kMeta, kMeta},
      {kPlain, IndexedVirtual, kMeta, kLocked, kLocked},
      {kPlain, RowVersions, kRewrite, kMeta, kMeta},
      {kPlain, Myisam, kLocked, kLocked, "REWRITE blocks reads"},
      {kFirst, Nothing, kMeta, kMeta, kMeta},
      {kFirst, Virtual, kMeta, kLocked, kRewrite},
      {Add(R"j("type": "int", "nullable": false, "default": "Constant", "defaultExpression": "5")j"), Nothing, kMeta,
       kMeta, kMeta},
      {Add(R"j("type": "datetime", "default": "Constant", "defaultExpression": "CURRENT_TIMESTAMP")j"), Nothing, kMeta,
       kMeta, kMeta},
      {Add(R"j("type": "datetime", "default": "Volatile", "defaultExpression": "now()")j"), Nothing, kMeta, kMeta,
       kMeta},
      {Add(R"j("type": "datetime", "defaultExpression": "(now())")j"), Nothing, kLocked, kMeta, kMeta},
      {Add(R"j("type": "int", "default": "Constant", "defaultExpression": "(2 + 3)")j"), Nothing, kLocked, kMeta,
       kMeta},
      {Add(R"j("type": "char(36)", "default": "Volatile", "defaultExpression": "uuid()")j"), Nothing, kMeta, kLocked,
       kRewrite},
      {Index(R"j("columns": ["c"], "method": "FullText", "lock": "None")j"), Nothing, kLocked, kLocked, kRewrite},
      {Add(R"j("type": "int", "default": "Volatile", "defaultExpression": "(a + 1)")j"), Nothing, kLocked, kLocked,
       kRewrite},
      {Add(R"j("type": "int", "generated": "Stored")j"), Nothing, kLocked, kLocked, kRewrite},
      {Add(R"j("type": "int", "generated": "Virtual")j"), Nothing, kMeta, kMeta, kMeta},
      {Add(R"j("type": "bigint", "autoIncrement": true, "unique": true)j"), Nothing, kLocked, kLocked, kLocked},
      {Add(R"j("type": "int", "unique": true)j"), Nothing, kRewrite, kRewrite, kRewrite},
      {Add(R"j("type": "int", "unique": true)j"), Spatial, kLocked, kLocked, kLocked},
      {Add(R"j("type": "int", "check": "x > 0")j"), Nothing, kLocked, kMeta, kMeta},
      {kDrop, Nothing, kMeta, kMeta, kMeta},
      {kDrop, FullText, kLocked, kLocked, kLocked},
      {kDrop, IndexedVirtual, kMeta, kLocked, kRewrite},
      {kNotNull, Nothing, kRewrite, kRewrite, kRewrite},
      {kNotNull, FullText, kLocked, kLocked, kLocked},
      {kNotNull, Spatial, kLocked, kLocked, kLocked},
      {kNotNull, Stored, kRewrite, kLocked, kRewrite},
      {Alter(R"j("name": "c", "nullable": false)j"), FullText, kMeta, kMeta, kMeta},
      {Alter(R"j("name": "c", "nullable": true)j"), Nothing, kRewrite, kRewrite, kRewrite},
      {Alter(R"j("name": "c", "nullable": true)j"), Redundant, kRewrite, kMeta, kMeta},
      {Alter(R"j("name": "a", "default": "Constant", "defaultExpression": "3")j"), Nothing, kMeta, kMeta, kMeta},
      {Alter(R"j("name": "b", "type": "varchar(60)")j"), Nothing, kMeta, kMeta, kMeta},
      {Alter(R"j("name": "b", "type": "varchar(60)")j"), Myisam, kLocked, kLocked, "REWRITE blocks reads"},
      {Alter(R"j("name": "b", "type": "varchar(80)")j"), Nothing, kLocked, kLocked, kRewrite},
      {Alter(R"j("name": "b", "type": "varchar(80)")j"), Cascades, kLocked, kLocked, kLocked},
      {Alter(R"j("name": "b", "type": "varchar(80)")j"), Redundant, kLocked, kMeta, kMeta},
      {Alter(R"j("name": "b", "type": "varchar(30)")j"), Nothing, kLocked, kLocked, kRewrite},
      {Alter(R"j("name": "a", "type": "INTEGER")j"), Nothing, kMeta, kMeta, kMeta},
      {Alter(R"j("name": "a", "type": "bigint")j"), Nothing, kLocked, kLocked, kRewrite},
      {Alter(R"j("name": "a", "type": "int unsigned")j"), Nothing, kLocked, kLocked, kRewrite},
      {Alter(R"j("name": "e", "type": "enum('p','q','r')")j"), Nothing, kMeta, kMeta, kMeta},
      {Alter(R"j("name": "e", "type": "enum('q','p')")j"), Nothing, kLocked, kLocked, kRewrite},
      {kBtree, Nothing, kBuild, kBuild, kBuild},
      {kBtree, Myisam, kLocked, kLocked, "REWRITE blocks reads"},
      {Index(R"j("columns": ["a"], "unique": true)j"), Nothing, kBuild, kBuild, kBuild},
      {Index(R"j("columns": ["c"], "method": "FullText")j"), Nothing, kLocked, kLocked, kLocked},
      {Index(R"j("columns": ["c"], "method": "FullText")j"), FullText, kBuildLocked, kBuildLocked, kBuildLocked},
      {Index(R"j("columns": ["c"], "method": "Spatial")j"), Nothing, kBuildLocked, kBuildLocked, kBuildLocked},
      {Index(R"j("columns": ["a"], "algorithm": "Copy")j"), Nothing, kLocked, kLocked, kRewrite},
      {Index(R"j("columns": ["a"], "lock": "Shared")j"), Nothing, kBuildLocked, kBuildLocked, kBuildLocked},
      {Index(R"j("columns": ["a"], "lock": "Exclusive")j"), Nothing, "INDEX_BUILD blocks reads",
       "INDEX_BUILD blocks reads", "INDEX_BUILD blocks reads"},
      {R"({"operation": "DropIndex", "table": "image", "name": "ku"})", Nothing, kMeta, kMeta, kMeta},
      {R"({"operation": "DropConstraint", "table": "image", "name": "PRIMARY"})", Nothing, kLocked, kLocked, kRewrite},
      {kCheck, Nothing, kLocked, kLocked, kRewrite},
      {kCheck, Myisam, kLocked, kLocked, "REWRITE blocks reads"},
      {Constraint(R"j("type": "Check", "check": "a > 0", "notEnforced": true)j"), Nothing, kMeta, kLocked, kRewrite},
      {kKey, Nothing, kLocked, kLocked, kRewrite},
      {Constraint(R"j("type": "ForeignKey", "columns": ["u"], "foreignKeyChecks": false)j"), Nothing, kMeta, kMeta,
       kMeta},
      {Constraint(R"j("type": "PrimaryKey", "columns": ["id"])j"), Nothing, kRewrite, kRewrite, kRewrite},
      {R"({"operation": "RenameTable", "table": "image", "newName": "picture"})", Nothing, kMeta, kMeta, kMeta},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Said(ImpactOf(kMysql97, false, row.table, row.hint)), row.mysql) << "MySQL " << row.hint;
    EXPECT_EQ(Said(ImpactOf(kMariadb1011, true, row.table, row.hint)), row.mariadb1011) << "MariaDB 10.11 " << row.hint;
    EXPECT_EQ(Said(ImpactOf(kMariadb118, true, row.table, row.hint)), row.mariadb118) << "MariaDB 11.8 " << row.hint;
  }
}

// By the manual alone: 17.12.2 "Instant DDL" tells what 8.0.12 and 8.0.29 brought.
TEST(ClassifyMysqlTest, OlderReleasesAddColumnsAtTheEndOnly) {
  EXPECT_EQ(Said(ImpactOf(kMysql80, false, Nothing, kPlain)), "METADATA");
  EXPECT_EQ(Said(ImpactOf(kMysql80, false, Nothing, kFirst)), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(kMysql80, false, Nothing, kDrop)), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(80011, false, Nothing, kPlain)), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(kMysql84, false, Nothing, kFirst)), "METADATA");
}

TEST(ClassifyMysqlTest, RowVersionsRunOutSoonerBefore91) {
  const Change used = [](TableFacts* table) { table->mysql.row_versions = 64; };
  EXPECT_EQ(Said(ImpactOf(kMysql84, false, used, kPlain)), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(kMysql97, false, used, kPlain)), "METADATA");
}

TEST(ClassifyMysqlTest, TheServersSettingsCount) {
  EXPECT_EQ(Said(ImpactOf(kMysql97, false, Nothing, kNotNull, {{"sql_mode", ""}})), "REWRITE blocks writes");
  EXPECT_EQ(Said(ImpactOf(kMysql97, false, Nothing, kNotNull, {{"sql_mode", "STRICT_TRANS_TABLES"}})), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(kMariadb1011, true, Nothing, kNotNull, {{"sql_mode", ""}})), "REWRITE");
  EXPECT_EQ(Said(ImpactOf(kMariadb118, true, Nothing, kCheck, {{"old_mode", "LOCK_ALTER_TABLE_COPY"}})),
            "REWRITE blocks writes");
  EXPECT_EQ(Said(ImpactOf(kMysql97, false, Nothing, kKey, {{"foreign_key_checks", "OFF"}})), "METADATA");
  EXPECT_EQ(Said(ImpactOf(kMariadb1011, true, Nothing, kPlain, {{"innodb_instant_alter_column_allowed", "never"}})),
            "REWRITE");
}

TEST(ClassifyMysqlTest, AForeignKeyBlocksTheWritersOfItsParent) {
  for (const bool mariadb : {false, true}) {
    const Impact impact = ImpactOf(mariadb ? kMariadb118 : kMysql97, mariadb, Nothing, kKey);
    ASSERT_EQ(impact.blocks_writes_of.size(), 1U);
    EXPECT_EQ(impact.blocks_writes_of[0].table, "repo");
  }
}

TEST(ClassifyMysqlTest, WhatTheHintLeavesOpenIsSaid) {
  EXPECT_THAT(ImpactOf(kMysql97, false, Nothing, Add(R"j("type": "int", "default": "Generated")j")).unknown,
              testing::HasSubstr("column.generated"));
  EXPECT_THAT(ImpactOf(kMariadb1011, true, Nothing, Add(R"j("type": "int", "default": "Volatile")j")).unknown,
              testing::HasSubstr("column.defaultExpression"));
  EXPECT_EQ(ImpactOf(kMysql97, false, Nothing, kPlain).unknown, "");
}

TEST(ClassifyMysqlTest, NoCopyingToolIsNamedForUniqueIndexes) {
  const Impact unique = ImpactOf(kMysql97, false, Myisam, Index(R"j("columns": ["a"], "unique": true)j"));
  EXPECT_THAT(unique.remedy, testing::Not(testing::HasSubstr("gh-ost")));
  EXPECT_THAT(ImpactOf(kMysql97, false, Nothing, kCheck).remedy, testing::HasSubstr("gh-ost"));
}

TEST(ClassifyMysqlTest, ATableOfThisMigrationIsNobodys) {
  const Impact impact = ImpactOf(
      kMysql97, false, [](TableFacts* table) { table->created_here = true; }, kCheck);
  EXPECT_EQ(Said(impact), "METADATA");
  EXPECT_EQ(impact.waits_for, Impact::WaitsFor::kNobody);
}

}  // namespace
}  // namespace dba::agent::hints
