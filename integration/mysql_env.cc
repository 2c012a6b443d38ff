// SPDX-License-Identifier: Apache-2.0
#include "integration/mysql_env.h"

#include <mysql.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "common/testing/wait_for.h"
#include "integration/server_process.h"

namespace dba {
namespace {

constexpr char kUser[] = "mysql";

}  // namespace

absl::StatusOr<std::unique_ptr<MysqlEnv>> MysqlEnv::Start(Kind kind, std::vector<std::string> settings) {
  std::unique_ptr<MysqlEnv> env(new MysqlEnv());
  env->kind_ = kind;
  env->settings_ = std::move(settings);
  env->password_ = "root-password";
  env->program_ = EnvOr("DBA_MARIADBD", "mariadbd");
  if (kind == Kind::kMysql) DBA_RETURN_IF_ERROR(env->FindMysql());
  DBA_RETURN_IF_ERROR(env->Initialise());
  env->port_ = FreePort();
  DBA_RETURN_IF_ERROR(env->StartAgain());
  return env;
}

absl::Status MysqlEnv::FindMysql() {
  program_ = EnvOr("DBA_MYSQLD", "");
  if (!program_.empty()) return absl::OkStatus();
  DBA_ASSIGN_OR_RETURN(const std::string folder, ServerFolder("mysql97"));
  program_ = folder + "/usr/sbin/mysqld";
  return absl::OkStatus();
}

std::vector<std::string> MysqlEnv::InitialiseCommand() const {
  const std::string data = absl::StrCat("--datadir=", folder_, "/data");
  if (kind_ == Kind::kMysql) {
    return {program_, "--no-defaults", "--initialize-insecure", data, "--innodb-redo-log-capacity=8M"};
  }
  std::vector<std::string> command = {EnvOr("DBA_MARIADB_INSTALL_DB", "mariadb-install-db"),
                                      "--no-defaults",
                                      data,
                                      "--auth-root-authentication-method=normal",
                                      "--skip-test-db",
                                      "--innodb-log-file-size=8M"};
  const std::string base = EnvOr("DBA_MARIADB_BASEDIR", "");
  if (!base.empty()) command.push_back("--basedir=" + base);
  return command;
}

absl::Status MysqlEnv::Initialise() {
  DBA_ASSIGN_OR_RETURN(folder_, MakeServerFolder(kind_ == Kind::kMysql ? "dba-mysql" : "dba-mariadb", kUser));
  Subprocess::Options options;
  options.args = AsUser(kUser, InitialiseCommand());
  options.directory = folder_;
  const absl::StatusOr<CommandResult> result = RunCommand(options);
  if (!result.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the data folder cannot be made (", result.status().message(), "): run tools/setup"));
  }
  if (result->exit_code != 0)
    return absl::UnavailableError(absl::StrCat("the data folder was not made: ", result->out, result->err));
  std::ofstream(folder_ + "/init.sql")
      << "ALTER USER root@localhost IDENTIFIED BY '" << password_ << "';\n"
      << "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '" << password_ << "';\n"
      << "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;\n"
      // Accounts without a password that the installation makes; the more exact host wins.
      << "DROP USER IF EXISTS root@'127.0.0.1', root@'::1', ''@localhost;\n";
  return absl::OkStatus();
}

std::vector<std::string> MysqlEnv::ServerCommand() const {
  std::vector<std::string> command = {
      program_, "--no-defaults", absl::StrCat("--datadir=", folder_, "/data"),
      absl::StrCat("--socket=", folder_, "/socket"), absl::StrCat("--port=", port_), "--bind-address=127.0.0.1",
      absl::StrCat("--pid-file=", folder_, "/pid"),
      // A MariaDB that starts deletes the temporary tables of others in a shared one.
      absl::StrCat("--tmpdir=", folder_), absl::StrCat("--init-file=", folder_, "/init.sql"), "--general-log=1",
      absl::StrCat("--general-log-file=", folder_, "/general.log"), "--skip-name-resolve",
      "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--max-connections=150"};
  if (kind_ == Kind::kMysql) {
    const std::string base = program_.substr(0, program_.rfind("/sbin/"));
    command.insert(command.end(), {"--basedir=" + base, "--lc-messages-dir=" + base + "/share/mysql", "--mysqlx=OFF",
                                   "--secure-file-priv=NULL", "--skip-log-bin", "--innodb-redo-log-capacity=8M"});
  } else {
    command.push_back("--innodb-log-file-size=8M");
    const std::string base = EnvOr("DBA_MARIADB_BASEDIR", "");
    if (!base.empty()) command.push_back("--lc-messages-dir=" + base + "/share/mysql");
  }
  command.insert(command.end(), settings_.begin(), settings_.end());
  return command;
}

absl::Status MysqlEnv::StartAgain() {
  Subprocess::Options options;
  options.args = AsUser(kUser, ServerCommand());
  options.directory = folder_;
  DBA_ASSIGN_OR_RETURN(server_, Subprocess::Start(options));
  if (!WaitFor([&] { return !server_->Running() || Run("SELECT 1").ok(); }, absl::Seconds(60)) || !server_->Running()) {
    return absl::UnavailableError(absl::StrCat("the server did not start: ", server_->Stderr()));
  }
  return absl::OkStatus();
}

MysqlEnv::~MysqlEnv() {
  if (server_ != nullptr) {
    Thaw();
    Kill();
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void MysqlEnv::SignalAll(int signal) {
  for (const pid_t pid : ProcessTree(server_->pid())) kill(pid, signal);
}

void MysqlEnv::Freeze() { SignalAll(SIGSTOP); }
void MysqlEnv::Thaw() { SignalAll(SIGCONT); }

void MysqlEnv::Kill() {
  SignalAll(SIGKILL);
  (void)server_->Wait();
}

std::string MysqlEnv::GeneralLog() const {
  std::stringstream text;
  text << std::ifstream(folder_ + "/general.log").rdbuf();
  return text.str();
}

absl::StatusOr<std::string> MysqlEnv::Run(const std::string& sql) const { return RunAs("root", password_, "", sql); }

absl::StatusOr<std::string> MysqlEnv::RunAs(const std::string& user, const std::string& password,
                                            const std::string& database, const std::string& sql) const {
  MYSQL handle;
  mysql_init(&handle);
  const std::unique_ptr<MYSQL, void (*)(MYSQL*)> closer(&handle, mysql_close);
  const unsigned seconds = 5;
  mysql_optionsv(&handle, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(&handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(&handle, "127.0.0.1", user.c_str(), password.c_str(),
                         database.empty() ? nullptr : database.c_str(), port_, nullptr, 0) == nullptr) {
    return absl::UnavailableError(mysql_error(&handle));
  }
  if (mysql_real_query(&handle, sql.data(), sql.size()) != 0) return absl::InternalError(mysql_error(&handle));
  std::string value;
  if (MYSQL_RES* result = mysql_store_result(&handle); result != nullptr) {
    const MYSQL_ROW row = mysql_fetch_row(result);
    if (row != nullptr && row[0] != nullptr) value = row[0];
    mysql_free_result(result);
  }
  return value;
}

}  // namespace dba
