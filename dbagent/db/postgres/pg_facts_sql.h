// SPDX-License-Identifier: Apache-2.0
//
// The SQL behind hints on PostgreSQL 12 and later. It reads catalogs and statistics alone: no function here takes a
// lock on a table of users, so that none waits behind a queued ALTER (pg_relation_size, pg_partition_tree, pg_get_expr,
// pg_get_constraintdef and pg_get_indexdef do; kSizes and kConditions, which need them, say so). Catalogs: PostgreSQL
// 18 manual, chapters 53 and 27.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_

namespace dba::agent::pg_sql {

// NAMES of other texts. $1 schemas or '' and $2 names, as arrays of one length; $3 schemas where a name without one is
// looked for, in order. One row for each name: its position, and the schema, null when none of $3 has such a relation.
inline constexpr char kNames[] = R"sql((
  SELECT n.ord, n.name, CASE WHEN n.in_schema <> '' THEN n.in_schema ELSE (
    SELECT s.name FROM unnest($3::text[]) WITH ORDINALITY AS s(name, ord)
    JOIN pg_namespace p ON p.nspname = s.name JOIN pg_class c ON c.relnamespace = p.oid AND c.relname = n.name
    ORDER BY s.ord LIMIT 1) END AS in_schema
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n(in_schema, name, ord) OFFSET 0))sql";

// $1 oids of tables and their partitions as an array. Locks on them, and who has them; prepared transactions have no
// session. The oldest first.
inline constexpr char kLocks[] = R"sql(
SELECT json_build_object('relation', l.relation, 'mode', l.mode, 'granted', l.granted,
  'pid', coalesce(l.pid::text, p.gid), 'user', coalesce(a.usename, p.owner, ''),
  'application', coalesce(a.application_name, ''), 'state', coalesce(a.state, ''),
  'backend', coalesce(a.backend_type, ''), 'prepared', l.pid IS NULL,
  'age', extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)),
  'wraparound', coalesce(a.query, '') LIKE 'autovacuum:%to prevent wraparound%')
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction::text
WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = ANY ($1::oid[]) AND l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY coalesce(a.xact_start, p.prepared) NULLS LAST)sql";

// Sessions whose snapshot CREATE INDEX CONCURRENTLY would wait for: those of this database, and walsenders' of any.
inline constexpr char kOldSnapshots[] = R"sql(
SELECT json_build_object('pid', a.pid::text, 'user', coalesce(a.usename, ''),
  'application', coalesce(a.application_name, ''), 'state', coalesce(a.state, ''),
  'age', extract(epoch FROM clock_timestamp() - a.xact_start))
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
  AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.backend_type = 'client backend'
ORDER BY a.xact_start)sql";

// The schemas where names without one are looked for, and the types of $1 as written: the only statements that run
// with the admin's own search_path. Their functions are named with pg_catalog, so that none of a user's schema can
// stand in.
inline constexpr char kSchemas[] = "SELECT pg_catalog.array_to_json(pg_catalog.current_schemas(false))";
inline constexpr char kTypes[] =
    "SELECT pg_catalog.to_regtype(a.name)::pg_catalog.oid FROM pg_catalog.unnest($1::pg_catalog.text[]) "
    "WITH ORDINALITY AS a(name, ord) ORDER BY a.ord";
inline constexpr char kOnlyCatalog[] = "SET LOCAL search_path TO pg_catalog";
// The texts below take longer to plan than to run, and their plan does not depend on the names they are given.
inline constexpr char kPlanOnce[] = "SET LOCAL plan_cache_mode = force_generic_plan";

// $1 types as written, $2 their oids, $3 functions, $4 names of relations, $5 schemas, as arrays.
inline constexpr char kWords[] = R"sql(
SELECT json_build_object(
  'version', current_setting('server_version_num')::int, 'version_text', current_setting('server_version'),
  'standby', pg_is_in_recovery(), 'max_connections', current_setting('max_connections'),
  'lock_timeout', (SELECT reset_val FROM pg_settings WHERE name = 'lock_timeout'),
  'now', extract(epoch FROM clock_timestamp()),
  'timezone', (SELECT min(setting) FROM (SELECT substring(c FROM '(?i)^timezone=(.*)$') AS setting
      FROM pg_db_role_setting r, unnest(r.setconfig) AS c WHERE r.setrole = 0) x WHERE setting IS NOT NULL),
  'track_counts', current_setting('track_counts'),
  'stats_reset', (SELECT extract(epoch FROM stats_reset)::text FROM pg_stat_database WHERE datname = current_database()),
  'types', (SELECT json_object_agg(w.name, json_build_object('canonical', format_type(t.oid, NULL), 'kind', t.typtype,
        'constrained', t.typtype = 'd' AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid))))
      FROM unnest($1::text[], $2::oid[]) AS w(name, oid) JOIN pg_type t ON t.oid = w.oid),
  'functions', (SELECT json_object_agg(f.proname, f.volatility) FROM (SELECT p.proname, max(CASE p.provolatile
        WHEN 'v' THEN 3 WHEN 's' THEN 2 ELSE 1 END) AS volatility
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.proname = ANY ($3::text[]) AND (n.nspname = 'pg_catalog' OR n.nspname = ANY ($5::text[]))
      GROUP BY p.proname) f),
  'relations', (SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
        'table', (SELECT t.relname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE i.indexrelid = c.oid)))
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = ANY ($4::text[]))))sql";

// $1 oids. The size on disk, and the conditions of CHECK constraints: they open the table, so they run under a short
// lock_timeout and only where no strong lock is held or waited for.
inline constexpr char kSizes[] =
    "SELECT o, pg_table_size(o), pg_indexes_size(o), pg_relation_size(o) FROM unnest($1::oid[]) AS o";
inline constexpr char kConditions[] =
    "SELECT conrelid, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'c' AND conrelid = ANY ($1::oid[])";

// $1 to $3 as of kTableFacts: oid, writes of the table and its partitions.
inline constexpr char kWrites[] = R"sql(
SELECT to_regclass(quote_ident(a.in_schema) || '.' || quote_ident(a.name))::oid, (
  WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(quote_ident(a.in_schema) || '.' || quote_ident(a.name))::oid
    UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
  SELECT sum(pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_updated(t.oid) + pg_stat_get_tuples_deleted(t.oid))
  FROM tree t)
FROM NAMES AS a ORDER BY a.ord)sql";

// What the counters of kWrites are of.
inline constexpr char kCounters[] = R"sql(
SELECT extract(epoch FROM clock_timestamp()), pg_is_in_recovery(), current_setting('track_counts'),
  (SELECT extract(epoch FROM stats_reset)::text FROM pg_stat_database WHERE datname = current_database()))sql";

}  // namespace dba::agent::pg_sql

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_
