// SPDX-License-Identifier: Apache-2.0
//
// The SQL that the agent runs on PostgreSQL 13 and later. Catalogs: PostgreSQL 15 manual, chapters 53 and 54, and 28.2
// for pg_stat_activity. All names resolve in pg_catalog: the transactions set search_path.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_SQL_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_SQL_H_

namespace dba::agent::pg_sql {

// Serialises the agents' changes of roles and rights in one database: advisory locks are per database, and two sessions
// that change one catalog row at once fail with "tuple concurrently updated".
inline constexpr char kLockChanges[] = "SELECT pg_advisory_xact_lock(-5203841927731458321)";

inline constexpr char kAdmin[] =
    "SELECT current_user, rolsuper, current_database() FROM pg_roles WHERE rolname = current_user";

// $1 name. pg_roles and the comments are readable by every role.
inline constexpr char kFindRole[] =
    "SELECT oid, rolcanlogin, shobj_description(oid, 'pg_authid'), rolconnlimit FROM pg_roles WHERE rolname = $1::name";

inline constexpr char kCommentedRoles[] =
    "SELECT r.oid, r.rolname, r.rolcanlogin, d.description FROM pg_roles r JOIN pg_shdescription d "
    "ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass ORDER BY r.rolname COLLATE \"C\"";

// A backend holds the lock on its virtual transaction from before it checks rolcanlogin until its start-up transaction
// ends, by when pg_stat_activity shows it. So this must be read before pg_stat_activity, which is a snapshot.
inline constexpr char kBackendsInTransaction[] =
    "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'virtualxid' AND pid IS NOT NULL AND pid <> pg_backend_pid()";

// pid and usesysid of every session are visible to every role; the rest is null without pg_read_all_stats.
inline constexpr char kSessions[] =
    "SELECT pid, coalesce(usesysid, 0), coalesce(host(client_addr), ''), coalesce(application_name, ''), "
    "extract(epoch FROM backend_start) FROM pg_stat_activity";

inline constexpr char kPreparedTransactions[] = "SELECT owner, count(*) FROM pg_prepared_xacts GROUP BY owner";

// Members other than the agent's own admin could use a role by SET ROLE, which pg_stat_activity hides.
inline constexpr char kForeignMembers[] =
    "SELECT a.roleid, m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member "
    "WHERE m.rolname <> current_user ORDER BY 1, 2";

// What roles own or may do in other databases, which DROP OWNED does not reach from here.
inline constexpr char kObjectsElsewhere[] =
    "SELECT DISTINCT s.refobjid, d.datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid "
    "WHERE s.refclassid = 'pg_authid'::regclass AND d.datname <> current_database() ORDER BY 1, 2";

// $1 oid. Needs membership in the role, or in pg_signal_backend.
inline constexpr char kTerminate[] =
    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usesysid = $1::oid";

// Roles other than the admin ($1: the owner role) that own tables or schemas of users, with their comments.
inline constexpr char kObjectOwners[] =
    "WITH schemas AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname <> 'information_schema' "
    "AND nspname !~ '^pg_'), owners AS (SELECT nspowner AS oid FROM schemas UNION SELECT c.relowner FROM pg_class c "
    "JOIN schemas s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS "
    "(SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')) "
    "SELECT r.rolname, r.rolsuper, shobj_description(r.oid, 'pg_authid'), pg_has_role(r.oid, 'USAGE'), "
    "pg_has_role($1::name, r.oid, 'USAGE'), pg_has_role(r.oid, $1::name, 'MEMBER') FROM owners JOIN pg_roles r USING "
    "(oid) "
    "WHERE r.rolname NOT IN (current_user, $1::name) AND r.rolname !~ '^pg_' ORDER BY 1";

// Missing rights as GRANT statements. $1 read-write, $2 read-only, $3 owner role. Relations of extensions and those
// whose owner the admin does not have the rights of are left out. CASE keeps has_sequence_privilege from tables, on
// which it is an error.
inline constexpr char kMissingGrants[] =
    "WITH schemas AS (SELECT oid, nspname FROM pg_namespace WHERE nspname <> 'information_schema' "
    "AND nspname !~ '^pg_'), relations AS (SELECT c.oid, c.relkind, format('%I.%I', s.nspname, c.relname) AS name "
    "FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace WHERE pg_has_role(c.relowner, 'USAGE') AND NOT EXISTS "
    "(SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')), "
    "wanted AS ("
    "SELECT 1 AS step, format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), r) AS sql "
    "FROM unnest(ARRAY[$1::name, $2::name, $3::name]) r WHERE NOT has_database_privilege(r, current_database(), "
    "'CONNECT') "
    "UNION ALL SELECT 1, format('GRANT CREATE, TEMPORARY ON DATABASE %I TO %I', current_database(), $3::name) "
    "WHERE NOT has_database_privilege($3::name, current_database(), 'CREATE') "
    "UNION ALL SELECT 2, format('GRANT USAGE ON SCHEMA %I TO %I', nspname, r) FROM schemas, unnest(ARRAY[$1::name, "
    "$2::name]) r "
    "WHERE NOT has_schema_privilege(r, oid, 'USAGE') "
    "UNION ALL SELECT 2, format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', nspname, $3::name) FROM schemas "
    "WHERE NOT (has_schema_privilege($3::name, oid, 'USAGE') AND has_schema_privilege($3::name, oid, 'CREATE')) "
    "UNION ALL SELECT 3, format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', name, $1::name) "
    "FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT (has_table_privilege($1::name, oid, 'SELECT') "
    "AND "
    "has_table_privilege($1::name, oid, 'INSERT') AND has_table_privilege($1::name, oid, 'UPDATE') AND "
    "has_table_privilege($1::name, oid, 'DELETE')) "
    "UNION ALL SELECT 3, format('GRANT SELECT ON TABLE %s TO %I', name, $2::name) FROM relations "
    "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT has_table_privilege($2::name, oid, 'SELECT') "
    "UNION ALL SELECT 4, format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO %I', name, $1::name) FROM relations "
    "WHERE CASE WHEN relkind = 'S' THEN NOT (has_sequence_privilege($1::name, oid, 'USAGE') AND "
    "has_sequence_privilege($1::name, oid, 'SELECT') AND has_sequence_privilege($1::name, oid, 'UPDATE')) END "
    "UNION ALL SELECT 4, format('GRANT SELECT ON SEQUENCE %s TO %I', name, $2::name) FROM relations "
    "WHERE CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege($2::name, oid, 'SELECT') END) "
    "SELECT sql FROM wanted ORDER BY step, sql";

// Relations that neither the admin nor a role it has the rights of owns, which only a superuser's can be after the
// memberships above, with the statement that brings them within reach.
inline constexpr char kOutOfReach[] =
    "SELECT format('%I.%I', s.nspname, c.relname), format('ALTER TABLE %I.%I OWNER TO %I', s.nspname, c.relname, "
    "current_user) FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname <> "
    "'information_schema' AND s.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
    "AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT EXISTS (SELECT FROM pg_depend d "
    "WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";

// Whether default rights of tables made by role $1 already name role $2.
inline constexpr char kHasDefaultGrants[] =
    "SELECT count(*) FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclrole = $1::text::regrole "
    "AND d.defaclnamespace = 0 AND d.defaclobjtype = 'r' AND a.grantee = $2::text::regrole";

// ALTER … OWNER statements for what roles $2 (a text array) own in user schemas; $1 the new owner. SECURITY DEFINER
// routines stay: another owner would change what they may do. Sequences of columns follow their tables.
inline constexpr char kTransfers[] =
    "WITH schemas AS (SELECT oid, nspname FROM pg_namespace WHERE nspname <> 'information_schema' "
    "AND nspname !~ '^pg_'), losers AS (SELECT oid FROM pg_roles WHERE rolname = ANY ($2::text[])) "
    "SELECT format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' "
    "WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, s.nspname, c.relname, $1::text) AS sql "
    "FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace JOIN losers l ON l.oid = c.relowner "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS (SELECT FROM pg_depend d "
    "WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' "
    "OR c.relkind = 'S' AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))) "
    "UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, $1::text) FROM pg_proc p "
    "JOIN schemas s ON s.oid = p.pronamespace JOIN losers l ON l.oid = p.proowner WHERE NOT p.prosecdef AND NOT EXISTS "
    "(SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') "
    "UNION ALL SELECT format('ALTER TYPE %I.%I OWNER TO %I', s.nspname, t.typname, $1::text) FROM pg_type t "
    "JOIN schemas s ON s.oid = t.typnamespace JOIN losers l ON l.oid = t.typowner LEFT JOIN pg_class c "
    "ON c.oid = t.typrelid WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND NOT EXISTS "
    "(SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') "
    "ORDER BY 1";

// Superusers' objects are transferred too when the admin is one: nobody else could let a migrator change them.
inline constexpr char kSuperusers[] = "SELECT rolname FROM pg_roles WHERE rolsuper";

// $1 table in quotes. Sums the partitions; a relation that was never analysed has reltuples -1.
inline constexpr char kEstimateRows[] =
    "WITH t AS (SELECT to_regclass($1::text)::oid AS oid), parts AS (SELECT c.reltuples FROM pg_class c JOIN t USING "
    "(oid) "
    "WHERE c.relkind <> 'p' UNION ALL SELECT c.reltuples FROM t, pg_partition_tree(t.oid) p JOIN pg_class c "
    "ON c.oid = p.relid WHERE p.isleaf AND c.oid <> t.oid) SELECT (SELECT oid FROM t), "
    "(SELECT sum(greatest(reltuples, 0)) FROM parts), (SELECT bool_or(reltuples < 0) FROM parts)";

// $1 table in quotes. The first sequence that belongs to one of its columns (serial or identity).
inline constexpr char kNextId[] =
    "SELECT to_regclass($1::text)::oid, (SELECT coalesce(pg_sequence_last_value(q.seqrelid) + q.seqincrement, "
    "q.seqstart) "
    "FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid WHERE d.classid = 'pg_class'::regclass "
    "AND d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass($1::text) AND d.deptype IN ('a', 'i') "
    "ORDER BY d.refobjsubid LIMIT 1)";

}  // namespace dba::agent::pg_sql

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_SQL_H_
