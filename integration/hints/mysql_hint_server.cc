// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/mysql_hint_server.h"

#include <mysql.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace dba::hints {
namespace {

constexpr char kDigits[] =
    "SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
    "UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL "
    "SELECT 9";

class MysqlSession : public SqlSession {
 public:
  explicit MysqlSession(MYSQL* handle) : handle_(handle) {}
  ~MysqlSession() override { mysql_close(handle_); }

  absl::StatusOr<std::string> Run(const std::string& sql) override {
    if (mysql_real_query(handle_, sql.data(), sql.size()) != 0) return Error();
    MYSQL_RES* result = mysql_store_result(handle_);
    if (result == nullptr) {
      if (mysql_field_count(handle_) == 0) return std::string();
      return Error();
    }
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> closer(result, mysql_free_result);
    const MYSQL_ROW row = mysql_fetch_row(result);
    return std::string(row != nullptr && row[0] != nullptr ? row[0] : "");
  }

 private:
  absl::Status Error() { return absl::AbortedError(absl::StrCat(mysql_errno(handle_), " ", mysql_error(handle_))); }

  MYSQL* const handle_;
};

class MysqlHintServer : public HintServer {
 public:
  MysqlHintServer(std::unique_ptr<MysqlEnv> env, int version) : env_(std::move(env)), version_(version) {}

  std::string engine() const override { return env_->kind() == MysqlEnv::Kind::kMysql ? "mysql" : "mariadb"; }
  int version() const override { return version_; }
  Sizes sizes() const override { return {250000, 80000, 100000, 150}; }

  absl::Status MakeDatabase(const std::string& database, const std::string&, const Fixture& fixture,
                            int64_t rows) override {
    DBA_RETURN_IF_ERROR(env_->Run(absl::StrCat("CREATE DATABASE ", database, " CHARACTER SET utf8mb4")).status());
    DBA_ASSIGN_OR_RETURN(const std::unique_ptr<SqlSession> session, Connect(database));
    for (const std::string& sql : fixture.create) {
      DBA_RETURN_IF_ERROR(session->Run(absl::StrReplaceAll(sql, {{"{rows}", absl::StrCat(rows)}})).status());
    }
    return absl::OkStatus();
  }

  absl::Status DropDatabase(const std::string& database) override {
    return env_->Run("DROP DATABASE IF EXISTS " + database).status();
  }

  absl::StatusOr<std::unique_ptr<SqlSession>> Connect(const std::string& database) override {
    MYSQL* handle = mysql_init(nullptr);
    auto session = std::make_unique<MysqlSession>(handle);
    mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const std::string& password = env_->root_password();
    const char* name = database.empty() ? nullptr : database.c_str();
    if (mysql_real_connect(handle, "127.0.0.1", "root", password.c_str(), name, env_->port(), nullptr, 0) == nullptr) {
      return absl::UnavailableError(mysql_error(handle));
    }
    return session;
  }

  AgentProcess::Keys AgentKeys(const std::string& database) const override {
    return {{"host", "127.0.0.1"}, {"port", absl::StrCat(env_->port())}, {"dbname", database},
            {"username", "root"},  {"password", env_->root_password()},  {"engine", engine()}};
  }

  std::string AnalyzeSql(const std::string& table) const override { return "ANALYZE TABLE " + table; }

  std::string StorageSql(const std::string& table) const override {
    const char* tables = env_->kind() == MysqlEnv::Kind::kMysql ? "INNODB_TABLES" : "INNODB_SYS_TABLES";
    return absl::StrCat("SELECT COALESCE(GROUP_CONCAT(TABLE_ID ORDER BY TABLE_ID), '') FROM information_schema.",
                        tables, " WHERE NAME = CONCAT(DATABASE(), '/", table, "') OR NAME LIKE CONCAT(DATABASE(), '/",
                        table, "#p#%')");
  }

  // Numbers from 1 on, enough for the largest fixture.
  absl::Status MakeNumbers() {
    DBA_RETURN_IF_ERROR(env_->Run("CREATE DATABASE harness").status());
    DBA_RETURN_IF_ERROR(env_->Run("CREATE TABLE harness.seq (n INT PRIMARY KEY)").status());
    const std::string digits = absl::StrCat("(", kDigits, ")");
    return env_
        ->Run(absl::StrCat("INSERT INTO harness.seq SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + ",
                           "100000 * f.d + 1 FROM ", digits, " a, ", digits, " b, ", digits, " c, ", digits, " d, ",
                           digits, " e, ", digits, " f WHERE f.d < 5 ORDER BY 1"))
        .status();
  }

 private:
  const std::unique_ptr<MysqlEnv> env_;
  const int version_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HintServer>> StartMysqlHintServer(MysqlEnv::Kind kind) {
  if (mysql_library_init(0, nullptr, nullptr) != 0) return absl::InternalError("mysql_library_init failed");
  std::vector<std::string> settings = {"--general-log=0", "--innodb-buffer-pool-size=256M",
                                       "--innodb-flush-method=nosync"};
  settings.push_back(kind == MysqlEnv::Kind::kMysql ? "--innodb-redo-log-capacity=256M"
                                                    : "--innodb-log-file-size=256M");
  if (kind == MysqlEnv::Kind::kMysql) settings.push_back("--innodb-doublewrite=OFF");
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<MysqlEnv> env, MysqlEnv::Start(kind, settings));
  DBA_ASSIGN_OR_RETURN(const std::string text, env->Run("SELECT @@version"));
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  int major = 0;
  int minor = 0;
  if (parts.size() < 3 || !absl::SimpleAtoi(parts[0], &major) || !absl::SimpleAtoi(parts[1], &minor)) {
    return absl::InternalError("no version number: " + text);
  }
  auto server = std::make_unique<MysqlHintServer>(std::move(env), major * 100 + minor);
  DBA_RETURN_IF_ERROR(server->MakeNumbers());
  return server;
}

}  // namespace dba::hints
