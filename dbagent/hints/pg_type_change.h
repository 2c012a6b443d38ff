// SPDX-License-Identifier: Apache-2.0
//
// What PostgreSQL does to a table when a column's type changes. Pure.
// Source: PostgreSQL 18 manual, ALTER TABLE, notes; ATColumnChangeRequiresRewrite; pg_cast.
#ifndef DBA_DBAGENT_HINTS_PG_TYPE_CHANGE_H_
#define DBA_DBAGENT_HINTS_PG_TYPE_CHANGE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dba::agent::hints {

struct PgTypeChange {
  enum class Kind { kNothing, kMetadata, kRewrite, kNeedsUsing, kUnknown };
  Kind kind = Kind::kUnknown;
  // SQL over the quoted column that is true for values which do not fit the new type; empty: all fit, or nobody knows.
  // Of kNeedsUsing: when USING is the plain cast of the column.
  std::string misfit;
};

// before  as format_type prints it: "character varying(40)"
// after   as a hint writes it: "varchar(80)"
// column  quoted, for `misfit`
// utc     whether the migration's sessions have TimeZone UTC
PgTypeChange ClassifyPgTypeChange(absl::string_view before, absl::string_view after, absl::string_view column,
                                  bool utc);

// The words of format_type for a type as people write it: "int4" is "integer", "VARCHAR( 40 )" "character varying(40)".
std::string CanonicalPgType(absl::string_view written);

// Whether values of the two types can be compared by =, as a foreign key asks: true, too, when that is not known.
bool PgTypesCompare(absl::string_view a, absl::string_view b);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_PG_TYPE_CHANGE_H_
