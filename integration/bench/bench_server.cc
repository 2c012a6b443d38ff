// SPDX-License-Identifier: Apache-2.0
#include "integration/bench/bench_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "integration/mysql_env.h"
#include "integration/postgres_env.h"

namespace dba {
namespace {

absl::StatusOr<BenchServer> StartPostgres(int rows) {
  DBA_ASSIGN_OR_RETURN(const std::shared_ptr<PostgresEnv> env,
                       PostgresEnv::Start({"shared_buffers=256MB", "max_wal_size=4GB", "autovacuum=off"}));
  BenchServer server;
  server.run = [env](const std::string& sql) { return env->Run("postgres", sql); };
  server.kill = [env] { env->Kill(); };
  DBA_ASSIGN_OR_RETURN(const std::string version, server.run("SHOW server_version"));
  server.name = absl::StrCat("PostgreSQL ", version.substr(0, version.find(' ')));
  server.table = "image";
  server.fill = {"CREATE UNLOGGED TABLE image (id bigint, name text, size bigint, digest text, tag text)",
                 absl::StrCat("INSERT INTO image SELECT i, 'name-' || i, i % 1000, md5(i::text), 't' FROM "
                              "generate_series(1, ",
                              rows, ") i"),
                 "ALTER TABLE image ADD PRIMARY KEY (id)", "CREATE INDEX image_by_name ON image (name)",
                 "VACUUM ANALYZE image"};
  server.reader = "SELECT pg_sleep(60) FROM image LIMIT 1";
  server.reading = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'";
  server.waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
  server.size = "SELECT pg_total_relation_size('image')";
  server.keys = {{"host", "127.0.0.1"},    {"port", absl::StrCat(env->port())},
                 {"engine", "postgresql"}, {"dbname", "postgres"},
                 {"username", "postgres"}, {"password", env->superuser_password()}};
  return server;
}

// The numbers from 1 on, in order, as rows of one column `seq`; what must stand before and after an INSERT's table.
struct Numbers {
  std::string hint;
  std::string select;
};

Numbers NumbersTo(int rows, MysqlEnv::Kind kind) {
  constexpr char kColumns[] = "SELECT seq, concat('name-', seq), seq % 1000, left(sha2(seq, 256), 32), 't' FROM ";
  if (kind == MysqlEnv::Kind::kMariadb) return {"", absl::StrCat(kColumns, "shop.seq_1_to_", rows)};
  return {absl::StrCat("/*+ SET_VAR(cte_max_recursion_depth = ", rows, ") */ "),
          absl::StrCat("WITH RECURSIVE number (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM number WHERE seq < ",
                       rows, ") ", kColumns, "number")};
}

absl::StatusOr<BenchServer> StartMysql(MysqlEnv::Kind kind, int rows) {
  DBA_ASSIGN_OR_RETURN(const std::shared_ptr<MysqlEnv> env,
                       MysqlEnv::Start(kind, {"--innodb-buffer-pool-size=256M", "--innodb-flush-log-at-trx-commit=0",
                                              "--skip-log-bin", "--general-log=0"}));
  const bool mariadb = kind == MysqlEnv::Kind::kMariadb;
  BenchServer server;
  DBA_RETURN_IF_ERROR(env->Run("CREATE DATABASE shop").status());
  server.run = [env](const std::string& sql) { return env->RunAs("root", env->root_password(), "shop", sql); };
  server.kill = [env] { env->Kill(); };
  DBA_ASSIGN_OR_RETURN(const std::string version, server.run("SELECT version()"));
  server.name = absl::StrCat(mariadb ? "MariaDB " : "MySQL ", version.substr(0, version.find('-')));
  server.table = "shop.image";
  const Numbers numbers = NumbersTo(rows, kind);
  server.fill = {
      "CREATE TABLE shop.image (id bigint PRIMARY KEY, name varchar(40), size bigint, digest char(32), "
      "tag varchar(10))",
      absl::StrCat("INSERT ", numbers.hint, "INTO shop.image ", numbers.select),
      "CREATE INDEX image_by_name ON shop.image (name)", "ANALYZE TABLE shop.image"};
  server.reader = "SELECT SLEEP(60) FROM shop.image LIMIT 1";
  server.reading = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'";
  server.waiting =
      "SELECT count(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata lock%'";
  server.size =
      "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = "
      "'image'";
  server.keys = {{"host", "127.0.0.1"},
                 {"port", absl::StrCat(env->port())},
                 {"engine", mariadb ? "mariadb" : "mysql"},
                 {"dbname", "shop"},
                 {"username", "root"},
                 {"password", env->root_password()}};
  return server;
}

}  // namespace

absl::StatusOr<BenchServer> StartBenchServer(const std::string& engine, int rows) {
  if (engine == "postgresql") return StartPostgres(rows);
  if (engine == "mariadb") return StartMysql(MysqlEnv::Kind::kMariadb, rows);
  if (engine == "mysql") return StartMysql(MysqlEnv::Kind::kMysql, rows);
  return absl::InvalidArgumentError("--engine must be postgresql, mariadb or mysql");
}

}  // namespace dba
