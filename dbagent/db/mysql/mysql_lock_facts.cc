// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 29.12.13.3 "The metadata_locks Table", 28.4.27 "INNODB_TRX"; MariaDB 10.11 "Metadata Lock
// Info Plugin", "Information Schema INNODB_TRX Table".
#include "dbagent/db/mysql/mysql_lock_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/ddl_text.h"

namespace dba::agent {
namespace {

using hints::Fact;
using hints::LockHolder;
using hints::TableFacts;
using Holders = std::vector<LockHolder>;

// A transaction that is younger ends before anybody notices that it was waited for.
constexpr absl::Duration kOld = absl::Seconds(1);
constexpr unsigned kNoProcess = 1227;  // ER_SPECIFIC_ACCESS_DENIED_ERROR
constexpr unsigned kNoSelect = 1142;   // ER_TABLEACCESS_DENIED_ERROR

// trx_started is in the time zone of the server's system. An UPDATE that changed no value, or a SELECT … FOR UPDATE,
// has modified no row, but locked some: it holds the table as a writer does. InnoDB gathers this table anew only when
// nobody has read it for 0.1 s (MySQL 8.0 manual, 15.15.2.3).
constexpr char kTransactions[] =
    "SELECT x.trx_mysql_thread_id, COALESCE(p.USER, ''), TIMESTAMPDIFF(SECOND, x.trx_started, "
    "CONVERT_TZ(NOW(), @@session.time_zone, 'SYSTEM')), x.trx_rows_modified > 0 OR x.trx_lock_structs > 0 "
    "FROM information_schema.INNODB_TRX x LEFT JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id "
    "WHERE x.trx_mysql_thread_id NOT IN (0, CONNECTION_ID())";

std::string Text(const std::vector<std::optional<std::string>>& row, size_t column) { return row[column].value_or(""); }

absl::Duration Age(const std::optional<std::string>& seconds) {
  double number = 0;
  if (seconds && !absl::SimpleAtod(*seconds, &number)) number = 0;
  return absl::Seconds(std::max(0.0, number));
}

// Locks that keep out readers or writers. SHARED_UPGRADABLE, of an ALTER at work, keeps out neither.
bool IsStrong(const std::string& mode) {
  return absl::StrContains(mode, "EXCLUSIVE") || absl::StrContains(mode, "NO_WRITE") ||
         absl::StrContains(mode, "NO_READ") || absl::StrContains(mode, "READ_ONLY");
}

void OldestFirst(Holders* holders) {
  std::stable_sort(holders->begin(), holders->end(),
                   [](const LockHolder& a, const LockHolder& b) { return a.age > b.age; });
}

absl::StatusOr<Holders> MysqlHolders(MysqlConnection& connection, const TableName& name, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(
          absl::StrCat(
              "SELECT t.PROCESSLIST_ID, COALESCE(t.PROCESSLIST_USER, ''), m.LOCK_TYPE, m.LOCK_STATUS, "
              "COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, CONVERT_TZ(NOW(), @@session.time_zone, 'SYSTEM')), "
              "t.PROCESSLIST_TIME, 0), t.PROCESSLIST_COMMAND FROM performance_schema.metadata_locks m ",
              "JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID ",
              "LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID ",
              "WHERE m.OBJECT_TYPE = 'TABLE' AND m.OBJECT_SCHEMA = ", QuoteMysqlLiteral(name.schema),
              " AND m.OBJECT_NAME = ", QuoteMysqlLiteral(name.table), " AND t.PROCESSLIST_ID <> CONNECTION_ID()"),
          deadline));
  Holders holders;
  for (const auto& row : rows.rows) {
    LockHolder holder;
    holder.session = Text(row, 0);
    holder.user = Text(row, 1);
    holder.mode = Text(row, 2);
    holder.waiting = Text(row, 3) == "PENDING";
    holder.age = Age(row[4]);
    holder.strong = IsStrong(holder.mode);
    holder.writes = absl::StrContains(holder.mode, "WRITE");
    holder.kind = holder.strong || absl::StrContains(holder.mode, "UPGRADABLE") ? "DDL"
                  : Text(row, 5) == "Sleep"                                     ? "idle in transaction"
                                                                                : "transaction";
    holders.push_back(std::move(holder));
  }
  OldestFirst(&holders);
  return holders;
}

absl::StatusOr<Holders> PluginHolders(MysqlConnection& connection, const TableName& name, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(
          absl::StrCat("SELECT m.THREAD_ID, COALESCE(p.USER, ''), m.LOCK_MODE, COALESCE(TIMESTAMPDIFF(SECOND, ",
                       "x.trx_started, CONVERT_TZ(NOW(), @@session.time_zone, 'SYSTEM')), p.TIME, 0), p.COMMAND FROM ",
                       "information_schema.METADATA_LOCK_INFO m LEFT JOIN information_schema.PROCESSLIST p ON p.ID = ",
                       "m.THREAD_ID LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = m.THREAD_ID ",
                       "WHERE m.TABLE_SCHEMA = ", QuoteMysqlLiteral(name.schema),
                       " AND m.TABLE_NAME = ", QuoteMysqlLiteral(name.table), " AND m.THREAD_ID <> CONNECTION_ID()"),
          deadline));
  Holders holders;
  for (const auto& row : rows.rows) {
    LockHolder holder;
    holder.session = Text(row, 0);
    holder.user = Text(row, 1);
    holder.mode = Text(row, 2);
    holder.age = Age(row[3]);
    holder.strong = IsStrong(holder.mode);
    holder.writes = absl::StrContains(holder.mode, "WRITE");
    holder.kind = holder.strong ? "DDL" : Text(row, 4) == "Sleep" ? "idle in transaction" : "transaction";
    holders.push_back(std::move(holder));
  }
  OldestFirst(&holders);
  return holders;
}

// ALTERs of the table that run or wait for their lock, by their text.
absl::StatusOr<Holders> RunningDdl(MysqlConnection& connection, const TableName& name, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      connection.Run(
          absl::StrCat("SELECT ID, COALESCE(USER, ''), COALESCE(STATE, ''), TIME, INFO, COALESCE(DB, '') FROM ",
                       "information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND = 'Query' ",
                       "AND INFO REGEXP '^[[:space:]]*(ALTER|CREATE|DROP|RENAME|OPTIMIZE|TRUNCATE|REPAIR|LOCK)'",
                       " AND LOCATE(", QuoteMysqlLiteral(name.table), ", INFO) > 0"),
          deadline));
  Holders holders;
  for (const auto& row : rows.rows) {
    if (!NamesTable(Text(row, 4), Text(row, 5), name)) continue;
    LockHolder holder;
    holder.session = Text(row, 0);
    holder.user = Text(row, 1);
    holder.mode = "EXCLUSIVE";
    holder.kind = "DDL";
    holder.waiting = absl::StrContains(Text(row, 2), "metadata lock");
    holder.age = Age(row[3]);
    holder.strong = true;
    holders.push_back(std::move(holder));
  }
  OldestFirst(&holders);
  return holders;
}

// What is known without METADATA_LOCK_INFO.
absl::StatusOr<Fact<Holders>> GuessedHolders(MysqlConnection& connection, const TableName& name, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(Holders holders, RunningDdl(connection, name, deadline));
  DBA_ASSIGN_OR_RETURN(const RowSet transactions, connection.Run(kTransactions, deadline));
  Holders old;
  for (const auto& row : transactions.rows) {
    LockHolder holder;
    holder.session = Text(row, 0);
    holder.user = Text(row, 1);
    holder.age = Age(row[2]);
    holder.writes = Text(row, 3) == "1";
    holder.kind = "transaction";
    const bool of_ddl = std::any_of(holders.begin(), holders.end(),
                                    [&](const LockHolder& ddl) { return ddl.session == holder.session; });
    if (holder.age >= kOld && !of_ddl) old.push_back(std::move(holder));
  }
  if (old.empty()) return Fact<Holders>(std::move(holders));
  OldestFirst(&old);
  // A table whose exclusive lock is free for a moment is held by no old transaction.
  const absl::StatusOr<bool> is_free = connection.LockIsFree(name.schema, name.table, deadline);
  if (is_free.ok() && *is_free) return Fact<Holders>(std::move(holders));
  if (!is_free.ok()) {
    return Fact<Holders>::Unknown(absl::StrCat("session ", old.front().session, " has had a transaction open for ",
                                               absl::FormatDuration(old.front().age),
                                               ", and this server tells which tables it has touched only with the "
                                               "plugin METADATA_LOCK_INFO, or to an account ",
                                               "that may LOCK TABLES"));
  }
  if (!holders.empty()) return Fact<Holders>(std::move(holders));
  old.front().mode = old.front().writes ? "SHARED_WRITE" : "SHARED_READ";
  holders.push_back(old.front());
  return Fact<Holders>(std::move(holders));
}

absl::StatusOr<bool> HasPlugin(MysqlConnection& connection, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows, connection.Run("SELECT 1 FROM information_schema.PLUGINS WHERE PLUGIN_NAME = "
                                                         "'METADATA_LOCK_INFO' AND PLUGIN_STATUS = 'ACTIVE'",
                                                         deadline));
  return !rows.rows.empty();
}

absl::StatusOr<Fact<Holders>> HoldersOf(MysqlConnection& connection, const TableName& name, bool plugin,
                                        absl::Time deadline) {
  if (connection.is_mariadb() && !plugin) return GuessedHolders(connection, name, deadline);
  DBA_ASSIGN_OR_RETURN(Holders holders,
                       plugin ? PluginHolders(connection, name, deadline) : MysqlHolders(connection, name, deadline));
  return Fact<Holders>(std::move(holders));
}

}  // namespace

absl::Status ReadMysqlLocks(MysqlConnection& connection, std::vector<TableFacts>* tables, absl::Time deadline) {
  bool plugin = false;
  if (connection.is_mariadb()) {
    DBA_ASSIGN_OR_RETURN(plugin, HasPlugin(connection, deadline));
  }
  for (TableFacts& table : *tables) {
    if (!table.exists()) continue;
    const absl::StatusOr<Fact<Holders>> holders = HoldersOf(connection, table.name, plugin, deadline);
    if (holders.ok()) {
      table.lock_holders = *holders;
      continue;
    }
    const unsigned number = MysqlErrorNumber(holders.status());
    if (number == 0 || connection.broken()) return holders.status();
    table.lock_holders = Fact<Holders>::Unknown(
        number == kNoProcess || number == kNoSelect
            ? "the agent's account may not see other sessions; grant it PROCESS, and SELECT on performance_schema"
            : std::string(holders.status().message()));
  }
  return absl::OkStatus();
}

}  // namespace dba::agent
