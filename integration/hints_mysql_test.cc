// SPDX-License-Identifier: Apache-2.0
//
// What hints are judged on, read from real MariaDB and MySQL servers: facts, locks, rows and write counters. The
// environment variable DBA_TEST_SERVER chooses mariadb118 or mysql97 in place of Debian's MariaDB.
#include <mysql.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/db/factory.h"
#include "dbagent/hints/facts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/mysql_env.h"
#include "integration/server_process.h"

namespace dba::agent {
namespace {

using hints::ConstraintFacts;
using hints::ConstraintType;
using hints::DataProbe;
using hints::HintFacts;
using hints::IndexFacts;
using hints::ProbeAnswer;
using hints::TableFacts;
using hints::TableKind;
using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<std::unique_ptr<MysqlEnv>> StartServer() {
  const std::string name = EnvOr("DBA_TEST_SERVER", "");
  if (name == "mysql97") return MysqlEnv::Start(MysqlEnv::Kind::kMysql);
  if (name == "mariadb118") {
    const absl::StatusOr<std::string> folder = ServerFolder(name);
    if (!folder.ok()) return folder.status();
    setenv("DBA_MARIADBD", (*folder + "/usr/sbin/mariadbd").c_str(), 1);
    setenv("DBA_MARIADB_INSTALL_DB", (*folder + "/usr/bin/mariadb-install-db").c_str(), 1);
    setenv("DBA_MARIADB_BASEDIR", (*folder + "/usr").c_str(), 1);
  }
  return MysqlEnv::Start();
}

// A connection that stays open.
class OpenSession {
 public:
  OpenSession(const MysqlEnv& env, const std::string& database) : handle_(mysql_init(nullptr)) {
    EXPECT_NE(mysql_real_connect(handle_, "127.0.0.1", "root", env.root_password().c_str(), database.c_str(),
                                 env.port(), nullptr, 0),
              nullptr)
        << mysql_error(handle_);
  }
  ~OpenSession() { mysql_close(handle_); }

  void Run(const std::string& sql) {
    EXPECT_EQ(mysql_real_query(handle_, sql.data(), sql.size()), 0) << sql << ": " << mysql_error(handle_);
    if (MYSQL_RES* result = mysql_store_result(handle_); result != nullptr) mysql_free_result(result);
  }

 private:
  MYSQL* handle_;
};

class HintsMysqlTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<MysqlEnv>> started = StartServer();
    ASSERT_OK(started);
    env_ = started->release();
  }
  static void TearDownTestSuite() {
    delete env_;
    env_ = nullptr;
  }

  void SetUp() override {
    ASSERT_NE(env_, nullptr);
    Run("DROP DATABASE IF EXISTS shop");
    Run("CREATE DATABASE shop CHARACTER SET utf8mb4");
    Run("CREATE TABLE shop.repo (id BIGINT PRIMARY KEY) STATS_AUTO_RECALC = 0");
    Run("CREATE TABLE shop.image (id BIGINT PRIMARY KEY AUTO_INCREMENT, repo BIGINT, size INT, name VARCHAR(40) NOT "
        "NULL DEFAULT "
        "'x', note VARCHAR(40), v INT GENERATED ALWAYS AS (size + 1) VIRTUAL, UNIQUE KEY by_name (name), KEY by_note "
        "(note(3)), FULLTEXT KEY words (note), CONSTRAINT to_repo FOREIGN KEY (repo) REFERENCES repo (id) ON DELETE "
        "CASCADE, CONSTRAINT positive CHECK (size > 0))");
    database_ = Connect("root", env_->root_password());
  }

  static void Run(const std::string& sql) { EXPECT_OK(env_->Run(sql)) << sql; }

  static std::unique_ptr<Database> Connect(const std::string& user, const std::string& password) {
    ConnectOptions options;
    options.tls = TlsMode::kDisable;
    return MakeDatabase({Dialect::kMysql, "127.0.0.1", env_->port(), "shop", user, Secret(password)}, options);
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

  HintFacts Gather(const std::vector<TableName>& tables) {
    hints::FactsRequest request;
    request.tables = tables;
    absl::StatusOr<GatheredFacts> gathered = database_->GatherFacts(request, Soon());
    EXPECT_OK(gathered);
    return gathered.ok() ? gathered->facts : HintFacts{};
  }

  ProbeAnswer Ask(const DataProbe& probe, absl::Duration timeout = absl::Seconds(5)) {
    const absl::StatusOr<ProbeAnswer> answer = database_->Probe(probe, timeout, Soon());
    EXPECT_OK(answer);
    return answer.value_or(ProbeAnswer());
  }

  static DataProbe Duplicates(const std::string& column) {
    DataProbe probe;
    probe.kind = DataProbe::Kind::kDuplicates;
    probe.table = {"shop", "image"};
    probe.columns = {column};
    return probe;
  }

  static MysqlEnv* env_;
  std::unique_ptr<Database> database_;
};

MysqlEnv* HintsMysqlTest::env_ = nullptr;

TEST_F(HintsMysqlTest, FactsAreThoseOfTheTable) {
  const HintFacts facts = Gather({{"", "image"}, {"", "repo"}, {"", "gone"}});
  ASSERT_EQ(facts.tables.size(), 3U);
  const TableFacts& image = facts.tables[0];
  EXPECT_EQ(image.kind, TableKind::kTable);
  EXPECT_EQ(image.name.schema, "shop");
  EXPECT_EQ(image.mysql.storage_engine, "InnoDB");
  EXPECT_EQ(image.mysql.character_set, "utf8mb4");
  EXPECT_TRUE(image.mysql.cascades);
  EXPECT_TRUE(image.rows.known());
  EXPECT_TRUE(image.bytes.known() && *image.bytes > 0);
  ASSERT_NE(image.FindColumn("NAME"), nullptr);
  EXPECT_TRUE(image.FindColumn("name")->not_null);
  EXPECT_EQ(image.FindColumn("name")->type, "varchar(40)");
  EXPECT_EQ(image.FindColumn("name")->default_expression, "'x'");
  EXPECT_EQ(image.FindColumn("note")->default_expression, "");
  EXPECT_TRUE(image.FindColumn("id")->identity);
  EXPECT_EQ(image.FindColumn("v")->generated, hints::GeneratedKind::kVirtual);
  const IndexFacts* words = image.FindIndex("words");
  ASSERT_NE(words, nullptr);
  EXPECT_EQ(words->method, "fulltext");
  ASSERT_NE(image.FindIndex("by_note"), nullptr);
  EXPECT_TRUE(image.FindIndex("by_note")->prefix);
  EXPECT_TRUE(image.FindIndex("by_name")->unique);
  const ConstraintFacts* key = image.FindConstraint("to_repo");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->type, ConstraintType::kForeignKey);
  EXPECT_EQ(key->references.table, "repo");
  EXPECT_THAT(key->columns, ElementsAre("repo"));
  ASSERT_NE(image.FindConstraint("positive"), nullptr);
  EXPECT_THAT(image.FindConstraint("positive")->definition, HasSubstr("size"));
  ASSERT_EQ(facts.tables[1].referenced_by.size(), 1U);
  EXPECT_EQ(facts.tables[1].referenced_by[0].name, "to_repo");
  EXPECT_FALSE(facts.tables[2].exists());
}

TEST_F(HintsMysqlTest, TheServerSaysWhatItIs) {
  const HintFacts facts = Gather({});
  EXPECT_GE(facts.server.version, 80000);
  EXPECT_EQ(facts.server.mariadb(), env_->kind() == MysqlEnv::Kind::kMariadb);
  EXPECT_THAT(facts.server.Setting("sql_mode", ""), HasSubstr("STRICT"));
  EXPECT_NE(facts.server.Setting("lock_wait_timeout", "absent"), "absent");
  EXPECT_FALSE(facts.server.standby);
}

TEST_F(HintsMysqlTest, OddNamesAreRead) {
  Run("CREATE TABLE shop.`Größe \"x\" ``表'` (`naïve col` INT, KEY `k'\"` (`naïve col`))");
  Run("INSERT INTO shop.`Größe \"x\" ``表'` VALUES (NULL), (1)");
  const TableName name = {"", "Größe \"x\" `表'"};
  const HintFacts facts = Gather({name});
  ASSERT_TRUE(facts.tables[0].exists());
  EXPECT_NE(facts.tables[0].FindColumn("naïve col"), nullptr);
  EXPECT_NE(facts.tables[0].FindIndex("k'\""), nullptr);
  DataProbe probe;
  probe.kind = DataProbe::Kind::kNulls;
  probe.table = {"shop", name.table};
  probe.columns = {"naïve col"};
  EXPECT_TRUE(Ask(probe).violated());
  const absl::StatusOr<WriteSamples> samples = database_->SampleWrites({name}, Soon());
  ASSERT_OK(samples);
  EXPECT_TRUE(samples->tables[0].writes.has_value()) << samples->tables[0].unknown;
}

TEST_F(HintsMysqlTest, PartitionsAndTheirColumnsAreCounted) {
  Run("CREATE TABLE shop.part (id BIGINT, day INT, PRIMARY KEY (id, day)) PARTITION BY HASH (day) PARTITIONS 4");
  const HintFacts facts = Gather({{"", "part"}});
  EXPECT_EQ(facts.tables[0].kind, TableKind::kPartitioned);
  EXPECT_EQ(facts.tables[0].partitions, 4);
  EXPECT_THAT(facts.tables[0].partition_columns, ElementsAre("day"));
}

TEST_F(HintsMysqlTest, RowVersionsAreCounted) {
  if (env_->kind() == MysqlEnv::Kind::kMariadb) {
    EXPECT_FALSE(Gather({{"", "repo"}}).tables[0].mysql.row_versions.has_value());
    return;
  }
  Run("INSERT INTO shop.repo VALUES (1)");
  Run("ALTER TABLE shop.repo ADD COLUMN x INT, ALGORITHM=INSTANT");
  EXPECT_EQ(Gather({{"", "repo"}}).tables[0].mysql.row_versions, 1);
}

TEST_F(HintsMysqlTest, DuplicatesFollowTheCollation) {
  Run("INSERT INTO shop.image (name, note) VALUES ('a', 'Abc'), ('b', 'aBC'), ('c', NULL), ('d', NULL)");
  EXPECT_TRUE(Ask(Duplicates("note")).violated());
  EXPECT_TRUE(Ask(Duplicates("name")).clean());
  Run("ALTER TABLE shop.image DROP INDEX words, MODIFY note VARCHAR(40) COLLATE utf8mb4_bin");
  EXPECT_TRUE(Ask(Duplicates("note")).clean());
}

TEST_F(HintsMysqlTest, AProbeEndsAtItsTimeoutAndSaysSo) {
  Run("CREATE TABLE shop.digit (d INT)");
  Run("INSERT INTO shop.digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  Run("CREATE TABLE shop.big (a INT, b VARCHAR(100))");
  Run("INSERT INTO shop.big SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d, REPEAT('x', 90) FROM "
      "shop.digit a, shop.digit b, shop.digit c, shop.digit d, shop.digit e");
  DataProbe probe;
  probe.kind = DataProbe::Kind::kDuplicates;
  probe.table = {"shop", "big"};
  probe.expressions = {"concat(sha2(concat(b, a), 512), sha2(concat(a, b), 512))"};
  const absl::Time begin = absl::Now();
  const ProbeAnswer answer = Ask(probe, absl::Milliseconds(30));
  EXPECT_TRUE(answer.unknown());
  EXPECT_THAT(answer.reason, HasSubstr("did not end within"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(3));
}

TEST_F(HintsMysqlTest, AProbeChangesNothing) {
  DataProbe probe;
  probe.kind = DataProbe::Kind::kCheck;
  probe.table = {"shop", "image"};
  probe.condition = "1) OR (SELECT 1 FROM shop.repo FOR UPDATE) IS NULL OR (1";
  (void)Ask(probe);
  probe.condition = "id > 0); DROP TABLE shop.repo; SELECT (1";
  EXPECT_TRUE(Ask(probe).unknown());
  EXPECT_TRUE(Gather({{"", "repo"}}).tables[0].exists());
}

TEST_F(HintsMysqlTest, AnOpenTransactionHoldsTheTableThatItReads) {
  Run("INSERT INTO shop.repo VALUES (1)");
  OpenSession reader(*env_, "shop");
  reader.Run("START TRANSACTION");
  reader.Run("SELECT * FROM repo");
  // InnoDB gathers INNODB_TRX anew only when nobody has read it for 0.1 s (MySQL 8.0 manual, 15.15.2.3): who asks more
  // often sees the same for ever.
  absl::Time asked = absl::InfinitePast();
  std::string seen;
  const auto held = [&] {
    if (absl::Now() - asked < absl::Milliseconds(200)) return false;
    const HintFacts facts = Gather({{"", "repo"}});
    asked = absl::Now();
    const auto& holders = facts.tables[0].lock_holders;
    seen = !holders.known() ? std::string(holders.why()) : absl::StrCat(holders->size(), " holders");
    return holders.known() && !holders->empty() && (*holders)[0].age >= absl::Seconds(1) && !(*holders)[0].strong;
  };
  EXPECT_TRUE(WaitFor(held, absl::Seconds(10))) << seen;
  const HintFacts other = Gather({{"", "image"}});
  EXPECT_TRUE(other.tables[0].lock_holders.known()) << other.tables[0].lock_holders.why();
  EXPECT_TRUE(other.tables[0].lock_holders->empty());
}

// An ALTER that waits for a reader: nothing the agent asks may queue behind it.
TEST_F(HintsMysqlTest, NothingWaitsBehindAQueuedAlter) {
  Run("INSERT INTO shop.repo VALUES (1)");
  OpenSession reader(*env_, "shop");
  reader.Run("START TRANSACTION");
  reader.Run("SELECT * FROM repo");
  std::thread alter([] { (void)env_->Run("ALTER TABLE shop.repo ADD COLUMN x INT"); });
  EXPECT_TRUE(WaitFor([] {
    return env_->Run(
                   "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata%'")
               .value_or("0") != "0";
  }));
  absl::Time begin = absl::Now();
  const HintFacts facts = Gather({{"", "repo"}, {"", "image"}});
  // The shortest wait for a lock that these servers know is a second.
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(900));
  EXPECT_TRUE(facts.tables[0].rows.known());
  const auto& holders = facts.tables[0].lock_holders;
  ASSERT_TRUE(holders.known()) << holders.why();
  EXPECT_TRUE(std::any_of(holders->begin(), holders->end(),
                          [](const hints::LockHolder& holder) { return holder.strong && holder.waiting; }));
  DataProbe probe;
  probe.table = {"shop", "repo"};
  begin = absl::Now();
  const ProbeAnswer answer = Ask(probe, absl::Milliseconds(500));
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(900));
  EXPECT_TRUE(answer.unknown());
  EXPECT_OK(database_->SampleWrites({{"", "repo"}}, Soon()));
  reader.Run("COMMIT");
  alter.join();
}

TEST_F(HintsMysqlTest, AQueryOverRowsEndsAtItsTimeoutThoughTheServerDoesNot) {
  DataProbe probe;
  probe.table = {"shop", "repo"};
  EXPECT_TRUE(Ask(probe).clean());
  env_->Freeze();
  const absl::Time begin = absl::Now();
  const absl::StatusOr<ProbeAnswer> answer = database_->Probe(probe, absl::Milliseconds(300), Soon());
  const absl::Duration took = absl::Now() - begin;
  env_->Thaw();
  EXPECT_LT(took, absl::Milliseconds(900));
  EXPECT_FALSE(answer.ok() && !answer->unknown());
  EXPECT_TRUE(Ask(probe).clean());
}

TEST_F(HintsMysqlTest, ARoleWithoutRightsIsToldWhy) {
  Run("DROP USER IF EXISTS poor@'%'");
  Run("CREATE USER poor@'%' IDENTIFIED BY 'poor-password'");
  Run("GRANT INSERT ON shop.* TO poor@'%'");
  database_ = Connect("poor", "poor-password");
  const HintFacts facts = Gather({{"", "repo"}});
  ASSERT_TRUE(facts.tables[0].exists());
  EXPECT_FALSE(facts.tables[0].lock_holders.known());
  EXPECT_THAT(facts.tables[0].lock_holders.why(), HasSubstr("PROCESS"));
  DataProbe probe;
  probe.table = {"shop", "repo"};
  const ProbeAnswer answer = Ask(probe);
  EXPECT_TRUE(answer.unknown());
  EXPECT_THAT(answer.reason, HasSubstr("grant it SELECT"));
  const absl::StatusOr<WriteSamples> samples = database_->SampleWrites({{"", "repo"}}, Soon());
  ASSERT_OK(samples);
  EXPECT_FALSE(samples->tables[0].writes.has_value());
  EXPECT_THAT(samples->tables[0].unknown, HasSubstr("grant"));
}

TEST_F(HintsMysqlTest, WritesAreCounted) {
  const std::vector<TableName> tables = {{"", "repo"}};
  Run("INSERT INTO shop.repo VALUES (1)");
  const absl::StatusOr<WriteSamples> before = database_->SampleWrites(tables, Soon());
  ASSERT_OK(before);
  ASSERT_TRUE(before->tables[0].writes.has_value()) << before->tables[0].unknown;
  Run("INSERT INTO shop.repo VALUES (2), (3), (4)");
  Run("UPDATE shop.repo SET id = 9 WHERE id = 4");
  const absl::StatusOr<WriteSamples> after = database_->SampleWrites(tables, Soon());
  ASSERT_OK(after);
  EXPECT_EQ(*after->tables[0].writes - *before->tables[0].writes, 4);
  EXPECT_GT(after->at, before->at);
  EXPECT_LT(absl::AbsDuration(absl::Now() - after->at), absl::Seconds(5));
}

}  // namespace
}  // namespace dba::agent
