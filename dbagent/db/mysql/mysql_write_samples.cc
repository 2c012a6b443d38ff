// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 29.12.20.8 "Table I/O and Lock Wait Summary Tables"; MariaDB 10.11 "User Statistics",
// "Information Schema INNODB_SYS_TABLESTATS Table"; the behaviour of MODIFIED_COUNTER was measured on 10.11.19.
#include "dbagent/db/mysql/mysql_write_samples.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

struct Counter {
  const char* name;  // the epoch: counters of two sources cannot be compared
  std::string sql;   // one row with one number, or none
};

std::string Equal(absl::string_view schema_column, absl::string_view name_column, const TableName& name) {
  return absl::StrCat(schema_column, " = ", QuoteMysqlLiteral(name.schema), " AND ", name_column, " = ",
                      QuoteMysqlLiteral(name.table));
}

// The name as InnoDB has it: with the encoding of file names, which MariaDB converts to.
std::string InnodbName(const TableName& name) {
  const auto part = [](const std::string& text) {
    return absl::StrCat("CONVERT(BINARY CONVERT(CONVERT(", QuoteMysqlLiteral(text),
                        " USING utf8mb3) USING filename) USING utf8mb3)");
  };
  return absl::StrCat("CONCAT(", part(name.schema), ", '/', ", part(name.table), ")");
}

std::vector<Counter> Counters(bool mariadb, const TableName& name) {
  const std::string instrumented =
      absl::StrCat("SELECT SUM(COUNT_INSERT + COUNT_UPDATE + COUNT_DELETE) FROM ",
                   "performance_schema.table_io_waits_summary_by_table WHERE OBJECT_TYPE = 'TABLE' AND ",
                   Equal("OBJECT_SCHEMA", "OBJECT_NAME", name), " HAVING COUNT(*) > 0");
  if (!mariadb) return {{"performance_schema", instrumented}};
  const std::string path = InnodbName(name);
  return {
      {"performance_schema", instrumented},
      {"userstat", absl::StrCat("SELECT ROWS_CHANGED FROM information_schema.TABLE_STATISTICS WHERE @@userstat = 1 ",
                                "AND ", Equal("TABLE_SCHEMA", "TABLE_NAME", name))},
      {"innodb", absl::StrCat("SELECT SUM(MODIFIED_COUNTER) FROM information_schema.INNODB_SYS_TABLESTATS WHERE ",
                              "NAME = ", path, " OR NAME LIKE CONCAT(", path, ", '#P#%') HAVING COUNT(*) > 0")}};
}

absl::StatusOr<WriteSample> Sample(MysqlConnection& connection, const TableName& asked, const std::string& schema,
                                   absl::Time deadline) {
  WriteSample sample;
  sample.table = asked;
  sample.unknown =
      connection.is_mariadb()
          ? "the server counts no writes of this table; SET GLOBAL userstat = 1, or grant the agent PROCESS"
          : "the server counts no writes of this table; switch performance_schema on, and grant the agent "
            "SELECT on it";
  const TableName name = {asked.schema.empty() ? schema : asked.schema, asked.table};
  for (const Counter& counter : Counters(connection.is_mariadb(), name)) {
    const absl::StatusOr<RowSet> rows = connection.Run(counter.sql, deadline);
    if (!rows.ok()) {
      if (connection.broken() || absl::IsDeadlineExceeded(rows.status())) return rows.status();
      continue;
    }
    double writes = 0;
    if (rows->rows.empty() || !rows->rows[0][0] || !absl::SimpleAtod(*rows->rows[0][0], &writes)) continue;
    sample.writes = writes;
    sample.unknown.clear();
    sample.epoch = counter.name;
    break;
  }
  return sample;
}

}  // namespace

absl::StatusOr<WriteSamples> SampleMysqlWrites(MysqlConnection& connection, const std::vector<TableName>& tables,
                                               const std::string& schema, absl::Time deadline) {
  WriteSamples samples;
  DBA_ASSIGN_OR_RETURN(const RowSet now, connection.Run("SELECT UNIX_TIMESTAMP(NOW(6))", deadline));
  double seconds = 0;
  if (!now.rows.empty() && now.rows[0][0] && absl::SimpleAtod(*now.rows[0][0], &seconds)) {
    samples.at = absl::UnixEpoch() + absl::Seconds(seconds);
  }
  for (const TableName& table : tables) {
    DBA_ASSIGN_OR_RETURN(WriteSample sample, Sample(connection, table, schema, deadline));
    samples.tables.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace dba::agent
