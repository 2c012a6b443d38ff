// SPDX-License-Identifier: Apache-2.0
#include "integration/postgres_env.h"

#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "common/testing/wait_for.h"
#include "integration/server_process.h"

namespace dba {
namespace {

constexpr char kUser[] = "postgres";

// The folder of tools/servers' release, which is made when it is absent; Debian's own without DBA_TEST_SERVER.
std::string BinaryFolder() {
  const std::string chosen = EnvOr("DBA_POSTGRES_BINDIR", "");
  const std::string release = EnvOr("DBA_TEST_SERVER", "");
  if (!chosen.empty() || release.empty()) return chosen.empty() ? "/usr/lib/postgresql/15/bin" : chosen;
  const absl::StatusOr<std::string> path = ServerFolder(release);
  if (!path.ok()) return absl::StrCat("(", path.status().message(), ")");
  return absl::StrCat(*path, "/usr/lib/postgresql/", release.substr(std::string("postgres").size()), "/bin");
}

std::string Binary(const std::string& name) {
  static const std::string* const folder = new std::string(BinaryFolder());
  return absl::StrCat(*folder, "/", name);
}

struct Connection {
  explicit Connection(PGconn* connection) : pg(connection) {}
  ~Connection() { PQfinish(pg); }
  PGconn* const pg;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresEnv>> PostgresEnv::Start(std::vector<std::string> settings) {
  std::unique_ptr<PostgresEnv> env(new PostgresEnv());
  env->settings_ = std::move(settings);
  env->password_ = "superuser-password";
  DBA_RETURN_IF_ERROR(env->Initialise());
  env->port_ = FreePort();
  DBA_RETURN_IF_ERROR(env->StartAgain());
  return env;
}

absl::Status PostgresEnv::Initialise() {
  if (access(Binary("initdb").c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(Binary("initdb"), " is missing: run tools/setup, or set DBA_POSTGRES_BINDIR"));
  }
  DBA_ASSIGN_OR_RETURN(folder_, MakeServerFolder("dba-postgres", kUser));
  const std::string password_file = folder_ + "/password";
  std::ofstream(password_file) << password_ << "\n";
  Subprocess::Options options;
  options.args =
      AsUser(kUser, {Binary("initdb"), "--pgdata=" + folder_ + "/data", "--username=postgres", "--auth=scram-sha-256",
                     "--pwfile=" + password_file, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"});
  options.directory = folder_;
  DBA_ASSIGN_OR_RETURN(const CommandResult result, RunCommand(options));
  if (result.exit_code != 0) return absl::UnavailableError(absl::StrCat("initdb failed: ", result.err));
  return absl::OkStatus();
}

absl::Status PostgresEnv::StartAgain() {
  Subprocess::Options options;
  std::vector<std::string> command = {Binary("postgres"), "-D", folder_ + "/data"};
  std::vector<std::string> settings = {"listen_addresses=127.0.0.1",
                                       absl::StrCat("port=", port_),
                                       "unix_socket_directories=" + folder_,
                                       "fsync=off",
                                       "max_connections=40",
                                       "max_prepared_transactions=5",
                                       "shared_buffers=16MB"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const std::string& setting : settings) {
    command.push_back("-c");
    command.push_back(setting);
  }
  options.args = AsUser(kUser, command);
  options.directory = folder_;
  DBA_ASSIGN_OR_RETURN(server_, Subprocess::Start(options));
  if (!WaitFor([&] { return !server_->Running() || Run("postgres", "SELECT 1").ok(); }, absl::Seconds(30)) ||
      !server_->Running()) {
    return absl::UnavailableError(absl::StrCat("PostgreSQL did not start: ", server_->Stderr()));
  }
  return absl::OkStatus();
}

PostgresEnv::~PostgresEnv() {
  if (server_ != nullptr) {
    Thaw();
    Kill();
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void PostgresEnv::SignalAll(int signal) {
  for (const pid_t pid : ProcessTree(server_->pid())) kill(pid, signal);
}

void PostgresEnv::Freeze() { SignalAll(SIGSTOP); }
void PostgresEnv::Thaw() { SignalAll(SIGCONT); }

void PostgresEnv::Kill() {
  log_before_ += server_->Stderr();
  SignalAll(SIGKILL);
  (void)server_->Wait();
  std::error_code ignored;
  std::filesystem::remove(folder_ + "/data/postmaster.pid", ignored);
}

std::string PostgresEnv::Log() const { return log_before_ + server_->Stderr(); }

absl::StatusOr<std::string> PostgresEnv::Run(const std::string& database, const std::string& sql) const {
  return RunAs("postgres", password_, database, sql);
}

absl::StatusOr<std::string> PostgresEnv::RunAs(const std::string& user, const std::string& password,
                                               const std::string& database, const std::string& sql) const {
  const std::string port = absl::StrCat(port_);
  const char* keys[] = {"host", "port", "user", "password", "dbname", "connect_timeout", nullptr};
  const char* values[] = {"127.0.0.1", port.c_str(), user.c_str(), password.c_str(), database.c_str(), "15", nullptr};
  const Connection connection(PQconnectdbParams(keys, values, 0));
  if (PQstatus(connection.pg) != CONNECTION_OK) return absl::UnavailableError(PQerrorMessage(connection.pg));
  PGresult* result = PQexec(connection.pg, sql.c_str());
  const ExecStatusType kind = PQresultStatus(result);
  std::string value;
  if (kind == PGRES_TUPLES_OK && PQntuples(result) > 0) value = PQgetvalue(result, 0, 0);
  PQclear(result);
  if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) return absl::InternalError(PQerrorMessage(connection.pg));
  return value;
}

}  // namespace dba
