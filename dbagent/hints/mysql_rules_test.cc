// SPDX-License-Identifier: Apache-2.0
//
// Every rule for MySQL and MariaDB, with both answers, on both; classify_mysql_test.cc has what blocks whom.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/hints/rule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent::hints {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Said = std::vector<std::string>;

ColumnFacts Column(const std::string& name, const std::string& type, bool not_null = false,
                   const std::string& default_expression = "") {
  ColumnFacts column;
  column.name = name;
  column.type = type;
  column.not_null = not_null;
  column.default_expression = default_expression;
  return column;
}

IndexFacts Index(const std::string& name, std::vector<std::string> columns, bool unique) {
  IndexFacts index;
  index.name = name;
  index.columns = std::move(columns);
  index.unique = unique;
  index.primary = name == "PRIMARY";
  index.method = "btree";
  return index;
}

TableFacts Table(const std::string& name, double rows) {
  TableFacts table;
  table.requested = {"", name};
  table.name = {"shop", name};
  table.kind = TableKind::kTable;
  table.ignore_case = true;
  table.rows = rows;
  table.bytes = static_cast<int64_t>(rows * 100) + 16384;
  table.writes = WriteRate{0, absl::Seconds(10)};
  table.lock_holders = std::vector<LockHolder>();
  table.mysql.storage_engine = "InnoDB";
  table.columns = {Column("id", "bigint", true),
                   Column("label", "varchar(40)"),
                   Column("size", "int"),
                   Column("repo", "bigint"),
                   Column("made", "datetime", true, "now()"),
                   Column("kind", "enum('a','b')")};
  table.indexes = {Index("PRIMARY", {"id"}, true), Index("by_repo", {"repo"}, false)};
  return table;
}

// image holds 2,000 rows and refers to repo by its column repo.
class MysqlRulesTest : public ::testing::Test {
 protected:
  MysqlRulesTest() {
    facts_.default_schema = "shop";
    facts_.server.settings["sql_mode"] = "STRICT_TRANS_TABLES,NO_ZERO_DATE";
    facts_.tables = {Table("image", 2000), Table("repo", 100)};
    ConstraintFacts key;
    key.name = "to_repo";
    key.type = ConstraintType::kForeignKey;
    key.columns = {"repo"};
    key.references = {"shop", "repo"};
    key.referenced_columns = {"id"};
    image().constraints = {key};
    ReferencingKey back;
    back.name = "to_repo";
    back.table = {"shop", "image"};
    back.columns = {"repo"};
    back.referenced_columns = {"id"};
    repo().referenced_by = {back};
    Use(Engine::kMysql);
  }

  void Use(Engine engine) {
    facts_.server.engine = engine;
    facts_.server.version = engine == Engine::kMysql ? 90704 : 101119;
  }
  void Mode(const std::string& mode) { facts_.server.settings["sql_mode"] = mode; }
  TableFacts& image() { return facts_.tables[0]; }
  TableFacts& repo() { return facts_.tables[1]; }

  // Rules that speak, with ? behind those that could not tell. Questions about rows get `answer_`.
  Said Say(const std::string& line) { return SayAll({line}); }
  Said SayAll(const std::vector<std::string>& lines) {
    std::vector<absl::StatusOr<Hint>> hints;
    for (const std::string& line : lines) {
      const absl::StatusOr<Json> json = ParseJson(line);
      EXPECT_OK(json) << line;
      hints.push_back(ParseHint(*json));
      EXPECT_OK(hints.back()) << line;
    }
    Probes first;
    (void)Evaluate(hints, facts_, first, policy_);
    Probes probes;
    for (const DataProbe& probe : first.wanted()) probes.Record(probe, answer_);
    asked_ = first.wanted();
    evaluation_ = Evaluate(hints, facts_, probes, policy_);
    Said said;
    for (const Finding& finding : evaluation_.findings) {
      said.push_back(absl::StrCat(finding.rule, finding.unknown ? "?" : ""));
      EXPECT_FALSE(finding.message.empty());
    }
    return said;
  }
  Said Add(const std::string& column) {
    return Say(R"({"operation":"AddColumn","table":"image","column":{"name":"x",)" + column + "}}");
  }
  Said Alter(const std::string& column) {
    return Say(R"({"operation":"AlterColumn","table":"image","column":{)" + column + "}}");
  }
  const Finding& Last() const { return evaluation_.findings.back(); }
  void Violated() { answer_ = ProbeAnswer::Violated(3, absl::UnixEpoch()); }
  void Clean() { answer_ = ProbeAnswer::Clean(absl::UnixEpoch()); }

  HintFacts facts_;
  Policy policy_;
  ProbeAnswer answer_ = ProbeAnswer::Clean(absl::UnixEpoch());
  std::vector<DataProbe> asked_;
  Evaluation evaluation_;
};

TEST_F(MysqlRulesTest, RequiredColumnBreaksOldWriters) {
  const std::string required = R"("type":"int","nullable":false,"default":"None")";
  for (const Engine engine : {Engine::kMysql, Engine::kMariadb}) {
    Use(engine);
    EXPECT_THAT(Add(required), ElementsAre("mysql.required_column"));
    EXPECT_EQ(Last().scenario, 9);
    EXPECT_EQ(Last().harm, Harm::kBreaksOldWriters);
    EXPECT_THAT(Last().message, HasSubstr("1364"));
    EXPECT_THAT(Add(R"("type":"int","nullable":true,"default":"None")"), IsEmpty());
    EXPECT_THAT(Add(R"("type":"int","nullable":false,"default":"Constant","defaultExpression":"0")"), IsEmpty());
    EXPECT_THAT(Add(R"("type":"int","nullable":false)"), ElementsAre("mysql.required_column?"));
  }
  Mode("");
  EXPECT_THAT(Add(required), IsEmpty());
  EXPECT_THAT(Add(R"j("type":"enum('p','q')","nullable":false,"default":"None")j"),
              ElementsAre("mysql.required_column"));
}

TEST_F(MysqlRulesTest, JsonNotNullIsNoJsonOnMariadb) {
  const std::string json = R"("type":"json","nullable":false,"default":"None")";
  EXPECT_THAT(Add(json), ElementsAre("mysql.required_column"));
  EXPECT_THAT(Last().message, HasSubstr("1364"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Add(json), ElementsAre("mysql.required_column"));
  EXPECT_THAT(Last().message, HasSubstr("4025"));
}

TEST_F(MysqlRulesTest, ZeroDatesAreRefusedWhereTheModeSaysSo) {
  const std::string date = R"("type":"date","nullable":false,"default":"None")";
  Violated();
  EXPECT_THAT(Add(date), ElementsAre("mysql.required_column_fails"));
  EXPECT_EQ(Last().harm, Harm::kFails);
  Clean();
  EXPECT_THAT(Add(date), ElementsAre("mysql.required_column"));
  answer_ = ProbeAnswer::Unknown("no right");
  EXPECT_THAT(Add(date), ElementsAre("mysql.required_column_fails?"));
  Violated();
  Mode("STRICT_TRANS_TABLES");
  EXPECT_THAT(Add(date), ElementsAre("mysql.required_column"));
}

TEST_F(MysqlRulesTest, DefaultsThatAreRefused) {
  const std::string uuid = R"j("type":"char(36)","default":"Volatile","defaultExpression":"uuid()")j";
  EXPECT_THAT(Add(uuid), ElementsAre("mysql.default_refused"));
  EXPECT_THAT(Add(R"("type":"text","default":"Constant","defaultExpression":"'a'")"),
              ElementsAre("mysql.default_refused"));
  EXPECT_THAT(Add(R"j("type":"text","default":"Constant","defaultExpression":"('a')")j"), IsEmpty());
  EXPECT_THAT(Add(R"("type":"int","default":"Volatile")"), Contains("mysql.default_refused?"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Add(uuid), IsEmpty());
  EXPECT_THAT(Add(R"("type":"text","default":"Constant","defaultExpression":"'a'")"), IsEmpty());
}

TEST_F(MysqlRulesTest, RandIsCalledOnceOnMariadb) {
  const std::string rand = R"j("type":"double","default":"Volatile","defaultExpression":"rand()")j";
  EXPECT_THAT(Add(rand), ElementsAre("mysql.default_refused"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Add(rand), ElementsAre("mariadb.same_value"));
  EXPECT_EQ(Last().harm, Harm::kDataLoss);
  EXPECT_THAT(Add(R"j("type":"datetime","default":"Volatile","defaultExpression":"now()")j"), IsEmpty());
}

TEST_F(MysqlRulesTest, ADefaultThatIsLost) {
  const std::string lost = R"("name":"made","type":"datetime","nullable":false,"default":"None")";
  EXPECT_THAT(Alter(lost), ElementsAre("mysql.default_lost"));
  EXPECT_THAT(Alter(R"("name":"made","type":"datetime","nullable":false)"), IsEmpty());
  EXPECT_THAT(Alter(R"("name":"made","nullable":true,"default":"None")"), IsEmpty());
  Mode("");
  EXPECT_THAT(Alter(lost), IsEmpty());
}

TEST_F(MysqlRulesTest, ValuesThatDoNotFit) {
  Violated();
  EXPECT_THAT(Alter(R"j("name":"label","type":"varchar(10)")j"), ElementsAre("mysql.type_fit"));
  EXPECT_EQ(Last().harm, Harm::kFails);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].condition, "CHAR_LENGTH(`label`) > 10");
  EXPECT_THAT(Alter(R"j("name":"kind","type":"enum('b')")j"), ElementsAre("mysql.type_fit"));
  EXPECT_EQ(asked_[0].condition, "`kind` NOT IN ('b')");
  EXPECT_THAT(Alter(R"("name":"size","type":"smallint")"), ElementsAre("mysql.type_fit"));
  EXPECT_THAT(Alter(R"("name":"made","type":"date")"), ElementsAre("mysql.type_fit"));
  EXPECT_EQ(Last().harm, Harm::kDataLoss);
  EXPECT_THAT(Alter(R"j("name":"label","type":"varchar(50)")j"), IsEmpty());
  EXPECT_THAT(Alter(R"("name":"size","type":"bigint")"), IsEmpty());
  EXPECT_THAT(Alter(R"j("name":"kind","type":"enum('b','a')")j"), IsEmpty());
  EXPECT_THAT(Alter(R"("name":"label","type":"point")"), ElementsAre("mysql.type_fit?"));
  Clean();
  EXPECT_THAT(Alter(R"j("name":"label","type":"varchar(10)")j"), IsEmpty());
  Violated();
  Mode("");
  EXPECT_THAT(Alter(R"j("name":"label","type":"varchar(10)")j"), ElementsAre("mysql.type_fit"));
  EXPECT_EQ(Last().harm, Harm::kDataLoss);
}

TEST_F(MysqlRulesTest, NullsFailInStrictModeAndChangeWithout) {
  Violated();
  EXPECT_THAT(Alter(R"("name":"size","nullable":false)"), ElementsAre("not_null.nulls"));
  Mode("");
  EXPECT_THAT(Alter(R"("name":"size","nullable":false)"), ElementsAre("mysql.nulls_changed"));
  EXPECT_EQ(Last().harm, Harm::kDataLoss);
  Clean();
  EXPECT_THAT(Alter(R"("name":"size","nullable":false)"), IsEmpty());
}

TEST_F(MysqlRulesTest, AlgorithmsAndLocksThatAreRefused) {
  const auto index = [](const std::string& clauses) {
    return absl::StrCat(R"({"operation":"CreateIndex","table":"image","columns":["size"],)", clauses, "}");
  };
  EXPECT_THAT(Say(index(R"("algorithm":"Instant")")), ElementsAre("mysql.refused"));
  EXPECT_EQ(Last().evidence.at("error"), "1845");
  EXPECT_THAT(Say(index(R"("algorithm":"Inplace","lock":"None")")), IsEmpty());
  EXPECT_THAT(Say(index(R"("method":"FullText","lock":"None")")), ElementsAre("mysql.refused"));
  EXPECT_EQ(Last().evidence.at("error"), "1846");
  EXPECT_THAT(Say(index(R"("algorithm":"NoCopy")")), ElementsAre("mysql.refused"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Say(index(R"("algorithm":"NoCopy")")), IsEmpty());
  const std::string add =
      R"({"operation":"AddColumn","table":"image","column":{"name":"x","type":"int"},"algorithm":"Instant"})";
  EXPECT_THAT(Say(add), IsEmpty());
  image().indexes.push_back(Index("words", {"label"}, false));
  image().indexes.back().method = "fulltext";
  EXPECT_THAT(Say(add), ElementsAre("mysql.refused"));
}

TEST_F(MysqlRulesTest, RowVersionsThatAreUsedUp) {
  const std::string add =
      R"({"operation":"AddColumn","table":"image","column":{"name":"x","type":"int"},"algorithm":"Instant"})";
  image().mysql.row_versions = 254;
  EXPECT_THAT(Say(add), IsEmpty());
  image().mysql.row_versions = 255;
  EXPECT_THAT(Say(add), ElementsAre("mysql.refused"));
}

TEST_F(MysqlRulesTest, WordsOfTheOtherServer) {
  const std::string expression = R"j({"operation":"CreateIndex","table":"image","expressions":["(size + 1)"]})j";
  EXPECT_THAT(Say(expression), IsEmpty());
  const std::string not_enforced =
      R"({"operation":"AddConstraint","table":"image","type":"Check","check":"size > 0","notEnforced":true})";
  EXPECT_THAT(Say(not_enforced), IsEmpty());
  Use(Engine::kMariadb);
  EXPECT_THAT(Say(expression), ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(not_enforced), ElementsAre("mysql.refused"));
}

TEST_F(MysqlRulesTest, WhatOthersNeedCannotGo) {
  EXPECT_THAT(Say(R"({"operation":"DropIndex","table":"image","name":"by_repo"})"), ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(R"({"operation":"DropColumn","table":"image","column":{"name":"repo"}})"),
              ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"repo"})"), ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"image"})"), IsEmpty());
  EXPECT_THAT(Say(R"({"operation":"DropColumn","table":"image","column":{"name":"size"}})"), IsEmpty());
  image().indexes.push_back(Index("by_repo_and_size", {"repo", "size"}, false));
  EXPECT_THAT(Say(R"({"operation":"DropIndex","table":"image","name":"by_repo"})"), IsEmpty());
}

TEST_F(MysqlRulesTest, AForeignKeyGoesWithoutItsIndex) {
  image().indexes.push_back(Index("to_repo", {"repo"}, false));
  image().indexes.erase(image().indexes.begin() + 1);  // by_repo
  const std::string index = R"({"operation":"DropIndex","table":"image","name":"to_repo"})";
  const std::string key = R"({"operation":"DropConstraint","table":"image","name":"to_repo"})";
  const std::string typed = R"({"operation":"DropConstraint","type":"ForeignKey","table":"image","name":"to_repo"})";
  for (const Engine engine : {Engine::kMysql, Engine::kMariadb}) {
    Use(engine);
    EXPECT_THAT(Say(key), IsEmpty());
    EXPECT_THAT(Say(typed), IsEmpty());
    EXPECT_THAT(Say(index), ElementsAre("mysql.refused"));
    EXPECT_THAT(SayAll({key, index}), IsEmpty());
  }
  // A unique constraint is its index.
  image().indexes.push_back(Index("one_size", {"size"}, true));
  ConstraintFacts unique;
  unique.name = "one_size";
  unique.type = ConstraintType::kUnique;
  unique.columns = {"size"};
  image().constraints.push_back(unique);
  ReferencingKey child;
  child.name = "to_size";
  child.table = {"shop", "repo"};
  child.columns = {"id"};
  child.referenced_columns = {"size"};
  image().referenced_by = {child};
  EXPECT_THAT(Say(R"({"operation":"DropConstraint","table":"image","name":"one_size"})"), ElementsAre("mysql.refused"));
}

TEST_F(MysqlRulesTest, Views) {
  const std::vector<std::string> lines = {
      R"({"operation":"CreateIndex","table":"image","columns":["size"],"unique":false})",
      R"({"operation":"AddColumn","table":"image","column":{"name":"x","type":"int","default":"None"}})",
      R"({"operation":"AlterColumn","table":"image","column":{"name":"size","type":"bigint"}})"};
  for (const Engine engine : {Engine::kMysql, Engine::kMariadb}) {
    Use(engine);
    image().kind = TableKind::kTable;
    for (const std::string& line : lines) EXPECT_THAT(Say(line), IsEmpty());
    image().kind = TableKind::kView;
    for (const std::string& line : lines) {
      EXPECT_THAT(Say(line), ElementsAre("mysql.refused"));
      EXPECT_THAT(Last().message, HasSubstr("is a view"));
    }
    EXPECT_THAT(Say(R"({"operation":"RenameTable","table":"image","newName":"picture"})"),
                ElementsAre("compat.renamed"));
  }
}

TEST_F(MysqlRulesTest, NotNullOfANewColumn) {
  const auto set = [](const std::string& prepared) {
    return absl::StrCat(
        R"({"operation":"AlterColumn","table":"image","column":{"name":"x","type":"int","nullable":false})", prepared,
        "}");
  };
  const auto add = [](const std::string& fallback) {
    return absl::StrCat(
        R"x({"operation":"AddColumn","table":"image","column":{"name":"x","type":"int","nullable":true,"default":")x",
        fallback, R"x("}})x");
  };
  for (const Engine engine : {Engine::kMysql, Engine::kMariadb}) {
    Use(engine);
    EXPECT_THAT(SayAll({add("None"), set(R"(,"rowsPrepared":false)")}), ElementsAre("not_null.new_column"));
    EXPECT_THAT(SayAll({add("None"), set("")}), ElementsAre("not_null.new_column?"));
    EXPECT_THAT(SayAll({add("None"), set(R"(,"rowsPrepared":true)")}), IsEmpty());
    EXPECT_THAT(SayAll({add("Constant"), set("")}), IsEmpty());
  }
}

TEST_F(MysqlRulesTest, TheDefaultOfANewColumnIsPutToItsCheck) {
  const std::string column =
      R"("type":"int","nullable":true,"default":"Constant","defaultExpression":"3","check":"x BETWEEN 1 AND 5")";
  for (const Engine engine : {Engine::kMysql, Engine::kMariadb}) {
    Use(engine);
    Clean();
    EXPECT_THAT(Add(column), IsEmpty());
    ASSERT_THAT(asked_, ::testing::SizeIs(1));
    EXPECT_THAT(asked_[0].condition, HasSubstr("SELECT 3 AS `x`"));
    Violated();
    EXPECT_THAT(Add(column), ElementsAre("check.violated"));
  }
}

TEST_F(MysqlRulesTest, ColumnsOfConditionsCannotGo) {
  ConstraintFacts check;
  check.name = "order";
  check.definition = "`size` < `repo`";
  image().constraints = {check};
  image().columns.push_back(Column("twice", "int", false, "`size` * 2"));
  image().columns.back().generated = GeneratedKind::kVirtual;
  const std::string drop = R"({"operation":"DropColumn","table":"image","column":{"name":"size"}})";
  EXPECT_THAT(Say(drop), ElementsAre("mysql.refused", "mysql.refused"));
  const std::string rename =
      R"({"operation":"RenameColumn","table":"image","column":{"name":"size"},"newName":"bytes"})";
  EXPECT_THAT(Say(rename), Contains("mysql.refused"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Say(drop), ElementsAre("mysql.refused", "mysql.refused"));
  EXPECT_THAT(Say(rename), ElementsAre("compat.renamed"));
}

TEST_F(MysqlRulesTest, PartitionsHistoryAndKeys) {
  const std::string unique = R"({"operation":"CreateIndex","table":"image","columns":["size"],"unique":true})";
  EXPECT_THAT(Say(unique), IsEmpty());
  image().kind = TableKind::kPartitioned;
  image().partition_columns = {"id"};
  EXPECT_THAT(Say(unique), ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["size","ID"],"unique":true})"), IsEmpty());
  image().kind = TableKind::kTable;
  EXPECT_THAT(Say(R"({"operation":"AddConstraint","table":"image","type":"PrimaryKey","columns":["repo"]})"),
              Contains("mysql.refused"));
  Use(Engine::kMariadb);
  image().mysql.system_versioned = true;
  EXPECT_THAT(Add(R"("type":"int","nullable":true)"), ElementsAre("mysql.refused"));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["size"]})"), IsEmpty());
  facts_.server.settings["system_versioning_alter_history"] = "KEEP";
  EXPECT_THAT(Add(R"("type":"int","nullable":true)"), IsEmpty());
}

TEST_F(MysqlRulesTest, ForeignKeysThatCannotBe) {
  const auto key = [](const std::string& column, const std::string& parent) {
    return absl::StrCat(R"({"operation":"AddConstraint","table":"image","type":"ForeignKey","columns":[")", column,
                        R"("],"references":{"table":"repo","columns":[")", parent, R"("]}})");
  };
  EXPECT_THAT(Say(key("repo", "id")), IsEmpty());
  EXPECT_THAT(Say(key("repo", "size")), ElementsAre("mysql.foreign_key"));
  EXPECT_THAT(Say(key("size", "id")), ElementsAre("mysql.foreign_key"));
  repo().indexes.push_back(Index("by_size", {"size"}, false));
  EXPECT_THAT(Say(key("size", "size")), ElementsAre("mysql.foreign_key"));
  Use(Engine::kMariadb);
  EXPECT_THAT(Say(key("size", "size")), IsEmpty());
  EXPECT_THAT(Alter(R"("name":"repo","type":"int")"), Contains("mysql.foreign_key"));
  EXPECT_THAT(Alter(R"("name":"size","type":"bigint")"), IsEmpty());
}

TEST_F(MysqlRulesTest, TheParentIsWaitedForOnMysql) {
  const std::string create =
      R"({"operation":"CreateTable","table":"tag","references":{"table":"repo","columns":["id"]}})";
  EXPECT_THAT(Say(create), IsEmpty());
  LockHolder reader;
  reader.session = "7";
  reader.kind = "idle in transaction";
  reader.age = absl::Seconds(6);
  repo().lock_holders = std::vector<LockHolder>{reader};
  EXPECT_THAT(Say(create), ElementsAre("mysql.parent_lock"));
  EXPECT_TRUE(Last().transient);
  Use(Engine::kMariadb);
  EXPECT_THAT(Say(create), IsEmpty());
}

// Seen on MySQL 9.7, MariaDB 10.11 and 11.8: behind a transaction that has written, a copy lets readers through.
TEST_F(MysqlRulesTest, ACopyWaitsForWritersFirst) {
  const std::string check = R"({"operation":"AddConstraint","table":"image","type":"Check","check":"size >= 0"})";
  const std::string column =
      R"({"operation":"AddColumn","table":"image","column":{"name":"x","type":"int","nullable":true,"default":"None"}})";
  LockHolder writer;
  writer.session = "7";
  writer.kind = "transaction";
  writer.mode = "SHARED_WRITE";
  writer.age = absl::Seconds(9);
  writer.writes = true;
  LockHolder reader;
  reader.session = "8";
  reader.kind = "transaction";
  reader.mode = "SHARED_READ";
  reader.age = absl::Seconds(6);
  for (const int version : {90704, 101119, 110806}) {
    Use(version == 90704 ? Engine::kMysql : Engine::kMariadb);
    facts_.server.version = version;
    image().lock_holders = std::vector<LockHolder>{writer};
    EXPECT_THAT(Say(check), ElementsAre("lock.long_transaction"));
    EXPECT_EQ(Last().harm, Harm::kBlocksWrites);
    EXPECT_THAT(Last().message, HasSubstr("session 7"));
    EXPECT_THAT(Say(column), ElementsAre("lock.long_transaction"));
    EXPECT_EQ(Last().harm, Harm::kBlocksReads);
    image().lock_holders = std::vector<LockHolder>{writer, reader};
    EXPECT_THAT(Say(check), ElementsAre("lock.long_transaction"));
    EXPECT_EQ(Last().harm, Harm::kBlocksReads);
    EXPECT_THAT(Last().message, HasSubstr("session 8"));
  }
}

}  // namespace
}  // namespace dba::agent::hints
