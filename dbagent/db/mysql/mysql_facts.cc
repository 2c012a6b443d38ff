// SPDX-License-Identifier: Apache-2.0
//
// MysqlDatabase's part of FactsSource.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_data_probe.h"
#include "dbagent/db/mysql/mysql_database.h"
#include "dbagent/db/mysql/mysql_function_facts.h"
#include "dbagent/db/mysql/mysql_lock_facts.h"
#include "dbagent/db/mysql/mysql_row_versions.h"
#include "dbagent/db/mysql/mysql_server_facts.h"
#include "dbagent/db/mysql/mysql_table_facts.h"
#include "dbagent/db/mysql/mysql_write_samples.h"

namespace dba::agent {
namespace {

using hints::HintFacts;
using hints::TableFacts;

constexpr unsigned kDenied[] = {1142, 1143, 1044};

// Where another session keeps the table locked, the catalogs' own look at it gives up after a second.
absl::Status PrepareSession(MysqlConnection& connection, absl::Time deadline) {
  const char* stats = connection.is_mariadb() ? "" : ", information_schema_stats_expiry = 0";
  return connection.Run(absl::StrCat("SET SESSION lock_wait_timeout = 1", stats), deadline).status();
}

// A SELECT of no row asks for the right alone; EXPLAIN does not run it.
absl::Status ReadRights(MysqlConnection& connection, TableFacts* table, absl::Time deadline) {
  const absl::StatusOr<RowSet> rows =
      connection.Run(absl::StrCat("EXPLAIN SELECT * FROM ", QuoteMysqlIdentifier(table->name.schema), ".",
                                  QuoteMysqlIdentifier(table->name.table), " LIMIT 0"),
                     deadline);
  if (rows.ok()) return absl::OkStatus();
  if (connection.broken()) return rows.status();
  for (const unsigned number : kDenied) {
    if (MysqlErrorNumber(rows.status()) == number) {
      table->read_denied = "the agent's account may not read the rows; grant it SELECT on the table";
    }
  }
  return absl::OkStatus();
}

bool StronglyLocked(const TableFacts& table) {
  if (!table.lock_holders.known()) return true;
  for (const hints::LockHolder& holder : *table.lock_holders) {
    if (holder.strong) return true;
  }
  return false;
}

absl::StatusOr<WriteSamples> SampleWritesOf(MysqlConnection& connection, const HintFacts& facts, absl::Time deadline) {
  std::vector<TableName> written;
  for (const TableFacts& table : facts.tables) {
    if (table.exists() && table.kind != hints::TableKind::kView) written.push_back(table.name);
  }
  return SampleMysqlWrites(connection, written, facts.default_schema, deadline);
}

absl::Status Gather(MysqlConnection& connection, const hints::FactsRequest& request, absl::Time deadline,
                    GatheredFacts* gathered) {
  HintFacts* const facts = &gathered->facts;
  DBA_RETURN_IF_ERROR(PrepareSession(connection, deadline));
  DBA_ASSIGN_OR_RETURN(facts->server, ReadMysqlServer(connection, deadline));
  for (const TableName& table : request.tables) {
    DBA_ASSIGN_OR_RETURN(TableFacts read, ReadMysqlTable(connection, table, facts->default_schema, deadline));
    facts->tables.push_back(std::move(read));
  }
  DBA_RETURN_IF_ERROR(ReadMysqlLocks(connection, &facts->tables, deadline));
  DBA_RETURN_IF_ERROR(ReadMysqlRowVersions(connection, deadline, &facts->tables));
  for (TableFacts& table : facts->tables) {
    // Naming the table would queue behind an ALTER that waits for it.
    if (!table.exists() || table.kind == hints::TableKind::kView || StronglyLocked(table)) continue;
    DBA_RETURN_IF_ERROR(ReadRights(connection, &table, deadline));
  }
  for (const std::string& function : request.functions) {
    const std::optional<hints::Volatility> volatility = MysqlFunctionVolatility(function);
    if (volatility) facts->functions[function] = *volatility;
  }
  facts->sampled_at = absl::Now();
  DBA_ASSIGN_OR_RETURN(gathered->writes, SampleWritesOf(connection, *facts, deadline));
  return absl::OkStatus();
}

// Runs `work` in a session that is brought back to the agent's settings afterwards.
template <typename Work>
absl::Status AndReset(MysqlConnection& connection, absl::Time deadline, const Work& work) {
  const absl::Status status = work();
  if (!connection.broken() && !connection.Reset(deadline).ok()) connection.Discard();
  return status;
}

}  // namespace

absl::StatusOr<GatheredFacts> MysqlDatabase::GatherFacts(const hints::FactsRequest& request, absl::Time deadline) {
  GatheredFacts gathered;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    gathered = GatheredFacts();
    gathered.facts.default_schema = dsn_.database;
    return AndReset(connection, deadline, [&] { return Gather(connection, request, deadline, &gathered); });
  }));
  return gathered;
}

absl::StatusOr<hints::ProbeAnswer> MysqlDatabase::Probe(const hints::DataProbe& probe, absl::Duration timeout,
                                                        absl::Time deadline) {
  hints::ProbeAnswer answer;
  deadline = std::min(deadline, absl::Now() + timeout);
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    return AndReset(connection, deadline, [&]() -> absl::Status {
      DBA_ASSIGN_OR_RETURN(answer, ProbeMysqlData(connection, probe, timeout, deadline));
      return absl::OkStatus();
    });
  }));
  return answer;
}

absl::StatusOr<WriteSamples> MysqlDatabase::SampleWrites(const std::vector<TableName>& tables, absl::Time deadline) {
  WriteSamples samples;
  DBA_RETURN_IF_ERROR(OnConnection(deadline, [&](MysqlConnection& connection) -> absl::Status {
    DBA_ASSIGN_OR_RETURN(samples, SampleMysqlWrites(connection, tables, dsn_.database, deadline));
    return absl::OkStatus();
  }));
  return samples;
}

}  // namespace dba::agent
