// SPDX-License-Identifier: Apache-2.0
//
// Credentials are retired, as the controller does it, while applications log in with them 50 times a second: no drop
// may find a session, whether it is open, being opened, of a pooler, under another name or of a prepared transaction.
// Each drop is judged by the clients, whose every session must work until it is closed, and by the server, which must
// know no session of the account afterwards. DBA_RETIREMENTS sets how many there are per server.
#include <libpq-fe.h>
#include <mysql.h>

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "integration/agent_calls.h"
#include "integration/agent_process.h"
#include "integration/login_storm.h"
#include "integration/mysql_env.h"
#include "integration/postgres_env.h"
#include "integration/server_process.h"
#include "integration/slow_link.h"

namespace dba {
namespace {

namespace v1 = dbaoperator::agent::v1;

constexpr char kPassword[] = "storm-password";

int Retirements(int otherwise) {
  int count = otherwise;
  return absl::SimpleAtoi(EnvOr("DBA_RETIREMENTS", ""), &count) ? count : otherwise;
}

// Something besides the storm that uses an account, and how it ends.
class Obstacle {
 public:
  virtual ~Obstacle() = default;
  // What the refusal of DropAccount says about it.
  virtual std::string words() const = 0;
  virtual void End() = 0;
};

class StormServer {
 public:
  virtual ~StormServer() = default;
  virtual AgentProcess::Keys keys() const = 0;
  virtual v1::AccountKind kind() const = 0;
  virtual std::unique_ptr<StormSession> Login(const std::string& name) = 0;
  // The sessions of the account that the server knows, also after it was dropped; empty for none. Told of the account
  // before.
  virtual std::string Sessions(const std::string& name) = 0;
  // The obstacle of the n-th retirement, nullptr for none. The account exists, unlocked.
  virtual std::unique_ptr<Obstacle> Hinder(int n, const std::string& name) = 0;
  // Makes logins of the n-th retirement slow, where the server can.
  virtual void SlowDown(int) {}
};

// Lock, then check and drop until nothing uses the account; the obstacle ends when it has been the reason of a refusal.
// When the answer to the drop had come.
absl::Time Retire(const AgentCalls& calls, const std::string& name, Obstacle* obstacle) {
  EXPECT_OK(calls.Lock(name));
  bool ended = obstacle == nullptr;
  std::string refusal;
  absl::Time dropped_at = absl::InfiniteFuture();
  const auto dropped = [&] {
    const v1::ListAccountsResponse list = calls.ListAccounts().value_or(v1::ListAccountsResponse());
    EXPECT_GT(list.accounts_size(), 0);
    for (const v1::Account& account : list.accounts()) {
      EXPECT_TRUE(account.name() != name || account.locked());
    }
    const absl::StatusOr<bool> drop = calls.Drop(name);
    if (drop.ok()) {
      dropped_at = absl::Now();
      EXPECT_TRUE(*drop);
      return true;
    }
    EXPECT_TRUE(absl::IsFailedPrecondition(drop.status())) << drop.status();
    refusal = std::string(drop.status().message());
    if (!ended && absl::StrContains(refusal, obstacle->words())) {
      obstacle->End();
      ended = true;
    }
    return false;
  };
  EXPECT_TRUE(WaitFor(dropped, absl::Seconds(60))) << refusal;
  EXPECT_TRUE(ended) << "dropped in spite of the obstacle: " << obstacle->words();
  return dropped_at;
}

void RetireInAStorm(StormServer& server, int retirements) {
  // The agent's own connections are slow to come, too.
  ASSERT_OK_AND_ASSIGN(const auto agent, AgentProcess::Start(server.keys(), {"--connect_timeout=20s"}));
  const AgentCalls calls(*agent);
  LoginStorm::Verdict sum;
  for (int n = 0; n < retirements; ++n) {
    const std::string name = absl::StrCat("dba_", n);
    ASSERT_OK(calls.Ensure(name, kPassword, server.kind()));
    ASSERT_EQ(server.Sessions(name), "");
    const std::unique_ptr<Obstacle> obstacle = server.Hinder(n, name);
    server.SlowDown(n);
    LoginStorm storm([&] { return server.Login(name); });
    ASSERT_TRUE(WaitFor([&] { return storm.sessions() >= 5; })) << "the account is in use";
    const absl::Time dropped_at = Retire(calls, name, obstacle.get());
    EXPECT_EQ(server.Sessions(name), "");
    const size_t refused = storm.refused();
    EXPECT_TRUE(WaitFor([&] { return storm.refused() >= refused + 5; })) << "the storm outlives the account";
    EXPECT_EQ(server.Sessions(name), "");
    const LoginStorm::Verdict verdict = storm.End(dropped_at);
    EXPECT_EQ(verdict.open_after_drop, 0u) << name;
    EXPECT_EQ(verdict.broken, 0u) << name;
    sum.sessions += verdict.sessions;
    sum.refused += verdict.refused;
    sum.open_after_drop += verdict.open_after_drop;
    sum.broken += verdict.broken;
    if (testing::Test::HasFailure()) break;
  }
  std::cout << retirements << " retirements, " << sum.sessions << " sessions, " << sum.refused << " refused logins, "
            << sum.open_after_drop << " dropped in use, " << sum.broken << " broken sessions\n";
}

// --- PostgreSQL ---

class PgSession : public StormSession {
 public:
  PgSession(uint16_t port, const std::string& user, const std::string& password) {
    const std::string number = absl::StrCat(port);
    const char* keys[] = {"host", "port", "user", "password", "dbname", "connect_timeout", nullptr};
    const char* values[] = {"127.0.0.1", number.c_str(), user.c_str(), password.c_str(), "shop", "60", nullptr};
    connection_ = PQconnectdbParams(keys, values, 0);
  }
  ~PgSession() override { PQfinish(connection_); }
  bool ok() const { return PQstatus(connection_) == CONNECTION_OK; }
  bool Works() override { return Run("SELECT current_user FROM t").ok(); }
  absl::StatusOr<std::string> Run(const std::string& sql) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const ExecStatusType kind = PQresultStatus(result);
    std::string value = kind == PGRES_TUPLES_OK && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) return absl::InternalError(PQerrorMessage(connection_));
    return value;
  }

 private:
  PGconn* connection_;
};

// A pooler's session, kept until it alone stands in the way; it works as long as it is there.
class LongSession : public Obstacle {
 public:
  explicit LongSession(std::unique_ptr<StormSession> session) : session_(std::move(session)) {
    EXPECT_NE(session_, nullptr);
  }
  // When the storm's own sessions have gone.
  std::string words() const override { return "has 1 open session(s)"; }
  void End() override {
    EXPECT_TRUE(session_->Works()) << "of a session that is still open";
    session_.reset();
  }

 private:
  std::unique_ptr<StormSession> session_;
};

// Runs SQL to end itself.
class SqlObstacle : public Obstacle {
 public:
  SqlObstacle(std::string what_refuses, std::function<void()> end)
      : words_(std::move(what_refuses)), end_(std::move(end)) {}
  std::string words() const override { return words_; }
  void End() override { end_(); }

 private:
  const std::string words_;
  const std::function<void()> end_;
};

class PgServer : public StormServer {
 public:
  static std::unique_ptr<PgServer> Start() {
    auto env = PostgresEnv::Start({"max_connections=200", "max_prepared_transactions=5"});
    EXPECT_OK(env);
    if (!env.ok()) return nullptr;
    EXPECT_OK((*env)->Run("postgres", "CREATE ROLE shop_admin LOGIN CREATEROLE PASSWORD 'admin-password'"));
    EXPECT_OK((*env)->Run("postgres", "CREATE ROLE human LOGIN PASSWORD 'storm-password'"));
    EXPECT_OK((*env)->Run("postgres", "CREATE DATABASE shop OWNER shop_admin"));
    EXPECT_OK((*env)->RunAs("shop_admin", "admin-password", "shop", "CREATE TABLE t AS SELECT 1 AS x"));
    return std::unique_ptr<PgServer>(new PgServer(*std::move(env)));
  }
  v1::AccountKind kind() const override { return v1::ACCOUNT_KIND_APPLICATION; }
  AgentProcess::Keys keys() const override {
    return {{"uri", absl::StrCat("postgres://shop_admin:admin-password@127.0.0.1:", env_->port(), "/shop")}};
  }
  std::unique_ptr<StormSession> Login(const std::string& name) override {
    auto session = std::make_unique<PgSession>(env_->port(), name, kPassword);
    return session->ok() ? std::move(session) : nullptr;
  }
  std::string Sessions(const std::string& name) override {
    if (name != name_) oid_ = Run(absl::StrCat("SELECT oid FROM pg_roles WHERE rolname = '", name, "'"));
    name_ = name;
    return Run(
        absl::StrCat("SELECT coalesce(string_agg(a::text, ' '), '') FROM pg_stat_activity a WHERE usesysid = ", oid_));
  }
  std::unique_ptr<Obstacle> Hinder(int n, const std::string& name) override {
    switch (n % 4) {
      case 1:
        return std::make_unique<LongSession>(Login(name));
      case 2:
        return SetRole(name);
      case 3:
        return Prepared(name);
      default:
        return nullptr;
    }
  }
  // The server waits after it has let a login pass, before it lists the session.
  void SlowDown(int n) override {
    const int seconds = n % 25 == 5 ? 1 + n / 25 % 5 : 0;
    if (seconds == delay_) return;
    delay_ = seconds;
    Run(absl::StrCat("ALTER SYSTEM SET post_auth_delay = ", seconds));
    Run("SELECT pg_reload_conf()");
    // A session keeps the value it began with.
    const std::string shown = seconds == 0 ? "0" : absl::StrCat(seconds, "s");
    EXPECT_TRUE(WaitFor([&] {
      PgSession fresh(env_->port(), "postgres", env_->superuser_password());
      return fresh.Run("SHOW post_auth_delay").value_or("") == shown;
    }));
  }

 private:
  explicit PgServer(std::unique_ptr<PostgresEnv> env)
      : env_(std::move(env)), superuser_(env_->port(), "postgres", env_->superuser_password()) {}
  std::string Run(const std::string& sql) {
    const auto value = superuser_.Run(sql);
    EXPECT_OK(value) << sql;
    return value.ok() ? *value : "";
  }
  // A session that acts as the account under another name.
  std::unique_ptr<Obstacle> SetRole(const std::string& name) {
    Run(absl::StrCat("GRANT ", name, " TO human"));
    const auto session = std::make_shared<PgSession>(env_->port(), "human", kPassword);
    EXPECT_OK(session->Run(absl::StrCat("SET ROLE ", name)));
    return std::make_unique<SqlObstacle>("members that may act as it: human", [this, session, name] {
      EXPECT_THAT(session->Run("SELECT current_user FROM t"), IsOkAndHolds(name));
      EXPECT_OK(session->Run("RESET ROLE"));
      Run(absl::StrCat("REVOKE ", name, " FROM human"));
    });
  }
  std::unique_ptr<Obstacle> Prepared(const std::string& name) {
    PgSession session(env_->port(), name, kPassword);
    EXPECT_OK(session.Run(absl::StrCat("BEGIN; UPDATE t SET x = 2; PREPARE TRANSACTION '", name, "'")));
    return std::make_unique<SqlObstacle>("prepared transaction",
                                         [this, name] { Run(absl::StrCat("ROLLBACK PREPARED '", name, "'")); });
  }

  const std::unique_ptr<PostgresEnv> env_;
  PgSession superuser_;
  std::string name_;
  std::string oid_;
  int delay_ = 0;
};

TEST(LoginStormTest, Postgres) {
  const std::unique_ptr<PgServer> server = PgServer::Start();
  ASSERT_NE(server, nullptr);
  RetireInAStorm(*server, Retirements(6));
}

// --- MariaDB and MySQL ---

class MysqlSession : public StormSession {
 public:
  //   plugin  what the client authenticates with first; another one than the account's makes the server ask again
  MysqlSession(uint16_t port, const std::string& user, const std::string& password, const char* plugin = nullptr) {
    mysql_init(&handle_);
    if (plugin != nullptr) mysql_optionsv(&handle_, MYSQL_DEFAULT_AUTH, plugin);
    // Without a database, which would refuse a session whose account was dropped under it.
    ok_ =
        mysql_real_connect(&handle_, "127.0.0.1", user.c_str(), password.c_str(), nullptr, port, nullptr, 0) != nullptr;
  }
  ~MysqlSession() override { mysql_close(&handle_); }
  bool ok() const { return ok_; }
  bool Works() override { return Run("SELECT x FROM shop.t"); }
  bool Run(const std::string& sql) {
    if (mysql_real_query(&handle_, sql.data(), sql.size()) != 0) return false;
    MYSQL_RES* result = mysql_store_result(&handle_);
    if (result != nullptr) mysql_free_result(result);
    return true;
  }

 private:
  MYSQL handle_;
  bool ok_ = false;
};

class MysqlServer : public StormServer {
 public:
  static std::unique_ptr<MysqlServer> Start(MysqlEnv::Kind kind) {
    auto env = MysqlEnv::Start(kind);
    EXPECT_OK(env);
    if (!env.ok()) return nullptr;
    for (const char* sql : {"CREATE DATABASE shop", "CREATE TABLE shop.t (x int)"}) EXPECT_OK((*env)->Run(sql));
    return std::unique_ptr<MysqlServer>(new MysqlServer(*std::move(env)));
  }
  v1::AccountKind kind() const override { return v1::ACCOUNT_KIND_MIGRATOR; }  // it makes views
  AgentProcess::Keys keys() const override {
    return {{"uri", absl::StrCat("mysql://root:", env_->root_password(), "@127.0.0.1:", env_->port(), "/shop")}};
  }
  std::unique_ptr<StormSession> Login(const std::string& name) override {
    // Neither server's accounts have this plugin.
    const char* plugin = env_->kind() == MysqlEnv::Kind::kMysql ? "mysql_native_password" : "caching_sha2_password";
    auto session = std::make_unique<MysqlSession>(link_.port(), name, kPassword, plugin);
    return session->ok() ? std::move(session) : nullptr;
  }
  std::string Sessions(const std::string& name) override {
    // A login that is being refused is listed by name for a moment, with one of these commands.
    return Run(absl::StrCat("SELECT COALESCE(GROUP_CONCAT(CONCAT_WS(' ', id, command, time, state, info)), '') FROM ",
                            "information_schema.processlist WHERE command NOT IN ('Connect', 'Killed') AND user = '",
                            name, "'"));
  }
  std::unique_ptr<Obstacle> Hinder(int n, const std::string& name) override {
    if (n % 3 == 1) return std::make_unique<LongSession>(Login(name));
    if (n % 3 != 2) return nullptr;
    MysqlSession session(env_->port(), name, kPassword);
    EXPECT_TRUE(session.Run("CREATE OR REPLACE VIEW shop.v AS SELECT x FROM shop.t"));
    return std::make_unique<SqlObstacle>("DEFINER of view v", [this] {
      Run("SELECT * FROM shop.v");  // with the rights of the account
      Run("DROP VIEW shop.v");
    });
  }

 private:
  explicit MysqlServer(std::unique_ptr<MysqlEnv> env)
      : env_(std::move(env)),
        link_(env_->port(), [this] { return ++logins_ % 13 == 0 ? absl::Milliseconds(1500) : absl::ZeroDuration(); }) {}
  std::string Run(const std::string& sql) {
    const auto value = env_->Run(sql);
    EXPECT_OK(value) << sql;
    return value.ok() ? *value : "";
  }
  const std::unique_ptr<MysqlEnv> env_;
  int logins_ = 0;
  // Some logins outlast all sessions that are there when they come: who looks for sessions alone drops under them.
  SlowLink link_;
};

TEST(LoginStormTest, Mariadb) {
  const std::unique_ptr<MysqlServer> server = MysqlServer::Start(MysqlEnv::Kind::kMariadb);
  ASSERT_NE(server, nullptr);
  RetireInAStorm(*server, Retirements(4));
}

TEST(LoginStormTest, Mysql) {
  const std::unique_ptr<MysqlServer> server = MysqlServer::Start(MysqlEnv::Kind::kMysql);
  ASSERT_NE(server, nullptr);
  RetireInAStorm(*server, Retirements(4));
}

}  // namespace
}  // namespace dba
