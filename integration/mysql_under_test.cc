// SPDX-License-Identifier: Apache-2.0
#include "integration/mysql_under_test.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/testing/status_matchers.h"
#include "dbagent/db/factory.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

// 'text' for a session with backslash escapes, as the server's default is.
std::string Literal(const std::string& text) { return QuoteMysqlLiteral(absl::StrReplaceAll(text, {{"\\", "\\\\"}})); }

// Drops all databases and accounts but the server's own.
void Clean(MysqlEnv& env) {
  while (true) {
    const auto name = env.Run(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql', 'sys', "
        "'information_schema', 'performance_schema') LIMIT 1");
    if (!name.ok() || name->empty() || !env.Run(absl::StrCat("DROP DATABASE ", QuoteMysqlIdentifier(*name))).ok())
      break;
  }
  while (true) {
    const auto name = env.Run(
        "SELECT CONCAT('''', user, '''@''', host, '''') FROM mysql.user WHERE user NOT IN ('root', 'mariadb.sys', "
        "'mysql', 'mysql.infoschema', 'mysql.session', 'mysql.sys') LIMIT 1");
    if (!name.ok() || name->empty() || !env.Run(absl::StrCat("DROP USER ", *name)).ok()) return;
  }
}

std::unique_ptr<MysqlEnv> StartOrSay(MysqlEnv::Kind kind) {
  absl::StatusOr<std::unique_ptr<MysqlEnv>> started = MysqlEnv::Start(kind);
  if (started.ok()) return *std::move(started);
  std::cerr << "no server to test on: " << started.status() << "\n";
  return nullptr;
}

}  // namespace

MysqlEnv* SharedMysql(MysqlEnv::Kind kind) {
  static std::map<MysqlEnv::Kind, std::unique_ptr<MysqlEnv>> envs;
  const auto [entry, added] = envs.try_emplace(kind);
  if (added) entry->second = StartOrSay(kind);
  return entry->second.get();
}

MysqlUnderTest::MysqlUnderTest(MysqlEnv* env, MysqlAdmin admin, const std::string& database,
                               const std::string& admin_password)
    : env_(env) {
  Clean(*env_);
  const bool root = admin == MysqlAdmin::kRoot;
  dsn_ = {Dialect::kMysql,
          "127.0.0.1",
          env_->port(),
          database,
          root ? "root" : "sh_admin",
          Secret(root ? env_->root_password() : admin_password)};
  EXPECT_OK(env_->Run(absl::StrCat("CREATE DATABASE ", QuoteMysqlIdentifier(database))));
  EXPECT_OK(env_->Run("CREATE DATABASE shXop"));  // what GRANT ON sh_op.* means when _ is not escaped
  if (!root) {
    Run(absl::StrCat("CREATE USER sh_admin@'%' IDENTIFIED BY ", Literal(admin_password)));
    const std::string kill = env->kind() == MysqlEnv::Kind::kMysql ? "CONNECTION_ADMIN" : "CONNECTION ADMIN";
    Run("GRANT CREATE USER ON *.* TO sh_admin@'%'");
    if (admin == MysqlAdmin::kLimited) Run(absl::StrCat("GRANT PROCESS, ", kill, " ON *.* TO sh_admin@'%'"));
    Run(absl::StrCat("GRANT ALL ON ", QuoteMysqlGrantDatabase(database), ".* TO sh_admin@'%' WITH GRANT OPTION"));
    Run("GRANT ALL ON `dba\\_operator`.* TO sh_admin@'%'");
  }
  ConnectOptions options;
  options.tls = TlsMode::kDisable;
  database_ = MakeDatabase(dsn_, options);
}

MysqlUnderTest::~MysqlUnderTest() {
  while (!sessions_.empty()) CloseSessions(sessions_.begin()->first);
}

bool MysqlUnderTest::OpenSession(const std::string& name, const std::string& password) {
  MYSQL* handle = mysql_init(nullptr);
  if (mysql_real_connect(handle, "127.0.0.1", name.c_str(), password.c_str(), dsn_.database.c_str(), dsn_.port, nullptr,
                         0) == nullptr) {
    mysql_close(handle);
    return false;
  }
  sessions_[name].push_back(handle);
  return true;
}

void MysqlUnderTest::CloseSessions(const std::string& name) {
  for (MYSQL* handle : sessions_[name]) mysql_close(handle);
  sessions_.erase(name);
}

void MysqlUnderTest::AddForeignAccount(const std::string& name) {
  Run(absl::StrCat("CREATE USER ", name, "@'%' IDENTIFIED BY 'foreign'"));
}

std::string MysqlUnderTest::Run(const std::string& sql) {
  const absl::StatusOr<std::string> value = env_->Run(sql);
  EXPECT_OK(value) << sql;
  return value.ok() ? *value : "";
}

absl::StatusOr<std::string> MysqlUnderTest::RunAs(const std::string& user, const std::string& password,
                                                  const std::string& sql) {
  return env_->RunAs(user, password, dsn_.database, sql);
}

}  // namespace dba::agent
