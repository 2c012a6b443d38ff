// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_names.h"

#include <utility>

#include "absl/strings/str_replace.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "dbagent/db/postgres/pg_error.h"
#include "dbagent/db/postgres/pg_facts_json.h"
#include "dbagent/db/postgres/pg_facts_sql.h"

namespace dba::agent {
namespace {

constexpr char kSavepoint[] = "SAVEPOINT dba_types";
constexpr char kUndo[] = "ROLLBACK TO SAVEPOINT dba_types";

// A text that cannot be a type's name is an error, which ends what comes after it, and must not end the transaction.
absl::StatusOr<std::vector<std::string>> ReadTypes(PgConnection& connection, const std::vector<std::string>& types,
                                                   absl::Time deadline) {
  std::vector<std::string> oids;
  if (types.empty()) return oids;
  const auto read = connection.RunAll({{kSavepoint, {}}, {pg_sql::kTypes, {PgArray(types)}}, {kUndo, {}}}, deadline);
  if (read.ok()) {
    for (const auto& row : (*read)[1].rows) oids.push_back(row[0].value_or("0"));
    return oids;
  }
  if (SqlState(read.status()).empty()) return read.status();
  DBA_RETURN_IF_ERROR(connection.Run(kUndo, deadline));
  if (types.size() == 1) return std::vector<std::string>{"0"};
  for (const std::string& type : types) {
    DBA_ASSIGN_OR_RETURN(const std::vector<std::string> oid, ReadTypes(connection, {type}, deadline));
    oids.push_back(oid[0]);
  }
  return oids;
}

}  // namespace

absl::StatusOr<PgSearchPath> EnterPgCatalog(PgConnection& connection, const std::vector<std::string>& types,
                                            absl::Time deadline) {
  PgSearchPath path;
  DBA_ASSIGN_OR_RETURN(path.type_oids, ReadTypes(connection, types, deadline));
  DBA_ASSIGN_OR_RETURN(
      const std::vector<RowSet> read,
      connection.RunAll({{pg_sql::kSchemas, {}}, {pg_sql::kOnlyCatalog, {}}, {pg_sql::kPlanOnce, {}}}, deadline));
  DBA_ASSIGN_OR_RETURN(const Json schemas, ParseJson(read[0].rows[0][0].value_or("[]")));
  for (const Json& schema : schemas) {
    if (schema.is_string()) path.schemas.push_back(schema.get_ref<const std::string&>());
  }
  return path;
}

PgStatement AboutPgTables(absl::string_view sql, const std::vector<TableName>& tables,
                          const std::vector<std::string>& schemas) {
  std::vector<std::string> in_schemas;
  std::vector<std::string> names;
  for (const TableName& table : tables) {
    in_schemas.push_back(table.schema);
    names.push_back(table.table);
  }
  return {absl::StrReplaceAll(sql, {{"NAMES", pg_sql::kNames}}),
          {PgArray(in_schemas), PgArray(names), PgArray(schemas)}};
}

}  // namespace dba::agent
