// SPDX-License-Identifier: Apache-2.0
//
// Database over PostgreSQL 13 and later. Changes of one call happen in one transaction: they are there whole or not at
// all. An account is a LOGIN role, its mark a comment on the role.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_DATABASE_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_DATABASE_H_

#include <functional>
#include <string>

#include "dbagent/db/connect_options.h"
#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"
#include "dbagent/db/pool.h"
#include "dbagent/db/postgres/pg_connection.h"

namespace dba::agent {

class PgDatabase : public Database {
 public:
  // Opens no connection yet.
  PgDatabase(Dsn dsn, ConnectOptions options);

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
  using Work = std::function<absl::Status(PgConnection& connection)>;
  enum class Access { kRead, kChange };

  // Runs `work` in a transaction: committed when it returns OK. Repeats it when an idle connection turned out to be
  // dead, and when another session changed the same catalog row.
  absl::Status InTransaction(Access access, absl::Time deadline, const Work& work);
  absl::Status Attempt(Access access, absl::Time deadline, const Work& work, bool* connection_was_dead);
  absl::Status RunSelect(PgConnection& connection, const SelectRequest& request, absl::Time deadline, RowSet* rows);
  absl::StatusOr<ProbeResult> ExplainRefusal(absl::string_view name, const absl::Status& refusal, absl::Time deadline);

  const Dsn dsn_;
  const ConnectOptions options_;
  Pool<PgConnection> pool_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_DATABASE_H_
