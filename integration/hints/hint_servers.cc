// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"
#include "integration/hints/mysql_hint_server.h"
#include "integration/hints/postgres_hint_server.h"
#include "integration/hints/sql_session.h"
#include "integration/server_process.h"

namespace dba::hints {

absl::StatusOr<std::unique_ptr<HintServer>> StartHintServer(const std::string& name) {
  if (name == "postgres15") return StartPostgresHintServer();
  if (name == "postgres17" || name == "postgres18") {
    setenv("DBA_TEST_SERVER", name.c_str(), 1);
    return StartPostgresHintServer();
  }
  if (name == "mariadb1011") return StartMysqlHintServer(MysqlEnv::Kind::kMariadb);
  if (name == "mysql97") return StartMysqlHintServer(MysqlEnv::Kind::kMysql);
  if (name == "mariadb118") {
    DBA_ASSIGN_OR_RETURN(const std::string folder, ServerFolder(name));
    setenv("DBA_MARIADBD", (folder + "/usr/sbin/mariadbd").c_str(), 1);
    setenv("DBA_MARIADB_INSTALL_DB", (folder + "/usr/bin/mariadb-install-db").c_str(), 1);
    setenv("DBA_MARIADB_BASEDIR", (folder + "/usr").c_str(), 1);
    return StartMysqlHintServer(MysqlEnv::Kind::kMariadb);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no server ", name, "; one of postgres15 postgres17 postgres18 mariadb1011 mariadb118 mysql97"));
}

}  // namespace dba::hints
