// SPDX-License-Identifier: Apache-2.0
//
// Database over MariaDB 10.4 and MySQL 8.0 and later. These have no transaction around account statements: the order
// in mysql_marks.h is what makes a crash between two of them harmless.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_DATABASE_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_DATABASE_H_

#include <functional>
#include <string>

#include "dbagent/db/connect_options.h"
#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"
#include "dbagent/db/mysql/mysql_connection.h"
#include "dbagent/db/pool.h"

namespace dba::agent {

class MysqlDatabase : public Database {
 public:
  // Opens no connection yet.
  MysqlDatabase(Dsn dsn, ConnectOptions options);

  absl::StatusOr<ServerInfo> Describe(absl::Time deadline) override;
  absl::StatusOr<RowSet> Select(const SelectRequest& request, absl::Time deadline) override;
  absl::Status KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time deadline) override;
  absl::StatusOr<AccountList> ListAccounts(absl::string_view owner, absl::Time deadline) override;
  absl::StatusOr<bool> EnsureAccount(const AccountSpec& spec, absl::Time deadline) override;
  absl::StatusOr<ProbeResult> ProbeAccount(absl::string_view name, const Secret& password,
                                           absl::Time deadline) override;
  absl::Status SetAccountLocked(const AccountRef& account, bool locked, absl::Time deadline) override;
  absl::StatusOr<bool> DropAccount(const AccountRef& account, absl::Time deadline) override;
  absl::StatusOr<uint32_t> TerminateSessions(const AccountRef& account, absl::Time deadline) override;
  absl::Status BeginMigration(const MigrationStart& start, const std::function<SchemaVersion()>& read_version,
                              absl::Time deadline) override;
  absl::StatusOr<double> EstimateRows(absl::string_view table, absl::Time deadline) override;
  absl::StatusOr<double> NextId(absl::string_view table, absl::Time deadline) override;
  absl::StatusOr<GatheredFacts> GatherFacts(const hints::FactsRequest& request, absl::Time deadline) override;
  absl::StatusOr<hints::ProbeAnswer> Probe(const hints::DataProbe& probe, absl::Duration timeout,
                                           absl::Time deadline) override;
  absl::StatusOr<WriteSamples> SampleWrites(const std::vector<TableName>& tables, absl::Time deadline) override;

 private:
  using Work = std::function<absl::Status(MysqlConnection& connection)>;
  // Runs `work` on a connection; once more when an idle connection turned out to be dead, or after a deadlock.
  absl::Status OnConnection(absl::Time deadline, const Work& work);
  // One number of information_schema.TABLES about `table`.
  absl::StatusOr<double> TableNumber(absl::string_view table, absl::string_view column, absl::string_view missing,
                                     absl::Time deadline);

  const Dsn dsn_;
  const ConnectOptions options_;
  Pool<MysqlConnection> pool_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_DATABASE_H_
