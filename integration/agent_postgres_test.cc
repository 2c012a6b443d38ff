// SPDX-License-Identifier: Apache-2.0
//
// The contract of a Database on PostgreSQL, with both kinds of admin account, and what only PostgreSQL has: who may
// alter which tables.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/testing/log_capture.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/testing/database_contract_test.h"
#include "dbagent/version/version_reader.h"
#include "integration/postgres_under_test.h"

namespace dba::agent {
namespace {

std::unique_ptr<PostgresUnderTest> Make(PgAdmin admin) {
  PostgresEnv* env = SharedPostgres();
  return env == nullptr ? nullptr : std::make_unique<PostgresUnderTest>(env, admin);
}

INSTANTIATE_TEST_SUITE_P(PostgresSuperuser, DatabaseContractTest,
                         testing::Values([] { return Make(PgAdmin::kSuperuser); }));
INSTANTIATE_TEST_SUITE_P(PostgresDatabaseOwner, DatabaseContractTest,
                         testing::Values([] { return Make(PgAdmin::kCreateRoleAndDatabaseOwner); }));

class PostgresGrantsTest : public testing::TestWithParam<PgAdmin> {
 protected:
  void SetUp() override {
    test_ = Make(GetParam());
    ASSERT_NE(test_, nullptr);
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  absl::Status Ensure(const std::string& name, AccountKind kind, Privileges privileges = Privileges::kReadWrite) {
    AccountSpec spec;
    spec.owner = "owner-1";
    spec.name = name;
    spec.kind = kind;
    spec.version = "v1";
    spec.password = Secret("pw");
    spec.privileges = privileges;
    return test_->database().EnsureAccount(spec, Soon()).status();
  }
  absl::Status As(const std::string& user, const std::string& sql) { return test_->RunAs(user, "pw", sql).status(); }
  // As the admin of the credentials.
  absl::Status AsAdmin(const std::string& sql) {
    return test_->RunAs(test_->dsn().username, std::string(test_->dsn().password.Reveal()), sql).status();
  }
  // What a migrator and applications must be able to do with table t(id, x) and what not.
  void ExpectRightsOn(const std::string& table) {
    EXPECT_OK(As("dba_m", absl::StrCat("ALTER TABLE ", table, " ADD COLUMN added int DEFAULT 7")));
    EXPECT_OK(As("dba_m", absl::StrCat("UPDATE ", table, " SET x = 2")));
    EXPECT_OK(As("dba_rw", absl::StrCat("INSERT INTO ", table, " (x) VALUES (1)")));
    EXPECT_OK(As("dba_rw", absl::StrCat("DELETE FROM ", table)));
    EXPECT_OK(As("dba_ro", absl::StrCat("SELECT * FROM ", table)));
    EXPECT_FALSE(As("dba_ro", absl::StrCat("INSERT INTO ", table, " (x) VALUES (1)")).ok());
    for (const std::string user : {"dba_ro", "dba_rw"}) {
      EXPECT_FALSE(As(user, absl::StrCat("ALTER TABLE ", table, " ADD COLUMN forbidden int")).ok());
      EXPECT_FALSE(As(user, "CREATE TABLE forbidden (i int)").ok());
    }
    EXPECT_FALSE(As("dba_m", "CREATE ROLE forbidden").ok());
  }
  void EnsureAll() {
    ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
    ASSERT_OK(Ensure("dba_rw", AccountKind::kApplication));
    ASSERT_OK(Ensure("dba_ro", AccountKind::kApplication, Privileges::kReadOnly));
  }
  std::unique_ptr<PostgresUnderTest> test_;
};

constexpr char kTable[] = "(id serial PRIMARY KEY, x int)";

TEST_P(PostgresGrantsTest, EmptyDatabaseThenATableOfAMigrator) {
  EnsureAll();
  ASSERT_OK(As("dba_m", absl::StrCat("CREATE TABLE t ", kTable)));
  EXPECT_EQ(test_->Run("SELECT tableowner FROM pg_tables WHERE tablename = 't'"), GroupRolesOf("owner-1").owner);
  ExpectRightsOn("t");
  ASSERT_OK(As("dba_m", absl::StrCat("CREATE SCHEMA s; CREATE TABLE s.t2 ", kTable)));
  ExpectRightsOn("s.t2");
}

TEST_P(PostgresGrantsTest, TablesThatBelongToTheAdmin) {
  ASSERT_OK(AsAdmin(absl::StrCat("CREATE TABLE t ", kTable)));
  ASSERT_OK(AsAdmin("CREATE TYPE mood AS ENUM ('good'); CREATE VIEW v AS SELECT * FROM t"));
  EnsureAll();
  ExpectRightsOn("t");
  EXPECT_OK(As("dba_m", "ALTER TYPE mood ADD VALUE 'bad'"));
  EXPECT_OK(As("dba_ro", "SELECT * FROM v"));
  EXPECT_OK(AsAdmin("ALTER TABLE t ADD COLUMN by_admin int"));
}

TEST_P(PostgresGrantsTest, TablesThatBelongToAnotherRole) {
  test_->Run("CREATE ROLE legacy LOGIN PASSWORD 'pw'; GRANT CREATE ON SCHEMA public TO legacy");
  if (GetParam() != PgAdmin::kSuperuser && std::stoi(test_->Run("SHOW server_version_num")) >= 160000) {
    test_->Run("GRANT legacy TO shop_admin WITH ADMIN OPTION");  // as docs/agent.md says
  }
  ASSERT_OK(As("legacy", absl::StrCat("CREATE TABLE t ", kTable)));
  EnsureAll();
  EXPECT_EQ(test_->Run("SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "legacy");
  ExpectRightsOn("t");
  EXPECT_OK(As("legacy", "ALTER TABLE t ADD COLUMN by_legacy int"));
  ASSERT_OK(As("legacy", absl::StrCat("CREATE TABLE later ", kTable)));
  EXPECT_OK(As("dba_ro", "SELECT * FROM later"));
}

TEST_P(PostgresGrantsTest, TablesMadeLaterWithTheAdminAccount) {
  EnsureAll();
  ASSERT_OK(AsAdmin(absl::StrCat("CREATE TABLE t ", kTable)));
  EXPECT_OK(As("dba_rw", "INSERT INTO t (x) VALUES (1)"));
  EXPECT_OK(As("dba_ro", "SELECT * FROM t"));
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ExpectRightsOn("t");
}

TEST_P(PostgresGrantsTest, TablesOfASuperuserAreSaidToBeOutOfReach) {
  test_->Run("CREATE TABLE \"Su\"\"per\" (x int)");
  const LogCapture log;
  ASSERT_OK(Ensure("dba_rw", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  std::string warnings;
  for (const std::string& line : log.lines()) {
    if (absl::StrContains(line, "\"warning\"")) absl::StrAppend(&warnings, line, "\n");
  }
  if (GetParam() == PgAdmin::kSuperuser) {
    EXPECT_EQ(warnings, "");
    EXPECT_OK(As("dba_rw", "SELECT * FROM \"Su\"\"per\""));
    return;
  }
  EXPECT_TRUE(absl::StrContains(warnings, R"(ALTER TABLE public.\"Su\"\"per\" OWNER TO shop_admin)")) << warnings;
  EXPECT_FALSE(As("dba_rw", "SELECT * FROM \"Su\"\"per\"").ok());
  test_->Run("ALTER TABLE public.\"Su\"\"per\" OWNER TO shop_admin");
  const size_t before = log.lines().size();
  ASSERT_OK(Ensure("dba_rw", AccountKind::kApplication));
  EXPECT_OK(As("dba_rw", "SELECT * FROM \"Su\"\"per\""));
  EXPECT_EQ(log.lines().size(), before);
}

TEST_P(PostgresGrantsTest, SecondEnsureWritesNoRights) {
  ASSERT_OK(AsAdmin(absl::StrCat("CREATE TABLE t ", kTable)));
  EnsureAll();
  const std::string rights =
      "SELECT string_agg(c.oid || ':' || c.xmin, ' ' ORDER BY c.oid) || (SELECT string_agg(xmin::text, ' ') "
      "FROM pg_default_acl) || (SELECT string_agg(xmin::text, ' ') FROM pg_auth_members) FROM pg_class c "
      "WHERE c.relnamespace = 'public'::regnamespace";
  const std::string before = test_->Run(rights);
  EnsureAll();
  EXPECT_EQ(test_->Run(rights), before);
}

TEST_P(PostgresGrantsTest, PrivilegesCanBeChanged) {
  ASSERT_OK(AsAdmin(absl::StrCat("CREATE TABLE t ", kTable)));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication));
  ASSERT_OK(Ensure("dba_a", AccountKind::kApplication, Privileges::kReadOnly));
  EXPECT_OK(As("dba_a", "SELECT * FROM t"));
  EXPECT_FALSE(As("dba_a", "DELETE FROM t").ok());
}

TEST_P(PostgresGrantsTest, DropHandsObjectsToTheOwnerRole) {
  EnsureAll();
  ASSERT_OK(As("dba_m", "RESET ROLE; CREATE TABLE mine (i int)"));
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_m"}, true, Soon()));
  // A client that has closed its connection is a session for the server a little longer.
  EXPECT_TRUE(WaitFor([&] { return test_->database().DropAccount({"owner-1", "dba_m"}, Soon()).ok(); }));
  EXPECT_EQ(test_->Run("SELECT tableowner FROM pg_tables WHERE tablename = 'mine'"), GroupRolesOf("owner-1").owner);
}

TEST_P(PostgresGrantsTest, DropRefusesMembersAndPreparedTransactions) {
  EnsureAll();
  ASSERT_OK(AsAdmin("CREATE TABLE t (i int)"));
  ASSERT_OK(As("dba_rw", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left'"));
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_rw"}, true, Soon()));
  const auto drop_error = [&] {
    return std::string(test_->database().DropAccount({"owner-1", "dba_rw"}, Soon()).status().message());
  };
  EXPECT_TRUE(WaitFor([&] { return absl::StrContains(drop_error(), "prepared"); })) << drop_error();
  ASSERT_OK_AND_ASSIGN(const AccountList list, test_->database().ListAccounts("owner-1", Soon()));
  ASSERT_EQ(list.accounts.size(), 3u);
  EXPECT_EQ(list.accounts[2].prepared_transactions, 1u);
  test_->Run("ROLLBACK PREPARED 'left'");
  test_->Run("CREATE ROLE human; GRANT dba_rw TO human");
  EXPECT_THAT(test_->database().DropAccount({"owner-1", "dba_rw"}, Soon()),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("human")));
  test_->Run("DROP ROLE human");
  EXPECT_THAT(test_->database().DropAccount({"owner-1", "dba_rw"}, Soon()), IsOkAndHolds(true));
}

TEST_P(PostgresGrantsTest, ObstaclesOfLockedAccountsAreListed) {
  EnsureAll();
  test_->Run("CREATE DATABASE other");
  test_->Run("CREATE ROLE human; GRANT dba_rw, dba_ro TO human");
  test_->Run("GRANT CONNECT ON DATABASE other TO dba_rw");
  ASSERT_OK(test_->env().Run("other", "CREATE TABLE t (i int); GRANT SELECT ON t TO dba_rw"));
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_rw"}, true, Soon()));
  ASSERT_OK_AND_ASSIGN(const AccountList list, test_->database().ListAccounts("owner-1", Soon()));
  ASSERT_EQ(list.accounts.size(), 3u);
  EXPECT_TRUE(list.accounts[1].obstacles.empty()) << "dba_ro is not locked";
  EXPECT_EQ(list.accounts[2].obstacles,
            (std::vector<std::string>{"member human", "objects or rights in database other"}));
  test_->Run("REVOKE dba_rw FROM human");
  EXPECT_TRUE(WaitFor([&] {
    return absl::StrContains(test_->database().DropAccount({"owner-1", "dba_rw"}, Soon()).status().message(),
                             "in database other: run DROP OWNED BY dba_rw there");
  }));
  ASSERT_OK(test_->env().Run("other", "DROP OWNED BY dba_rw"));
  test_->Run("REVOKE CONNECT ON DATABASE other FROM dba_rw");
  EXPECT_TRUE(WaitFor([&] { return test_->database().DropAccount({"owner-1", "dba_rw"}, Soon()).ok(); }));
}

TEST_P(PostgresGrantsTest, ExtraGrantsReachTheAccountAlone) {
  ASSERT_OK(
      AsAdmin("CREATE SCHEMA s; CREATE TABLE s.t (i int); CREATE SEQUENCE s.q; CREATE FUNCTION s.f(i int, t text) "
              "RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION s.f FROM PUBLIC"));
  AccountSpec spec;
  spec.owner = "owner-1";
  spec.name = "dba_ro";
  spec.version = "v1";
  spec.password = Secret("pw");
  spec.privileges = Privileges::kReadOnly;
  ASSERT_OK(test_->database().EnsureAccount(spec, Soon()));
  const std::vector<std::string> allowed = {"TRUNCATE s.t", "SELECT nextval('s.q')", "SELECT s.f(1, 'x')"};
  for (const std::string& sql : allowed) EXPECT_FALSE(As("dba_ro", sql).ok()) << sql;
  spec.extra_grants = {{{"Truncate", "Insert"}, "Table", "s.t"},
                       {{"Usage"}, "Sequence", "s.q"},
                       {{"Execute"}, "Function", "s.f(int, text)"},
                       {{"Usage"}, "Schema", "s"}};
  for (int i = 0; i < 2; ++i) ASSERT_OK(test_->database().EnsureAccount(spec, Soon()));
  for (const std::string& sql : allowed) EXPECT_OK(As("dba_ro", sql)) << sql;
  EXPECT_FALSE(As("dba_ro", "UPDATE s.t SET i = 1").ok());
  ASSERT_OK(Ensure("dba_other", AccountKind::kApplication, Privileges::kReadOnly));
  EXPECT_FALSE(As("dba_other", "TRUNCATE s.t").ok());
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_ro"}, true, Soon()));
  EXPECT_TRUE(WaitFor([&] { return test_->database().DropAccount({"owner-1", "dba_ro"}, Soon()).ok(); }));
}

TEST_P(PostgresGrantsTest, ExtraGrantsStayAwayFromPostgresItself) {
  AccountSpec spec;
  spec.owner = "owner-1";
  spec.name = "dba_rw";
  spec.version = "v1";
  spec.password = Secret("pw");
  for (const ExtraGrant& grant :
       {ExtraGrant{{"Update"}, "Table", "pg_catalog.pg_authid"}, ExtraGrant{{"Update"}, "Table", "pg_authid"},
        ExtraGrant{{"Execute"}, "Function", "pg_read_file(text)"}, ExtraGrant{{"Usage"}, "Schema", "pg_toast"},
        ExtraGrant{{"Select"}, "Table", "information_schema.tables"}, ExtraGrant{{"Select"}, "Table", "absent"}}) {
    spec.extra_grants = {grant};
    EXPECT_THAT(test_->database().EnsureAccount(spec, Soon()),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("there is no such")));
  }
  spec.extra_grants = {{{"Execute"}, "Function", "no_parentheses"}};
  EXPECT_THAT(test_->database().EnsureAccount(spec, Soon()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(test_->Run("SELECT count(*) FROM pg_roles WHERE rolname = 'dba_rw'"), "0");
}

TEST_P(PostgresGrantsTest, TheFenceIsKeptInTheOwnerRoleAndWrittenWhenItGrows) {
  AccountSpec spec;
  spec.owner = "owner-1";
  spec.name = "dba_rw";
  spec.version = "v1";
  spec.password = Secret("pw");
  spec.epoch = 7;
  ASSERT_OK(test_->database().EnsureAccount(spec, Soon()));
  const std::string written =
      "SELECT d.xmin FROM pg_shdescription d JOIN pg_roles r ON r.oid = d.objoid WHERE r.rolname ~ '^dba_own_'";
  const std::string before = test_->Run(written);
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_rw", 7}, true, Soon()));
  EXPECT_EQ(test_->Run(written), before);
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_rw", 8}, false, Soon()));
  EXPECT_NE(test_->Run(written), before);
  EXPECT_EQ(test_->Run("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
}

TEST_P(PostgresGrantsTest, TerminatesWhatADeadClientsSessionDoes) {
  ASSERT_OK(Ensure("dba_m", AccountKind::kMigrator));
  ASSERT_TRUE(test_->OpenSession("dba_m", "pw"));
  const std::string members = "SELECT string_agg(xmin::text, ' ' ORDER BY xmin::text) FROM pg_auth_members";
  ASSERT_OK(test_->database().SetAccountLocked({"owner-1", "dba_m"}, true, Soon()));
  const std::string before = test_->Run(members);
  EXPECT_THAT(test_->database().TerminateSessions({"owner-1", "dba_m"}, Soon()), IsOkAndHolds(1u));
  EXPECT_EQ(test_->Run(members), before) << "the right to end them is not kept";
}

INSTANTIATE_TEST_SUITE_P(Admins, PostgresGrantsTest,
                         testing::Values(PgAdmin::kSuperuser, PgAdmin::kCreateRoleAndDatabaseOwner));

}  // namespace
}  // namespace dba::agent
