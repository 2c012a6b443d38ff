// SPDX-License-Identifier: Apache-2.0
#include "integration/postgres_under_test.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "dbagent/db/factory.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

// Drops every role but the bootstrap superuser and PostgreSQL's own, with all databases but the templates'.
void Clean(PostgresEnv& env) {
  while (true) {
    const auto name = env.Run("postgres",
                              "SELECT quote_ident(datname) FROM pg_database WHERE NOT datistemplate "
                              "AND datname <> 'postgres' LIMIT 1");
    if (!name.ok() || name->empty()) break;
    if (!env.Run("postgres", absl::StrCat("DROP DATABASE ", *name, " WITH (FORCE)")).ok()) break;
  }
  (void)env.Run("postgres",
                "DO $$ DECLARE r name; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' "
                "AND rolname <> 'postgres' LOOP EXECUTE format('DROP OWNED BY %I', r); "
                "EXECUTE format('DROP ROLE %I', r); END LOOP; END $$");
}

}  // namespace

PostgresEnv* SharedPostgres() {
  static const std::unique_ptr<PostgresEnv> env = []() -> std::unique_ptr<PostgresEnv> {
    absl::StatusOr<std::unique_ptr<PostgresEnv>> started = PostgresEnv::Start({"log_statement=all"});
    if (started.ok()) return *std::move(started);
    std::cerr << "no PostgreSQL to test on: " << started.status() << "\n";
    return nullptr;
  }();
  return env.get();
}

PostgresUnderTest::PostgresUnderTest(PostgresEnv* env, PgAdmin admin, const std::string& database,
                                     const std::string& admin_password)
    : env_(env) {
  Clean(*env_);
  const bool superuser = admin == PgAdmin::kSuperuser;
  dsn_ = {Dialect::kPostgres,
          "127.0.0.1",
          env_->port(),
          database,
          superuser ? "postgres" : "shop_admin",
          Secret(superuser ? env_->superuser_password() : admin_password)};
  std::string owner;
  if (!superuser) {
    EXPECT_OK(env_->Run("postgres", absl::StrCat("CREATE ROLE shop_admin LOGIN CREATEROLE PASSWORD ",
                                                 QuotePostgresLiteral(admin_password))));
    owner = " OWNER shop_admin";
  }
  EXPECT_OK(env_->Run("postgres", absl::StrCat("CREATE DATABASE ", QuotePostgresIdentifier(database), owner)));
  ConnectOptions options;
  options.tls = TlsMode::kDisable;
  database_ = MakeDatabase(dsn_, options);
}

PostgresUnderTest::~PostgresUnderTest() {
  for (const auto& [name, connections] : sessions_) {
    for (PGconn* connection : connections) PQfinish(connection);
  }
}

bool PostgresUnderTest::OpenSession(const std::string& name, const std::string& password) {
  const std::string port = absl::StrCat(env_->port());
  const char* keys[] = {"host", "port", "user", "password", "dbname", nullptr};
  const char* values[] = {"127.0.0.1", port.c_str(), name.c_str(), password.c_str(), dsn_.database.c_str(), nullptr};
  PGconn* connection = PQconnectdbParams(keys, values, 0);
  if (PQstatus(connection) != CONNECTION_OK) {
    PQfinish(connection);
    return false;
  }
  sessions_[name].push_back(connection);
  return true;
}

void PostgresUnderTest::CloseSessions(const std::string& name) {
  for (PGconn* connection : sessions_[name]) PQfinish(connection);
  sessions_.erase(name);
}

void PostgresUnderTest::AddForeignAccount(const std::string& name) {
  Run(absl::StrCat("CREATE ROLE ", name, " NOLOGIN"));
}

std::string PostgresUnderTest::Run(const std::string& sql) {
  const absl::StatusOr<std::string> value = env_->Run(dsn_.database, sql);
  EXPECT_OK(value) << sql;
  return value.ok() ? *value : "";
}

absl::StatusOr<std::string> PostgresUnderTest::RunAs(const std::string& user, const std::string& password,
                                                     const std::string& sql) {
  return env_->RunAs(user, password, dsn_.database, sql);
}

}  // namespace dba::agent
