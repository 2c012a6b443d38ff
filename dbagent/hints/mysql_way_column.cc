// SPDX-License-Identifier: Apache-2.0
//
// Sources: MySQL 9.7 manual 17.12.1 "Online DDL Operations", MariaDB 10.11 "InnoDB Online DDL Operations"; each row
// tried on MySQL 9.7.4, MariaDB 10.11.19 and 11.8.6 with every ALGORITHM and LOCK.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/hints/mysql_type.h"
#include "dbagent/hints/mysql_way.h"

namespace dba::agent::hints {
namespace {

constexpr int kMysqlInstantAdd = 80012;  // appended columns; anywhere, and dropped ones, from 8.0.29 on
constexpr int kMysqlInstantDrop = 80029;
constexpr int kMysqlMoreRowVersions = 90100;  // 255 instead of 64

MysqlChange Instant() { return {}; }

MysqlChange Way(MysqlWay way, std::string why) {
  MysqlChange change;
  change.way = way;
  change.why = std::move(why);
  return change;
}

int RowVersionLimit(const MysqlTraits& traits) { return traits.version >= kMysqlMoreRowVersions ? 255 : 64; }

bool Middle(const ColumnHint& column) { return column.position && *column.position != ColumnPosition::kLast; }

// What ADD COLUMN costs that asks for nothing dear itself.
MysqlChange PlainAdd(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits) {
  const bool middle = Middle(column);
  if (traits.mariadb) {
    if (middle && traits.virtual_column) {
      return CopyChange(traits, "the table has a virtual column and the new one does not come last");
    }
    if (traits.fulltext) return RebuildChange(traits, "the table has a FULLTEXT index, so that INSTANT is lost");
    if (traits.indexed_virtual) return RebuildChange(traits, "a virtual column is indexed, so that INSTANT is lost");
    if (traits.compressed) return RebuildChange(traits, "ROW_FORMAT=COMPRESSED takes no instant column");
    if (traits.no_instant) return RebuildChange(traits, "innodb_instant_alter_column_allowed is never");
    return Instant();
  }
  if (traits.fulltext)
    return CopyChange(traits, "the table has a FULLTEXT index, so that INSTANT and INPLACE are lost");
  if (traits.compressed) return RebuildChange(traits, "ROW_FORMAT=COMPRESSED takes no instant column");
  if (traits.version < kMysqlInstantAdd || (middle && traits.version < kMysqlInstantDrop)) {
    return RebuildChange(traits, "this release adds such a column by writing the table anew");
  }
  if (table.mysql.row_versions.value_or(0) >= RowVersionLimit(traits)) {
    return RebuildChange(traits, "the table has used up its instant changes");
  }
  return Instant();
}

MysqlChange AddGenerated(const ColumnHint& column, const MysqlTraits& traits) {
  if (!column.generated) {
    MysqlChange change = CopyChange(traits, "it adds a generated column");
    change.unknown = "whether the generated column is stored or virtual (column.generated)";
    return change;
  }
  if (*column.generated == GeneratedKind::kStored) return CopyChange(traits, "it adds a stored generated column");
  if (Middle(column) && traits.virtual_column) {
    return CopyChange(traits, "the table has a virtual column and the new one does not come last");
  }
  if (traits.mariadb && traits.partitioned) return CopyChange(traits, "a virtual column is added to partitions");
  return Instant();
}

MysqlChange AddDefault(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits) {
  const bool my = !traits.mariadb;
  switch (DefaultOf(column, table)) {
    case MysqlDefault::kNone:
    case MysqlDefault::kLiteral:
      return Instant();
    case MysqlDefault::kExpression:
      return my ? CopyChange(traits, "the default is an expression") : Instant();
    case MysqlDefault::kPerRow:
      // MySQL refuses those at once, without touching a row.
      if (my && CallsRandom(*column.default_expression)) return Instant();
      if (!my && absl::StrContains(absl::AsciiStrToLower(*column.default_expression), "rand(")) return Instant();
      return CopyChange(traits, "the default is another one for each row");
    case MysqlDefault::kUnknown: {
      MysqlChange change = CopyChange(traits, "the default is computed");
      change.unknown = "which function the default calls (column.defaultExpression)";
      return change;
    }
  }
  return Instant();
}

}  // namespace

void MysqlChange::Add(const MysqlChange& other) {
  if (other.way > way || why.empty()) why = other.why.empty() ? why : other.why;
  way = std::max(way, other.way);
  blocks_writes = blocks_writes || other.blocks_writes;
  blocks_reads = blocks_reads || other.blocks_reads;
  if (unknown.empty()) unknown = other.unknown;
  blocks_writes_of.insert(blocks_writes_of.end(), other.blocks_writes_of.begin(), other.blocks_writes_of.end());
}

MysqlChange RebuildChange(const MysqlTraits& traits, std::string why) {
  if (traits.fulltext && !traits.mariadb) {
    return CopyChange(traits, absl::StrCat(why, ", and a FULLTEXT index allows no change in place"));
  }
  MysqlChange change = Way(MysqlWay::kRebuild, std::move(why));
  change.blocks_writes = traits.fulltext || traits.spatial || (traits.mariadb && traits.indexed_virtual);
  return change;
}

MysqlChange CopyChange(const MysqlTraits& traits, std::string why) {
  MysqlChange change = Way(MysqlWay::kCopy, std::move(why));
  change.blocks_writes = !traits.online_copy;
  return change;
}

MysqlChange AddColumnChange(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits) {
  MysqlChange change;
  if (column.auto_increment.value_or(false) || column.default_kind == DefaultKind::kIdentity) {
    change = RebuildChange(traits, "it numbers all rows");
    change.blocks_writes = true;
    return change;
  }
  if (column.generated || column.default_kind == DefaultKind::kGenerated) {
    change = AddGenerated(column, traits);
  } else {
    change = PlainAdd(column, table, traits);
    change.Add(AddDefault(column, table, traits));
  }
  if (column.check && !traits.mariadb) change.Add(CopyChange(traits, "the new column has a CHECK constraint"));
  if (column.unique.value_or(false))
    change.Add(RebuildChange(traits, "a column and its unique index are added in one"));
  return change;
}

MysqlChange DropColumnChange(const std::string& column, const TableFacts& table, const MysqlTraits& traits) {
  const bool indexed = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const IndexFacts& index) {
    return std::any_of(index.columns.begin(), index.columns.end(),
                       [&](const std::string& name) { return absl::EqualsIgnoreCase(name, column); });
  });
  if (traits.mariadb) {
    if (traits.indexed_virtual) return CopyChange(traits, "a virtual column is indexed");
    if (traits.fulltext) return RebuildChange(traits, "the table has a FULLTEXT index, so that INSTANT is lost");
    if (traits.compressed) return RebuildChange(traits, "ROW_FORMAT=COMPRESSED drops no column instantly");
    return indexed ? Way(MysqlWay::kInPlace, "an index goes with the column") : Instant();
  }
  const ColumnFacts* facts = table.FindColumn(column);
  if (facts != nullptr && facts->generated == GeneratedKind::kVirtual && !indexed) return Instant();
  if (indexed) return RebuildChange(traits, "an index goes with the column");
  if (traits.version < kMysqlInstantDrop) return RebuildChange(traits, "this release drops a column by a rebuild");
  if (traits.fulltext || traits.compressed) return RebuildChange(traits, "the table drops no column instantly");
  if (table.mysql.row_versions.value_or(0) >= RowVersionLimit(traits)) {
    return RebuildChange(traits, "the table has used up its instant changes");
  }
  return Instant();
}

MysqlChange NotNullChange(const std::string& column, const TableFacts& table, const MysqlTraits& traits) {
  const ColumnFacts* facts = table.FindColumn(column);
  if (facts != nullptr && facts->not_null) return Instant();
  if (!traits.strict && !traits.mariadb) {
    return CopyChange(traits, "without strict mode SET NOT NULL converts every row");
  }
  if (traits.mariadb && (traits.indexed_virtual || traits.stored_column)) {
    return CopyChange(traits, "the table has a generated column");
  }
  return RebuildChange(traits, "SET NOT NULL writes the table anew");
}

namespace {

MysqlChange TypeChangeOf(const ColumnHint& column, const ColumnFacts& facts, const MysqlTraits& traits) {
  const MysqlType to = ParseMysqlType(*column.type);
  switch (CompareMysqlTypes(ParseMysqlType(facts.type), to, facts.character_set)) {
    case TypeChange::kNone:
    case TypeChange::kInstant:
      return Instant();
    case TypeChange::kLongExtend:
      if (!traits.mariadb || !traits.redundant) {
        return CopyChange(traits, "the length needs a second byte from 256 bytes on");
      }
      return Instant();
    case TypeChange::kExtend:
      return Way(MysqlWay::kInPlace, "the column grows");
    case TypeChange::kCopy:
      return CopyChange(traits, absl::StrCat("the type changes from ", facts.type, " to ", *column.type));
  }
  return Instant();
}

}  // namespace

MysqlChange AlterColumnChange(const ColumnHint& column, const TableFacts& table, const MysqlTraits& traits) {
  MysqlChange change;
  const ColumnFacts* facts = table.FindColumn(column.name);
  if (facts == nullptr) return change;
  if (column.type) change.Add(TypeChangeOf(column, *facts, traits));
  if (NotNull(column)) change.Add(NotNullChange(column.name, table, traits));
  if (column.nullable.value_or(false) && facts->not_null && !(traits.mariadb && traits.redundant)) {
    change.Add(RebuildChange(traits, "dropping NOT NULL writes the table anew"));
  }
  if (column.auto_increment.value_or(false) && !facts->identity) {
    change.Add(CopyChange(traits, "the column begins to number rows"));
  }
  if (column.check) change.Add(CopyChange(traits, "it adds a CHECK constraint"));
  if (column.unique.value_or(false)) change.Add(Way(MysqlWay::kIndexBuild, "it builds a unique index"));
  if (column.position && !traits.mariadb) change.Add(RebuildChange(traits, "the column moves"));
  if (column.position && traits.mariadb && (traits.fulltext || traits.compressed || traits.indexed_virtual)) {
    change.Add(RebuildChange(traits, "the column moves"));
  }
  return change;
}

}  // namespace dba::agent::hints
