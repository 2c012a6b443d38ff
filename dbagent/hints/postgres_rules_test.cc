// SPDX-License-Identifier: Apache-2.0
//
// Every rule for PostgreSQL, with both answers: what is said of a list of hints about one table.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/json.h"
#include "common/testing/status_matchers.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/hints/rule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent::hints {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Said = std::vector<std::string>;

ColumnFacts Column(const std::string& name, const std::string& type, bool not_null = false) {
  ColumnFacts column;
  column.name = name;
  column.type = type;
  column.not_null = not_null;
  return column;
}

IndexFacts Index(const std::string& name, std::vector<std::string> columns, bool unique) {
  IndexFacts index;
  index.name = name;
  index.columns = std::move(columns);
  index.unique = unique;
  index.method = "btree";
  return index;
}

TableFacts Table(const std::string& name, double rows) {
  TableFacts table;
  table.requested = {"", name};
  table.name = {"public", name};
  table.kind = TableKind::kTable;
  table.rows = rows;
  table.bytes = static_cast<int64_t>(rows * 100);
  table.writes = WriteRate{0, absl::Seconds(10)};
  table.lock_holders = std::vector<LockHolder>();
  table.columns = {Column("id", "integer", true), Column("label", "character varying(40)"), Column("size", "integer"),
                   Column("repo", "integer")};
  table.indexes = {Index(name + "_pkey", {"id"}, true)};
  table.indexes[0].primary = true;
  return table;
}

// image holds 5 million rows, tag 2,000, empty none; the server is PostgreSQL 15.
class PostgresRulesTest : public ::testing::Test {
 protected:
  PostgresRulesTest() {
    facts_.server.engine = Engine::kPostgresql;
    facts_.server.version = 150010;
    facts_.server.version_text = "15.10";
    facts_.server.settings["timezone"] = "UTC";
    facts_.default_schema = "public";
    facts_.functions = {{"now", Volatility::kStable},
                        {"random", Volatility::kVolatile},
                        {"lower", Volatility::kImmutable},
                        {"length", Volatility::kImmutable}};
    facts_.types["int"] = {"integer", false, 'b'};
    facts_.tables = {Table("image", 5e6), Table("tag", 2000), Table("empty", 0)};
    for (const char* absent : {"fresh", "a", "b"}) {
      facts_.tables.emplace_back();
      facts_.tables.back().requested = {"", absent};
      facts_.tables.back().name = {"public", absent};
    }
  }

  TableFacts& image() { return facts_.tables[0]; }
  TableFacts& tag() { return facts_.tables[1]; }

  // Rules that speak, in order, with ? behind those that could not tell. Questions about rows get `answer_`.
  Said SayAll(const std::vector<std::string>& lines) {
    std::vector<absl::StatusOr<Hint>> hints;
    for (const std::string& line : lines) {
      const absl::StatusOr<Json> json = ParseJson(line);
      EXPECT_OK(json);
      hints.push_back(ParseHint(*json));
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
      EXPECT_NE(FindRule(finding.rule), nullptr);
      EXPECT_FALSE(finding.message.empty());
    }
    return said;
  }
  Said Say(const std::string& line) { return SayAll({line}); }
  const Finding& Last() const { return evaluation_.findings.back(); }

  void Violated() { answer_ = ProbeAnswer::Violated(3, absl::UnixEpoch()); }
  void Clean() { answer_ = ProbeAnswer::Clean(absl::UnixEpoch()); }

  HintFacts facts_;
  Policy policy_;
  ProbeAnswer answer_ = ProbeAnswer::Clean(absl::UnixEpoch());
  std::vector<DataProbe> asked_;
  Evaluation evaluation_;
};

TEST_F(PostgresRulesTest, IndexOnALargeTable) {
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":false})"),
              ElementsAre("index.large"));
  EXPECT_EQ(Last().scenario, 1);
  EXPECT_EQ(Last().harm, Harm::kBlocksWrites);
  EXPECT_EQ(Last().effect, Effect::kBlock);
  EXPECT_THAT(Last().message, HasSubstr("5.0 million rows"));
  EXPECT_THAT(Last().remedy, HasSubstr("CONCURRENTLY"));
  EXPECT_TRUE(Last().expected_duration.has_value());
  EXPECT_EQ(Last().evidence.at("lock"), "SHARE");
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":true})"), IsEmpty());
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["label"],"concurrently":false})"), IsEmpty());
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["label"]})"), ElementsAre("index.large?"));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["label"]})"), IsEmpty());
}

TEST_F(PostgresRulesTest, IndexOnABusyTable) {
  image().rows = 500000.0;
  image().bytes = int64_t{50} << 20;
  const std::string hint = R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":false})";
  EXPECT_THAT(Say(hint), IsEmpty());
  image().writes = WriteRate{140, absl::Seconds(30)};
  EXPECT_THAT(Say(hint), ElementsAre("index.busy"));
  EXPECT_EQ(Last().scenario, 2);
  EXPECT_EQ(Last().evidence.at("window"), "30s");
  image().writes = Fact<WriteRate>::Unknown("the server is a standby");
  EXPECT_THAT(Say(hint), ElementsAre("index.busy?"));
  EXPECT_EQ(Last().effect, Effect::kWarn);
  // Too short to be felt.
  image().rows = 2000.0;
  image().bytes = int64_t{200000};
  image().writes = WriteRate{140, absl::Seconds(30)};
  EXPECT_THAT(Say(hint), IsEmpty());
}

TEST_F(PostgresRulesTest, ColumnOnALargeTable) {
  const auto add = [](const std::string& rest) {
    return absl::StrCat(R"({"operation":"AddColumn","table":"image","column":{"name":"x",)", rest, "}}");
  };
  EXPECT_THAT(Say(add(R"("type":"text","nullable":true,"default":"None")")), IsEmpty());
  EXPECT_THAT(Say(add(R"("type":"int","nullable":false,"default":"Constant","defaultExpression":"5")")), IsEmpty());
  EXPECT_THAT(Say(add(R"x("nullable":false,"default":"Constant","defaultExpression":"now()")x")), IsEmpty());
  EXPECT_THAT(Say(add(R"x("nullable":true,"default":"Volatile","defaultExpression":"random()")x")),
              ElementsAre("column.large"));
  EXPECT_EQ(Last().scenario, 3);
  EXPECT_EQ(Last().harm, Harm::kBlocksReads);
  EXPECT_THAT(Say(add(R"x("nullable":true,"default":"Volatile","defaultExpression":"now()")x")), IsEmpty());
  EXPECT_THAT(Say(add(R"x("nullable":true,"defaultExpression":"my_id()")x")), ElementsAre("column.large?"));
  EXPECT_THAT(Say(add(R"("nullable":true)")), ElementsAre("column.large?"));
  EXPECT_THAT(Say(add(R"("type":"bigserial")")), ElementsAre("column.large"));
  EXPECT_THAT(Say(add(R"("default":"Generated","generated":"Stored")")), ElementsAre("column.large"));
  EXPECT_THAT(Say(add(R"("type":"int","nullable":true,"default":"None","unique":true)")), ElementsAre("column.large"));
  facts_.server.version = 180001;
  EXPECT_THAT(Say(add(R"("default":"Generated","generated":"Virtual")")), IsEmpty());
  image().rows = 500000.0;
  image().bytes = int64_t{50} << 20;
  image().writes = WriteRate{140, absl::Seconds(30)};
  EXPECT_THAT(Say(add(R"("nullable":true,"default":"Identity")")), ElementsAre("column.busy"));
  EXPECT_EQ(Last().scenario, 4);
}

TEST_F(PostgresRulesTest, UniqueOverDuplicates) {
  const std::string hint =
      R"({"operation":"AddConstraint","table":"tag","type":"Unique","columns":["label"],"name":"u"})";
  EXPECT_THAT(Say(hint), IsEmpty());
  Violated();
  EXPECT_THAT(Say(hint), ElementsAre("unique.duplicates"));
  EXPECT_EQ(Last().scenario, 5);
  EXPECT_EQ(Last().harm, Harm::kFails);
  answer_ = ProbeAnswer::Unknown("no SELECT");
  EXPECT_THAT(Say(hint), ElementsAre("unique.duplicates?"));
  Violated();
  // The primary key proves it; a NULL is no duplicate of a NULL, unless the hint says so.
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["repo","id"],"unique":true,
                      "concurrently":false})"),
              IsEmpty());
  facts_.server.version = 150010;
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["repo","id"],"unique":true,
                      "concurrently":false,"nullsNotDistinct":true})"),
              ElementsAre("unique.duplicates"));
  EXPECT_TRUE(asked_[0].nulls_not_distinct);
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"empty","columns":["label"],"unique":true,
                      "concurrently":false})"),
              IsEmpty());
  // Only expressions that can do no harm are run.
  EXPECT_THAT(Say(R"x({"operation":"CreateIndex","table":"tag","expressions":["lower(label)"],"unique":true,
                      "concurrently":false
})x"),
              ElementsAre("unique.duplicates"));
  EXPECT_THAT(Say(R"x({"operation":"CreateIndex","table":"tag","expressions":["evil(label)"],"unique":true,
                      "concurrently":false
  })x"),
              ElementsAre("unique.duplicates?"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(PostgresRulesTest, AFailureHidesWhatWouldComeAfterIt) {
  Violated();
  EXPECT_THAT(Say(R"({"operation":"AlterColumn","table":"image","column":{"name":"label","nullable":false}})"),
              ElementsAre("not_null.nulls"));
  Clean();
  EXPECT_THAT(Say(R"({"operation":"AlterColumn","table":"image","column":{"name":"label","nullable":false}})"),
              ElementsAre("change.large"));
}

TEST_F(PostgresRulesTest, ConstraintOnALargeTable) {
  const auto add = [](const std::string& rest) {
    return absl::StrCat(R"({"operation":"AddConstraint","table":"image","name":"c",)", rest, "}");
  };
  const std::string check = R"("type":"Check","check":"size > 0")";
  EXPECT_THAT(Say(add(check + R"(,"notValid":false)")), ElementsAre("constraint.large"));
  EXPECT_EQ(Last().scenario, 6);
  EXPECT_THAT(Last().remedy, HasSubstr("VALIDATE"));
  EXPECT_THAT(Say(add(check + R"(,"notValid":true)")), IsEmpty());
  EXPECT_THAT(Say(add(check)), ElementsAre("constraint.large?"));
  EXPECT_THAT(
      SayAll({add(check + R"(,"notValid":true)"), R"({"operation":"ValidateConstraint","table":"image","name":"c"})"}),
      IsEmpty());
  // In one transaction the lock of the first is kept through the scan of the second.
  EXPECT_THAT(SayAll({add(check + R"(,"notValid":true,"transaction":"t")"),
                      R"({"operation":"ValidateConstraint","table":"image","name":"c","transaction":"t"})"}),
              ElementsAre("lock.held"));
  EXPECT_EQ(Last().harm, Harm::kBlocksReads);
  image().rows = 500000.0;
  image().bytes = int64_t{50} << 20;
  image().writes = WriteRate{140, absl::Seconds(30)};
  EXPECT_THAT(Say(add(R"("type":"Unique","columns":["label"])")), ElementsAre("constraint.busy"));
  EXPECT_EQ(Last().scenario, 7);
  image().indexes.push_back(Index("u", {"label"}, true));
  EXPECT_THAT(Say(add(R"("type":"Unique","columns":["label"],"usingIndex":"u")")), IsEmpty());
}

TEST_F(PostgresRulesTest, NotNull) {
  const std::string hint = R"({"operation":"AlterColumn","table":"image","column":{"name":"label","nullable":false}})";
  Violated();
  EXPECT_THAT(Say(hint), ElementsAre("not_null.nulls"));
  EXPECT_EQ(Last().scenario, 8);
  ConstraintFacts check;
  check.name = "proof";
  check.columns = {"label"};
  check.definition = "(label IS NOT NULL)";
  image().constraints = {check};
  EXPECT_THAT(Say(hint), IsEmpty());
  EXPECT_THAT(asked_, IsEmpty());
  image().constraints[0].validated = false;
  EXPECT_THAT(Say(hint), ElementsAre("not_null.nulls"));
  Clean();
  EXPECT_THAT(Say(hint), ElementsAre("change.large"));
  // Validated on the way.
  EXPECT_THAT(SayAll({R"({"operation":"ValidateConstraint","table":"image","name":"proof"})", hint}), IsEmpty());
}

TEST_F(PostgresRulesTest, NotNullOfANewColumn) {
  const auto say = [&](const std::string& table, const std::string& rest, const std::string& prepared = "") {
    return SayAll({absl::StrCat(R"x({"operation":"AddColumn","table":")x", table,
                                R"x(","column":{"name":"x","type":"int","nullable":true)x", rest, "}}"),
                   absl::StrCat(R"x({"operation":"AlterColumn","table":")x", table,
                                R"x(","column":{"name":"x","nullable":false})x", prepared, "}")});
  };
  const std::string none = R"(,"default":"None")";
  const std::string unfilled = R"(,"rowsPrepared":false)";
  EXPECT_THAT(say("tag", none, unfilled), ElementsAre("not_null.new_column"));
  EXPECT_EQ(Last().harm, Harm::kFails);
  EXPECT_EQ(Last().hint, 1u);
  EXPECT_EQ(Last().effect, Effect::kBlock);
  // The migration may fill the rows between the steps.
  EXPECT_THAT(say("tag", none), ElementsAre("not_null.new_column?"));
  EXPECT_EQ(Last().effect, Effect::kWarn);
  EXPECT_THAT(say("tag", none, R"(,"rowsPrepared":true)"), IsEmpty());
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_THAT(say("tag", ""), ElementsAre("not_null.new_column?"));
  EXPECT_THAT(say("tag", R"(,"default":"Constant","defaultExpression":"0")"), IsEmpty());
  EXPECT_THAT(say("tag", R"(,"default":"Constant")"), IsEmpty());
  EXPECT_THAT(say("empty", none), IsEmpty());
  // What the step does if the rows are filled is said as well.
  EXPECT_THAT(say("image", none), ElementsAre("not_null.new_column?", "change.large"));
  EXPECT_THAT(say("image", none, unfilled), ElementsAre("not_null.new_column"));
  tag().rows = Fact<double>::Unknown("no statistics");
  EXPECT_THAT(say("tag", none, unfilled), ElementsAre("not_null.new_column?"));
}

TEST_F(PostgresRulesTest, RowsThatTheMigrationMendsDoNotCount) {
  Violated();
  for (const char* hint :
       {R"("operation":"AlterColumn","table":"tag","column":{"name":"label","nullable":false})",
        R"("operation":"AddConstraint","table":"tag","type":"Unique","columns":["label"],"name":"u")",
        R"("operation":"AddConstraint","table":"tag","type":"Check","check":"label > ''","name":"c","notValid":false)",
        R"("operation":"CreateIndex","table":"tag","columns":["label"],"unique":true,"concurrently":true)"}) {
    EXPECT_THAT(Say(absl::StrCat("{", hint, "}")), SizeIs(1)) << hint;
    EXPECT_THAT(Say(absl::StrCat("{", hint, R"(,"rowsPrepared":false})")), SizeIs(1)) << hint;
    EXPECT_THAT(Say(absl::StrCat("{", hint, R"(,"rowsPrepared":true})")), IsEmpty()) << hint;
    EXPECT_THAT(asked_, IsEmpty());
  }
}

TEST_F(PostgresRulesTest, RequiredColumn) {
  const auto add = [](const std::string& table, const std::string& rest) {
    return absl::StrCat(R"x({"operation":"AddColumn","table":")x", table,
                        R"x(","column":{"name":"x","nullable":false)x", rest, "}}");
  };
  Violated();
  EXPECT_THAT(Say(add("tag", R"(,"default":"None")")), ElementsAre("column.required"));
  EXPECT_EQ(Last().scenario, 9);
  EXPECT_THAT(Say(add("tag", R"(,"default":"Constant","defaultExpression":"0")")), IsEmpty());
  EXPECT_THAT(Say(add("tag", "")), ElementsAre("column.required?"));
  EXPECT_THAT(Say(add("empty", R"(,"default":"None")")), ElementsAre("compat.required_column"));
  EXPECT_EQ(Last().harm, Harm::kBreaksOldWriters);
  EXPECT_THAT(SayAll({R"({"operation":"CreateTable","table":"fresh"})", add("fresh", R"(,"default":"None")")}),
              IsEmpty());
}

TEST_F(PostgresRulesTest, Drift) {
  EXPECT_THAT(Say(R"({"operation":"AddColumn","table":"gone","column":{"name":"x"}})"), ElementsAre("drift.missing"));
  EXPECT_THAT(Say(R"({"operation":"DropColumn","table":"tag","column":{"name":"gone"}})"),
              ElementsAre("drift.missing"));
  EXPECT_THAT(Say(R"({"operation":"DropIndex","table":"tag","name":"gone"})"), ElementsAre("drift.missing"));
  EXPECT_THAT(Say(R"({"operation":"CreateTable","table":"tag"})"), ElementsAre("drift.exists"));
  EXPECT_THAT(Say(R"({"operation":"AddColumn","table":"image","column":{"name":"label","default":"Identity"}})"),
              ElementsAre("drift.exists"));
  tag().indexes.push_back(Index("left", {"size"}, false));
  tag().indexes.back().valid = false;
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","name":"left","columns":["size"],"concurrently":true})"),
              ElementsAre("drift.exists"));
  EXPECT_THAT(Last().message, HasSubstr("INVALID"));
  EXPECT_THAT(
      SayAll({R"({"operation":"DropIndex","table":"tag","name":"left"})",
              R"({"operation":"CreateIndex","table":"tag","name":"left","columns":["size"],"concurrently":true})"}),
      IsEmpty());
  EXPECT_THAT(SayAll({R"({"operation":"CreateTable","table":"fresh"})",
                      R"({"operation":"CreateIndex","table":"fresh","columns":["any"],"concurrently":false})"}),
              IsEmpty());
}

TEST_F(PostgresRulesTest, LockQueue) {
  LockHolder reader;
  reader.session = "42";
  reader.kind = "idle in transaction";
  reader.mode = "AccessShareLock";
  reader.age = absl::Seconds(8);
  tag().lock_holders = std::vector<LockHolder>{reader};
  const std::string column =
      R"({"operation":"AddColumn","table":"tag","column":{"name":"x","nullable":true,"default":"None"}})";
  EXPECT_THAT(Say(column), ElementsAre("lock.long_transaction"));
  EXPECT_TRUE(Last().transient);
  EXPECT_THAT(Last().message, HasSubstr("session 42"));
  // SHARE does not wait for a reader.
  const std::string index = R"({"operation":"CreateIndex","table":"tag","columns":["size"],"concurrently":false})";
  EXPECT_THAT(Say(index), IsEmpty());
  reader.writes = true;
  tag().lock_holders = std::vector<LockHolder>{reader};
  EXPECT_THAT(Say(index), ElementsAre("lock.long_transaction"));
  EXPECT_EQ(Last().harm, Harm::kBlocksWrites);
  EXPECT_THAT(Say(R"({"operation":"CreateTable","table":"fresh","references":{"table":"tag","columns":["id"]}})"),
              ElementsAre("lock.long_transaction"));
  reader.age = absl::Seconds(1);
  tag().lock_holders = std::vector<LockHolder>{reader};
  EXPECT_THAT(Say(column), IsEmpty());
  LockHolder other;
  other.mode = "AccessExclusiveLock";
  other.kind = "DDL";
  other.waiting = other.strong = other.writes = true;
  tag().lock_holders = std::vector<LockHolder>{reader, other};
  EXPECT_THAT(Say(column), ElementsAre("lock.ddl_in_progress"));
}

TEST_F(PostgresRulesTest, Refusals) {
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size"],"concurrently":true,
                      "transaction":"t"})"),
              ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size"],"concurrently":true})"), IsEmpty());
  tag().kind = TableKind::kPartitioned;
  tag().partition_columns = {"id"};
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size"],"concurrently":true})"),
              ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"AddConstraint","table":"tag","type":"Unique","columns":["size"]})"),
              ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"AddConstraint","table":"tag","type":"Unique","columns":["size","id"]})"), IsEmpty());
  const std::string key = R"({"operation":"AddConstraint","table":"tag","type":"ForeignKey","columns":["repo"],
                              "references":{"table":"image","columns":["id"]},"notValid":true})";
  EXPECT_THAT(Say(key), ElementsAre("postgresql.refused"));
  facts_.server.version = 180001;
  EXPECT_THAT(Say(key), IsEmpty());
  image().pg.views_by_column["size"] = {"sizes"};
  EXPECT_THAT(Say(R"({"operation":"DropColumn","table":"image","column":{"name":"size"}})"),
              ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"AlterColumn","table":"image","column":{"name":"size","type":"bigint"}})"),
              ElementsAre("postgresql.refused"));
}

TEST_F(PostgresRulesTest, Views) {
  const std::string index = R"({"operation":"CreateIndex","table":"tag","columns":["size"],"unique":false})";
  const std::string add = R"({"operation":"AddColumn","table":"tag","column":{"name":"x","default":"None"}})";
  const std::string fallback =
      R"({"operation":"AlterColumn","table":"tag","column":{"name":"size","default":"Constant","defaultExpression":"0"}})";
  const std::string rename = R"({"operation":"RenameTable","table":"tag","newName":"a"})";
  for (const std::string& line : {index, add, fallback}) EXPECT_THAT(Say(line), IsEmpty());
  tag().kind = TableKind::kView;
  tag().indexes.clear();
  tag().rows = 0.0;
  for (const std::string& line : {index, add}) {
    EXPECT_THAT(Say(line), ElementsAre("postgresql.refused"));
    EXPECT_EQ(Last().harm, Harm::kFails);
    EXPECT_THAT(Last().message, HasSubstr("is a view"));
  }
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"tag"})"), ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"AlterColumn","table":"tag","column":{"name":"size","nullable":false}})"),
              ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(fallback), IsEmpty());
  EXPECT_THAT(Say(rename), ElementsAre("compat.renamed"));
  tag().pg.materialized = true;
  EXPECT_THAT(Say(index), IsEmpty());
  EXPECT_THAT(Say(add), ElementsAre("postgresql.refused"));
}

TEST_F(PostgresRulesTest, RefusedChangesOfColumns) {
  const std::string nullable = R"({"operation":"AlterColumn","table":"tag","column":{"name":"id","nullable":true}})";
  EXPECT_THAT(Say(nullable), ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"AlterColumn","table":"tag","column":{"name":"size","nullable":true}})"), IsEmpty());
  const std::string type = R"({"operation":"AlterColumn","table":"tag","column":{"name":"size","type":"bigint"}})";
  EXPECT_THAT(Say(type), IsEmpty());
  tag().partition_columns = {"size"};
  EXPECT_THAT(Say(type), ElementsAre("postgresql.refused"));
  const std::string add = R"({"operation":"AddColumn","table":"tag","column":{"name":"x","default":"None"}})";
  EXPECT_THAT(Say(add), IsEmpty());
  tag().pg.is_partition = true;
  EXPECT_THAT(Say(add), ElementsAre("postgresql.refused"));
  image().indexes.push_back(Index("image_size", {"size"}, true));
  image().referenced_by = {{{"public", "tag"}, "fk", {"repo"}, {"size"}}};
  EXPECT_THAT(Say(R"({"operation":"DropIndex","table":"image","name":"image_size"})"),
              ElementsAre("postgresql.refused"));
}

TEST_F(PostgresRulesTest, ForeignKeys) {
  const auto key = [](const std::string& column, const std::string& parent) {
    return absl::StrCat(
        R"x({"operation":"AddConstraint","table":"tag","type":"ForeignKey","notValid":false,"columns":[")x", column,
        R"x("],"references":{"table":"image","columns":[")x", parent, R"x("]}})x");
  };
  EXPECT_THAT(Say(key("repo", "id")), IsEmpty());
  EXPECT_THAT(Say(key("repo", "size")), ElementsAre("postgresql.foreign_key_parent"));
  EXPECT_THAT(Say(key("label", "id")), ElementsAre("postgresql.foreign_key_parent"));
  Violated();
  EXPECT_THAT(Say(key("repo", "id")), ElementsAre("foreign_key.orphans"));
}

TEST_F(PostgresRulesTest, ChecksAndTypes) {
  Violated();
  const std::string check =
      R"({"operation":"AddConstraint","table":"tag","type":"Check","check":"size < 4","notValid":)";
  EXPECT_THAT(Say(check + "false}"), ElementsAre("check.violated"));
  EXPECT_THAT(Say(check + "true}"), ElementsAre("compat.check"));
  const auto type = [](const std::string& table, const std::string& column, const std::string& to) {
    return absl::StrCat(R"x({"operation":"AlterColumn","table":")x", table, R"x(","column":{"name":")x", column,
                        R"x(","type":")x", to, R"x("}})x");
  };
  EXPECT_THAT(Say(type("tag", "label", "varchar(6)")), ElementsAre("postgresql.type_fit"));
  EXPECT_THAT(Say(type("tag", "label", "int")), ElementsAre("postgresql.type_fit"));
  Clean();
  EXPECT_THAT(Say(check + "false}"), IsEmpty());
  EXPECT_THAT(Say(check + "true}"), IsEmpty());
  EXPECT_THAT(Say(type("tag", "label", "varchar(6)")), IsEmpty());
  EXPECT_THAT(Say(type("image", "label", "varchar(60)")), IsEmpty());
  EXPECT_THAT(Say(type("image", "label", "text")), IsEmpty());
  EXPECT_THAT(Say(type("image", "label", "varchar(30)")), ElementsAre("change.large"));
  EXPECT_THAT(Say(type("image", "size", "bigint")), ElementsAre("change.large"));
}

TEST_F(PostgresRulesTest, ChecksOfNewColumns) {
  const auto say = [&](const std::string& fallback, const std::string& rest = "") {
    return SayAll({absl::StrCat(R"x({"operation":"AddColumn","table":"tag","column":{"name":"grade","type":"int")x",
                                fallback, "}}"),
                   absl::StrCat(R"x({"operation":"AddConstraint","table":"tag","type":"Check","name":"c",)x",
                                R"x("check":"grade IS NOT NULL","notValid":true})x"),
                   absl::StrCat(R"x({"operation":"ValidateConstraint","table":"tag","name":"c")x", rest, "}")});
  };
  Clean();
  EXPECT_THAT(say(R"(,"nullable":true,"default":"Constant","defaultExpression":"1")"), IsEmpty());
  ASSERT_THAT(asked_, SizeIs(1));
  EXPECT_EQ(asked_[0].condition,
            "(SELECT (grade IS NOT NULL) FROM (SELECT CAST(1 AS int) AS \"grade\") AS new_column)");
  EXPECT_THAT(say(R"(,"nullable":true,"default":"None")"), ElementsAre("check.violated?"));
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_THAT(say(R"(,"nullable":true,"default":"None")", R"(,"rowsPrepared":true)"), IsEmpty());
  EXPECT_THAT(say(R"(,"nullable":true)"), ElementsAre("check.violated?"));
  EXPECT_THAT(say(R"x(,"nullable":true,"default":"Constant","defaultExpression":"evil()")x"),
              ElementsAre("check.violated?"));
  Violated();
  EXPECT_THAT(say(R"(,"nullable":true,"default":"None")", R"(,"rowsPrepared":false)"), ElementsAre("check.violated"));
  EXPECT_THAT(asked_[0].condition, HasSubstr("CAST(NULL AS int) AS \"grade\""));
  EXPECT_THAT(say(R"(,"nullable":true,"default":"Constant","defaultExpression":"1")"), ElementsAre("check.violated"));
}

TEST_F(PostgresRulesTest, ACastInUsingMayFail) {
  const auto use = [](const std::string& expression) {
    return absl::StrCat(
        R"x({"operation":"AlterColumn","table":"tag","column":{"name":"label","type":"int"},"using":")x", expression,
        R"x("})x");
  };
  EXPECT_THAT(Say(use("label::integer")), IsEmpty());
  EXPECT_THAT(asked_, ::testing::SizeIs(1));
  Violated();
  EXPECT_THAT(Say(use("label::integer")), ElementsAre("postgresql.type_fit"));
  EXPECT_THAT(Say(use("length(label)")), IsEmpty());
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(PostgresRulesTest, WhatGoesAway) {
  const std::string column = R"({"operation":"DropColumn","table":"tag","column":{"name":"size"}})";
  EXPECT_THAT(Say(column), IsEmpty());
  Violated();
  EXPECT_THAT(Say(column), ElementsAre("data.dropped"));
  EXPECT_EQ(Last().effect, Effect::kWarn);
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"empty"})"), IsEmpty());
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"tag"})"), ElementsAre("data.dropped"));
  tag().referenced_by = {{{"public", "other"}, "fk", {"tag"}, {"id"}}};
  EXPECT_THAT(Say(R"({"operation":"DropTable","table":"tag"})"), ElementsAre("postgresql.refused"));
  EXPECT_THAT(Say(R"({"operation":"RenameTable","table":"image","newName":"picture"})"), ElementsAre("compat.renamed"));
  EXPECT_THAT(SayAll({R"({"operation":"CreateTable","table":"a"})",
                      R"({"operation":"RenameTable","table":"a","newName":"b"})"}),
              IsEmpty());
}

TEST_F(PostgresRulesTest, RedundantAndInvalidIndexes) {
  tag().indexes.push_back(Index("tag_two", {"size", "repo"}, false));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size"],"concurrently":false})"),
              ElementsAre("index.redundant"));
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["repo"],"concurrently":false})"), IsEmpty());
  tag().indexes.back().valid = false;
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size","repo"],"concurrently":false})"),
              ElementsAre("postgresql.invalid_index"));
}

TEST_F(PostgresRulesTest, StaleStatisticsNearTheThreshold) {
  const std::string index = R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":)";
  image().rows = 300000.0;
  image().bytes = int64_t{30} << 20;
  EXPECT_THAT(Say(index + "false}"), IsEmpty());
  image().stats_doubt = "90000 rows changed since the last ANALYZE";
  EXPECT_THAT(Say(index + "false}"), ElementsAre("statistics.stale?"));
  EXPECT_EQ(Last().effect, Effect::kWarn);
  EXPECT_EQ(Last().harm, Harm::kBlocksWrites);
  EXPECT_EQ(Last().evidence.at("doubt"), image().stats_doubt);
  EXPECT_THAT(Say(index + "true}"), IsEmpty());
  image().rows = 90000.0;
  EXPECT_THAT(Say(index + "false}"), IsEmpty());
  image().rows = 2e6;
  EXPECT_THAT(Say(index + "false}"), ElementsAre("index.large"));
}

TEST_F(PostgresRulesTest, AUniqueIndexBesideWritersMayFail) {
  tag().writes = WriteRate{140, absl::Seconds(30)};
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"tag","columns":["size"],"unique":true,"concurrently":true})"),
              ElementsAre("unique.race?"));
}

TEST_F(PostgresRulesTest, PolicyDecidesTheEffect) {
  const std::string hint = R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":false})";
  policy_.tables["image"] = {Mode::kOff, policy_.thresholds};
  EXPECT_THAT(Say(hint), IsEmpty());
  policy_.rules["index.large"] = Mode::kWarn;
  EXPECT_THAT(Say(hint), ElementsAre("index.large"));
  EXPECT_EQ(Last().effect, Effect::kWarn);
  policy_ = Policy();
  policy_.on_unknown = Mode::kBlock;
  EXPECT_THAT(Say(R"({"operation":"CreateIndex","table":"image","columns":["label"]})"), ElementsAre("index.large?"));
  EXPECT_EQ(Last().effect, Effect::kBlock);
  policy_.mode = Mode::kOff;
  EXPECT_THAT(Say(hint), IsEmpty());
}

TEST_F(PostgresRulesTest, AnUnreadableHintIsAFindingAndTheRestIsAnswered) {
  EXPECT_THAT(SayAll({R"({"operation":"Explode","table":"image"})",
                      R"({"operation":"CreateIndex","table":"image","columns":["label"],"concurrently":false})"}),
              ElementsAre("hint.unsupported", "index.large"));
  EXPECT_THAT(evaluation_.findings[0].message, HasSubstr("CreateIndex"));
  EXPECT_THAT(evaluation_.applied, ElementsAre(Applied::kUnknown, Applied::kNo));
}

TEST_F(PostgresRulesTest, Applied) {
  (void)SayAll({R"({"operation":"AddColumn","table":"tag","column":{"name":"size"}})",
                R"({"operation":"DropTable","table":"gone"})",
                R"({"operation":"AlterColumn","table":"tag","column":{"name":"label","nullable":true}})",
                R"({"operation":"CreateIndex","table":"tag","name":"new","columns":["size"]})"});
  EXPECT_THAT(evaluation_.applied, ElementsAre(Applied::kYes, Applied::kUnknown, Applied::kYes, Applied::kNo));
}

}  // namespace
}  // namespace dba::agent::hints
