// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 28 "INFORMATION_SCHEMA Tables", MariaDB 10.11 "Information Schema Tables".
#include "dbagent/db/mysql/mysql_constraint_facts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

using hints::ConstraintFacts;
using hints::ConstraintType;
using hints::IndexFacts;
using hints::TableFacts;

void AddUniqueConstraints(TableFacts* table) {
  for (const IndexFacts& index : table->indexes) {
    if (!index.unique) continue;
    ConstraintFacts constraint;
    constraint.name = index.name;
    constraint.type = index.primary ? ConstraintType::kPrimaryKey : ConstraintType::kUnique;
    constraint.columns = index.columns;
    table->constraints.push_back(std::move(constraint));
  }
}

absl::Status ReadCascades(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      catalog.Run(absl::StrCat("SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ",
                               catalog.schema(), " AND TABLE_NAME = ", catalog.name(),
                               " AND (UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR DELETE_RULE NOT IN "
                               "('RESTRICT', 'NO ACTION')) LIMIT 1")));
  table->mysql.cascades = !rows.rows.empty();
  return absl::OkStatus();
}

absl::Status ReadForeignKeys(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(const RowSet rows,
                       catalog.About("CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, "
                                     "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME",
                                     "KEY_COLUMN_USAGE",
                                     " AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY CONSTRAINT_NAME, "
                                     "ORDINAL_POSITION"));
  for (const auto& row : rows.rows) {
    std::vector<ConstraintFacts>& all = table->constraints;
    if (all.empty() || all.back().type != ConstraintType::kForeignKey || all.back().name != TextOf(row, 0)) {
      ConstraintFacts key;
      key.name = TextOf(row, 0);
      key.type = ConstraintType::kForeignKey;
      key.references = {TextOf(row, 2), TextOf(row, 3)};
      all.push_back(std::move(key));
    }
    all.back().columns.push_back(TextOf(row, 1));
    all.back().referenced_columns.push_back(TextOf(row, 4));
  }
  return rows.rows.empty() ? absl::OkStatus() : ReadCascades(catalog, table);
}

// Within the schema: MariaDB would open every table of the server to find more.
absl::Status ReadReferencing(MysqlCatalog& catalog, TableFacts* table) {
  DBA_ASSIGN_OR_RETURN(
      const RowSet rows,
      catalog.Run(absl::StrCat("SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME ",
                               "FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ", catalog.schema(),
                               " AND REFERENCED_TABLE_SCHEMA = ", catalog.schema(), " AND REFERENCED_TABLE_NAME = ",
                               catalog.name(), " ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION")));
  for (const auto& row : rows.rows) {
    auto& all = table->referenced_by;
    if (all.empty() || all.back().name != TextOf(row, 2) || all.back().table.table != TextOf(row, 1)) {
      hints::ReferencingKey key;
      key.table = {TextOf(row, 0), TextOf(row, 1)};
      key.name = TextOf(row, 2);
      all.push_back(std::move(key));
    }
    all.back().columns.push_back(TextOf(row, 3));
    all.back().referenced_columns.push_back(TextOf(row, 4));
  }
  return absl::OkStatus();
}

absl::Status ReadChecks(MysqlCatalog& catalog, TableFacts* table) {
  const std::string schema = catalog.schema();
  const std::string name = catalog.name();
  const std::string sql =
      catalog.is_mariadb()
          ? absl::StrCat("SELECT CONSTRAINT_NAME, CHECK_CLAUSE, 'YES' FROM information_schema.CHECK_CONSTRAINTS WHERE ",
                         "CONSTRAINT_SCHEMA = ", schema, " AND TABLE_NAME = ", name)
          : absl::StrCat("SELECT c.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED FROM ",
                         "information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c ",
                         "USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME) WHERE t.CONSTRAINT_TYPE = 'CHECK' AND ",
                         "t.TABLE_SCHEMA = ", schema, " AND t.TABLE_NAME = ", name);
  DBA_ASSIGN_OR_RETURN(const RowSet rows, catalog.Run(sql));
  for (const auto& row : rows.rows) {
    ConstraintFacts check;
    check.name = TextOf(row, 0);
    check.definition = TextOf(row, 1);
    check.enforced = TextOf(row, 2) == "YES";
    table->constraints.push_back(std::move(check));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadMysqlConstraints(MysqlCatalog& catalog, TableFacts* table) {
  AddUniqueConstraints(table);
  DBA_RETURN_IF_ERROR(ReadForeignKeys(catalog, table));
  DBA_RETURN_IF_ERROR(ReadReferencing(catalog, table));
  return ReadChecks(catalog, table);
}

}  // namespace dba::agent
