// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/engine_server.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "integration/mysql_env.h"
#include "integration/postgres_env.h"
#include "integration/server_process.h"

namespace dba {
namespace {

constexpr char kAdminPassword[] = "admin-password";

// A folder that goes away with its owner.
class LogFolder {
 public:
  static absl::StatusOr<std::unique_ptr<LogFolder>> Make(const std::string& user) {
    DBA_ASSIGN_OR_RETURN(std::string path, MakeServerFolder("dba-crash", user));
    return std::unique_ptr<LogFolder>(new LogFolder(std::move(path)));
  }
  ~LogFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string File(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  explicit LogFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

std::vector<std::string> SplitList(const std::string& list) { return absl::StrSplit(list, ',', absl::SkipEmpty()); }

class PostgresServer : public EngineServer {
 public:
  PostgresServer(std::unique_ptr<PostgresEnv> env, std::unique_ptr<LogFolder> folder, std::string version)
      : folder_(std::move(folder)), env_(std::move(env)), version_(std::move(version)) {
    log_ = std::make_unique<AccountLog>(folder_->File("server.log"));
  }

  std::string Title() const override { return absl::StrCat("PostgreSQL ", version_); }

  // The database's owner is no superuser: such a one would keep its statements out of the log.
  absl::StatusOr<std::map<std::string, std::string>> MakeDatabase(const std::string& name) override {
    const std::string admin = "adm_" + name;
    DBA_RETURN_IF_ERROR(RunAsAdmin("postgres", absl::StrCat("CREATE ROLE \"", admin, "\" LOGIN CREATEROLE PASSWORD '",
                                                            kAdminPassword, "'"))
                            .status());
    DBA_RETURN_IF_ERROR(
        RunAsAdmin("postgres", absl::StrCat("CREATE DATABASE \"", name, "\" OWNER \"", admin, "\"")).status());
    return std::map<std::string, std::string>{
        {"engine", "postgresql"}, {"host", "127.0.0.1"}, {"port", absl::StrCat(env_->port())},
        {"dbname", name},         {"username", admin},   {"password", kAdminPassword}};
  }

  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& database,
                                    const std::vector<std::string>& statements) override {
    std::string last;
    for (const std::string& statement : statements) {
      DBA_ASSIGN_OR_RETURN(last, env_->RunAs(user, password, database, statement));
    }
    return last;
  }

  absl::StatusOr<std::string> RunAsAdmin(const std::string& database, const std::string& statement) override {
    return env_->Run(database, statement);
  }

  absl::StatusOr<std::vector<std::string>> AccountsOf(const std::string& owner) override {
    DBA_ASSIGN_OR_RETURN(const std::string list,
                         RunAsAdmin("postgres", absl::StrCat("SELECT coalesce(", Joined("rolname"),
                                                             ", '') FROM pg_roles WHERE rolname ~ '^dba_[0-9a-f]{24}$' "
                                                             "AND shobj_description(oid, 'pg_authid') LIKE '%",
                                                             owner, "%'")));
    return SplitList(list);
  }

  std::string Joined(const std::string& column) const override {
    return absl::StrCat("string_agg(", column, "::text, ',' ORDER BY ", column, ")");
  }

 private:
  const std::unique_ptr<LogFolder> folder_;
  const std::unique_ptr<PostgresEnv> env_;
  const std::string version_;
};

class MysqlServer : public EngineServer {
 public:
  MysqlServer(std::unique_ptr<MysqlEnv> env, std::unique_ptr<LogFolder> folder, std::string version)
      : folder_(std::move(folder)), env_(std::move(env)), version_(std::move(version)) {
    log_ = std::make_unique<AccountLog>(folder_->File("binlog.000001"));
  }

  std::string Title() const override {
    return absl::StrCat(env_->kind() == MysqlEnv::Kind::kMariadb ? "MariaDB " : "MySQL ", version_);
  }

  absl::StatusOr<std::map<std::string, std::string>> MakeDatabase(const std::string& name) override {
    DBA_RETURN_IF_ERROR(env_->Run(absl::StrCat("CREATE DATABASE `", name, "`")).status());
    return std::map<std::string, std::string>{
        {"engine", env_->kind() == MysqlEnv::Kind::kMariadb ? "mariadb" : "mysql"},
        {"host", "127.0.0.1"},
        {"port", absl::StrCat(env_->port())},
        {"dbname", name},
        {"username", "root"},
        {"password", env_->root_password()}};
  }

  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& database,
                                    const std::vector<std::string>& statements) override {
    std::string last;
    for (const std::string& statement : statements) {
      DBA_ASSIGN_OR_RETURN(last, env_->RunAs(user, password, database, statement));
    }
    return last;
  }

  absl::StatusOr<std::string> RunAsAdmin(const std::string& database, const std::string& statement) override {
    return env_->RunAs("root", env_->root_password(), database, statement);
  }

  absl::StatusOr<std::vector<std::string>> AccountsOf(const std::string& owner) override {
    DBA_ASSIGN_OR_RETURN(
        const std::string list,
        RunAsAdmin("mysql", absl::StrCat("SELECT ", Joined("user"), " FROM mysql.user WHERE user IN (SELECT name FROM ",
                                         "dba_operator.account WHERE owner = '", owner, "')")));
    return SplitList(list);
  }

  std::string Joined(const std::string& column) const override {
    return absl::StrCat("GROUP_CONCAT(", column, " ORDER BY ", column, ")");
  }

 private:
  const std::unique_ptr<LogFolder> folder_;
  const std::unique_ptr<MysqlEnv> env_;
  const std::string version_;
};

std::string FirstWord(const std::string& text) { return text.substr(0, text.find_first_of(" -")); }

absl::StatusOr<std::unique_ptr<EngineServer>> StartMysqlLike(MysqlEnv::Kind kind) {
  DBA_ASSIGN_OR_RETURN(auto folder, LogFolder::Make("mysql"));
  DBA_ASSIGN_OR_RETURN(
      auto env, MysqlEnv::Start(kind, {"--log-bin=" + folder->File("binlog"), "--server-id=1", "--sync-binlog=0",
                                       "--general-log=0", "--max-connections=400", "--group-concat-max-len=65536"}));
  DBA_ASSIGN_OR_RETURN(const std::string version, env->Run("SELECT VERSION()"));
  return std::unique_ptr<EngineServer>(new MysqlServer(std::move(env), std::move(folder), FirstWord(version)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EngineServer>> StartPostgresServer() {
  DBA_ASSIGN_OR_RETURN(auto folder, LogFolder::Make("postgres"));
  DBA_ASSIGN_OR_RETURN(auto env, PostgresEnv::Start({"log_statement=ddl", "logging_collector=on", "max_connections=200",
                                                     "log_directory=" + folder->path(), "log_filename=server.log",
                                                     "log_rotation_age=0", "log_rotation_size=0"}));
  DBA_ASSIGN_OR_RETURN(const std::string version, env->Run("postgres", "SHOW server_version"));
  return std::unique_ptr<EngineServer>(new PostgresServer(std::move(env), std::move(folder), FirstWord(version)));
}

absl::StatusOr<std::unique_ptr<EngineServer>> StartMariadbServer() { return StartMysqlLike(MysqlEnv::Kind::kMariadb); }

absl::StatusOr<std::unique_ptr<EngineServer>> StartMysqlServer() { return StartMysqlLike(MysqlEnv::Kind::kMysql); }

}  // namespace dba
