// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/postgres_hint_server.h"

#include <libpq-fe.h>

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/mutex.h"
#include "common/status_macros.h"
#include "integration/postgres_env.h"

namespace dba::hints {
namespace {

class PostgresSession : public SqlSession {
 public:
  explicit PostgresSession(PGconn* connection) : connection_(connection) {}
  ~PostgresSession() override { PQfinish(connection_); }

  absl::StatusOr<std::string> Run(const std::string& sql) override {
    PGresult* result = PQexec(connection_, sql.c_str());
    const std::unique_ptr<PGresult, void (*)(PGresult*)> closer(result, PQclear);
    const ExecStatusType kind = PQresultStatus(result);
    if (kind == PGRES_TUPLES_OK) return std::string(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    if (kind == PGRES_COMMAND_OK) return std::string();
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return absl::AbortedError(
        absl::StrCat(code == nullptr ? "?" : code, " ", text == nullptr ? PQerrorMessage(connection_) : text));
  }

 private:
  PGconn* const connection_;
};

class PostgresHintServer : public HintServer {
 public:
  PostgresHintServer(std::unique_ptr<PostgresEnv> env, int version) : env_(std::move(env)), version_(version) {}

  std::string engine() const override { return "postgresql"; }
  int version() const override { return version_; }
  Sizes sizes() const override { return {1000000, 250000, 400000, 80}; }

  absl::Status MakeDatabase(const std::string& database, const std::string& fixture_name, const Fixture& fixture,
                            int64_t rows) override {
    const std::string source = absl::StrCat("template_", absl::StrReplaceAll(fixture_name, {{"/", "_"}}), "_", rows);
    // A database that is being copied must not have a session, nor be copied twice at a time.
    const MutexLock lock(&making_);
    if (templates_.count(source) == 0) {
      DBA_RETURN_IF_ERROR(Admin(absl::StrCat("CREATE DATABASE ", source)));
      DBA_ASSIGN_OR_RETURN(const std::unique_ptr<SqlSession> session, Connect(source));
      for (const std::string& sql : fixture.create) {
        DBA_RETURN_IF_ERROR(session->Run(absl::StrReplaceAll(sql, {{"{rows}", absl::StrCat(rows)}})).status());
      }
      // VACUUM sets the hint bits, so that the first reader of a copy does not write every page.
      DBA_RETURN_IF_ERROR(session->Run("VACUUM ANALYZE").status());
      templates_.insert(source);
    }
    return Admin(absl::StrCat("CREATE DATABASE ", database, " TEMPLATE ", source, " STRATEGY file_copy"));
  }

  absl::Status DropDatabase(const std::string& database) override {
    return Admin(absl::StrCat("DROP DATABASE IF EXISTS ", database, " WITH (FORCE)"));
  }

  absl::StatusOr<std::unique_ptr<SqlSession>> Connect(const std::string& database) override {
    const std::string port = absl::StrCat(env_->port());
    const char* keys[] = {"host", "port", "user", "password", "dbname", "connect_timeout", nullptr};
    const char* values[] = {"127.0.0.1",      port.c_str(), "postgres", env_->superuser_password().c_str(),
                            database.c_str(), "10",         nullptr};
    PGconn* connection = PQconnectdbParams(keys, values, 0);
    auto session = std::make_unique<PostgresSession>(connection);
    if (PQstatus(connection) != CONNECTION_OK) return absl::UnavailableError(PQerrorMessage(connection));
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    return session;
  }

  AgentProcess::Keys AgentKeys(const std::string& database) const override {
    return {{"host", "127.0.0.1"},    {"port", absl::StrCat(env_->port())},     {"dbname", database},
            {"username", "postgres"}, {"password", env_->superuser_password()}, {"engine", "postgresql"}};
  }

  std::string AnalyzeSql(const std::string&) const override { return "ANALYZE"; }

  std::string StorageSql(const std::string& table) const override {
    return absl::StrCat("SELECT coalesce(pg_relation_filenode(to_regclass('", table, "')), 0) || coalesce((SELECT ",
                        "string_agg(pg_relation_filenode(relid)::text, ',' ORDER BY relid) FROM ",
                        "pg_partition_tree(to_regclass('", table, "')) WHERE isleaf), '')");
  }

 private:
  absl::Status Admin(const std::string& sql) { return env_->Run("postgres", sql).status(); }

  const std::unique_ptr<PostgresEnv> env_;
  const int version_;
  Mutex making_;
  std::set<std::string> templates_ ABSL_GUARDED_BY(making_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<HintServer>> StartPostgresHintServer() {
  DBA_ASSIGN_OR_RETURN(
      std::unique_ptr<PostgresEnv> env,
      PostgresEnv::Start({"shared_buffers=256MB", "autovacuum=off", "checkpoint_timeout=1h", "max_wal_size=8GB",
                          "full_page_writes=off", "synchronous_commit=off", "max_parallel_maintenance_workers=0",
                          "max_connections=80", "maintenance_work_mem=256MB"}));
  DBA_ASSIGN_OR_RETURN(const std::string number, env->Run("postgres", "SHOW server_version_num"));
  int version = 0;
  if (!absl::SimpleAtoi(number, &version)) return absl::InternalError("no version number: " + number);
  return std::make_unique<PostgresHintServer>(std::move(env), version / 100);
}

}  // namespace dba::hints
