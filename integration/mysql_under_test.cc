// SPDX-License-Identifier: Apache-2.0
#include "integration/mysql_under_test.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "dbagent/db/factory.h"

namespace dba::agent {
namespace {

constexpr char kAdminPassword[] = "admin-password";

void Clean(MysqlEnv& env) {
  (void)env.Run("DROP DATABASE IF EXISTS dba_operator");
  (void)env.Run("DROP DATABASE IF EXISTS sh_op");
  (void)env.Run("DROP DATABASE IF EXISTS shXop");
  while (true) {
    const auto name = env.Run(
        "SELECT CONCAT('''', user, '''@''', host, '''') FROM mysql.global_priv WHERE user NOT IN ('root', "
        "'mariadb.sys', 'mysql') "
        "LIMIT 1");
    if (!name.ok() || name->empty() || !env.Run(absl::StrCat("DROP USER ", *name)).ok()) return;
  }
}

}  // namespace

MysqlEnv* SharedMysql() {
  static const std::unique_ptr<MysqlEnv> env = []() -> std::unique_ptr<MysqlEnv> {
    absl::StatusOr<std::unique_ptr<MysqlEnv>> started = MysqlEnv::Start();
    if (started.ok()) return *std::move(started);
    std::cerr << "no MariaDB to test on: " << started.status() << "\n";
    return nullptr;
  }();
  return env.get();
}

MysqlUnderTest::MysqlUnderTest(MysqlEnv* env, MysqlAdmin admin) : env_(env) {
  Clean(*env_);
  const bool root = admin == MysqlAdmin::kRoot;
  dsn_ = {Dialect::kMysql,
          "127.0.0.1",
          env_->port(),
          "sh_op",
          root ? "root" : "sh_admin",
          Secret(root ? env_->root_password() : kAdminPassword)};
  EXPECT_OK(env_->Run("CREATE DATABASE sh_op"));
  EXPECT_OK(env_->Run("CREATE DATABASE shXop"));  // what GRANT ON sh_op.* means when _ is not escaped
  if (!root) {
    Run(absl::StrCat("CREATE USER sh_admin@'%' IDENTIFIED BY '", kAdminPassword, "'"));
    Run(absl::StrCat("GRANT CREATE USER", admin == MysqlAdmin::kLimited ? ", PROCESS" : "", " ON *.* TO sh_admin@'%'"));
    Run("GRANT ALL ON `sh\\_op`.* TO sh_admin@'%' WITH GRANT OPTION");
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
