// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_extra_grants.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/credentials/extra_grants.h"
#include "dbagent/db/identifier.h"

namespace dba::agent {
namespace {

// How PostgreSQL speaks of a kind.
struct Kind {
  const char* name;
  const char* sql;
  const char* find;  // the oid of name $1, on the search path of the admin
  const char* show;  // the schema and the quoted name of oid $1
  const char* has;   // whether role $1 has right $3 on oid $2
};

constexpr Kind kKinds[] = {
    {"Table", "TABLE", "SELECT pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid",
     "SELECT n.nspname, format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
     "c.relnamespace WHERE "
     "c.oid = $1::oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
     "SELECT has_table_privilege($1::name, $2::oid, $3::text)"},
    {"Sequence", "SEQUENCE", "SELECT pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid",
     "SELECT n.nspname, format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
     "c.relnamespace WHERE "
     "c.oid = $1::oid AND c.relkind = 'S'",
     "SELECT has_sequence_privilege($1::name, $2::oid, $3::text)"},
    {"Function", "ROUTINE", "SELECT pg_catalog.to_regprocedure($1::pg_catalog.text)::pg_catalog.oid",
     "SELECT n.nspname, p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
     "p.oid = $1::oid",
     "SELECT has_function_privilege($1::name, $2::oid, $3::text)"},
    {"Schema", "SCHEMA",
     "SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) "
     "$1::pg_catalog.name",
     "SELECT n.nspname, quote_ident(n.nspname) FROM pg_namespace n WHERE n.oid = $1::oid",
     "SELECT has_schema_privilege($1::name, $2::oid, $3::text)"},
};

const Kind* FindKind(absl::string_view name) {
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

bool IsPostgresOwn(absl::string_view schema) {
  return absl::StartsWith(schema, "pg_") || schema == "information_schema";
}

// A named object of users.
struct Target {
  std::string oid;
  std::string quoted;
};

absl::StatusOr<Target> FindTarget(PgConnection& connection, const Kind& kind, const ExtraGrant& grant,
                                  absl::Time deadline) {
  const absl::Status missing = absl::FailedPreconditionError(
      absl::StrCat("extra grant ", Describe(grant), ": there is no such ", absl::AsciiStrToLower(kind.name),
                   " of users: make it in a migration, or correct the name"));
  DBA_RETURN_IF_ERROR(connection.Run("SET LOCAL search_path TO DEFAULT", deadline));
  const absl::StatusOr<RowSet> found = connection.Query(kind.find, {grant.name}, deadline);
  if (absl::IsInvalidArgument(found.status())) return BadGrant(grant, found.status().message());
  DBA_RETURN_IF_ERROR(found.status());
  DBA_RETURN_IF_ERROR(connection.Run("SET LOCAL search_path TO pg_catalog", deadline));
  if (found->rows.empty() || !found->rows[0][0]) return missing;
  const std::string oid = *found->rows[0][0];
  DBA_ASSIGN_OR_RETURN(const RowSet shown, connection.Query(kind.show, {oid}, deadline));
  if (shown.rows.empty() || IsPostgresOwn(shown.rows[0][0].value_or(""))) return missing;
  return Target{oid, shown.rows[0][1].value_or("")};
}

absl::StatusOr<bool> HasAll(PgConnection& connection, const Kind& kind, const std::string& account,
                            const ExtraGrant& grant, const Target& target, absl::Time deadline) {
  for (const std::string& privilege : grant.privileges) {
    DBA_ASSIGN_OR_RETURN(const RowSet has,
                         connection.Query(kind.has, {account, target.oid, absl::AsciiStrToUpper(privilege)}, deadline));
    if (has.rows[0][0].value_or("") != "t") return false;
  }
  return true;
}

absl::Status GrantOne(PgConnection& connection, const std::string& account, const ExtraGrant& grant,
                      absl::Time deadline) {
  const Kind* kind = FindKind(grant.kind);
  if (kind == nullptr) return BadGrant(grant, "PostgreSQL has no such kind");
  DBA_ASSIGN_OR_RETURN(const Target target, FindTarget(connection, *kind, grant, deadline));
  DBA_ASSIGN_OR_RETURN(const bool before, HasAll(connection, *kind, account, grant, target, deadline));
  if (before) return absl::OkStatus();
  const std::string sql = absl::StrCat("GRANT ", PrivilegesSql(grant), " ON ", kind->sql, " ", target.quoted, " TO ",
                                       QuotePostgresIdentifier(account));
  const absl::Status granted = connection.Run(sql, deadline);
  if (!granted.ok() && !absl::IsPermissionDenied(granted)) return granted;
  // Who lacks the right to grant all of it gets a warning only.
  bool after = false;
  if (granted.ok()) {
    DBA_ASSIGN_OR_RETURN(after, HasAll(connection, *kind, account, grant, target, deadline));
  }
  if (after) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("the admin account may not grant ", Describe(grant), "; as its owner run: ", sql));
}

}  // namespace

absl::Status GrantPgExtras(PgConnection& connection, const AccountSpec& spec, absl::Time deadline) {
  for (const ExtraGrant& grant : spec.extra_grants) {
    DBA_RETURN_IF_ERROR(CheckExtraGrant(Engine::kPostgresql, grant));
    DBA_RETURN_IF_ERROR(GrantOne(connection, spec.name, grant, deadline));
  }
  return absl::OkStatus();
}

}  // namespace dba::agent
