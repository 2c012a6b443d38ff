// SPDX-License-Identifier: Apache-2.0
//
// The SQL behind hints on PostgreSQL 12 and later. It reads catalogs and statistics alone: no function here takes a
// lock on a table of users, so that none waits behind a queued ALTER (pg_relation_size, pg_partition_tree, pg_get_expr,
// pg_get_constraintdef and pg_get_indexdef do; kSizes and kConditions, which need them, say so). Catalogs: PostgreSQL
// 18 manual, chapters 53 and 27.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_

namespace dba::agent::pg_sql {

// $1 names as an array. One row for each: its position, and a JSON object or null when there is no such table.
// NULLS_NOT_DISTINCT and ENFORCED stand for columns that only newer releases have.
inline constexpr char kTableFacts[] = R"sql(
SELECT a.ord, (
  WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(a.name)::oid
    UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
  SELECT json_build_object(
    'oid', c.oid, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'persistence', c.relpersistence,
    'is_partition', c.relispartition,
    'readable', has_table_privilege(c.oid, 'SELECT'), 'row_security', row_security_active(c.oid),
    'tree', (SELECT json_agg(json_build_object('oid', t.oid, 'name', m.relname, 'kind', m.relkind,
        'partition', m.relispartition)) FROM tree t JOIN pg_class m ON m.oid = t.oid),
    'stats', (SELECT json_agg(json_build_object(
        'oid', m.oid, 'reltuples', m.reltuples, 'relpages', m.relpages,
        'live', pg_stat_get_live_tuples(m.oid), 'ins', pg_stat_get_tuples_inserted(m.oid),
        'upd', pg_stat_get_tuples_updated(m.oid), 'del', pg_stat_get_tuples_deleted(m.oid),
        'modified', pg_stat_get_mod_since_analyze(m.oid),
        'analyzed', coalesce(pg_stat_get_last_analyze_time(m.oid), pg_stat_get_last_autoanalyze_time(m.oid)) IS NOT NULL,
        'toast_pages', coalesce((SELECT relpages FROM pg_class WHERE oid = m.reltoastrelid), 0),
        'index_pages', (SELECT coalesce(sum(x.relpages), 0) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        WHERE i.indrelid = m.oid)))
      FROM tree t JOIN pg_class m ON m.oid = t.oid WHERE m.relkind IN ('r', 'm', 'f')),
    'columns', (SELECT json_agg(json_build_object('name', t.attname, 'type', format_type(t.atttypid, t.atttypmod),
        'not_null', t.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
            AND k.contype = 'n' AND t.attnum = ANY (k.conkey) AND NOT k.convalidated),
        'has_default', t.atthasdef, 'identity', t.attidentity <> '', 'generated', t.attgenerated,
        'serial', t.atthasdef AND EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass
            AND d.refobjid = c.oid AND d.refobjsubid = t.attnum AND d.classid = 'pg_class'::regclass
            AND d.deptype = 'a' AND EXISTS (SELECT FROM pg_class q WHERE q.oid = d.objid AND q.relkind = 'S')),
        'collation', (SELECT l.collname FROM pg_collation l JOIN pg_type y ON y.oid = t.atttypid
            WHERE l.oid = t.attcollation AND t.attcollation <> y.typcollation),
        'views', (SELECT json_agg(DISTINCT v.relname) FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
            JOIN pg_class v ON v.oid = r.ev_class WHERE d.classid = 'pg_rewrite'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = t.attnum
            AND v.oid <> c.oid)) ORDER BY t.attnum)
      FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped),
    'indexes', (SELECT json_agg(json_build_object('name', x.relname, 'unique', i.indisunique,
        'primary', i.indisprimary, 'valid', i.indisvalid AND i.indisready, 'immediate', i.indimmediate,
        'method', am.amname, 'partial', i.indpred IS NOT NULL, 'expressions', i.indexprs IS NOT NULL,
        'nulls_not_distinct', NULLS_NOT_DISTINCT,
        'columns', (SELECT json_agg(coalesce(t.attname, '') ORDER BY k.ord)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
            LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = k.attnum AND k.attnum > 0
            WHERE k.ord <= i.indnkeyatts)) ORDER BY x.relname COLLATE "C")
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam
      WHERE i.indrelid = c.oid AND i.indislive),
    'constraints', (SELECT json_agg(json_build_object('name', k.conname, 'type', k.contype,
        'validated', k.convalidated, 'enforced', ENFORCED,
        'columns', (SELECT json_agg(t.attname ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY AS u(attnum, ord)
            JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = u.attnum),
        'parent', (SELECT json_build_object('schema', pn.nspname, 'table', p.relname) FROM pg_class p
            JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE p.oid = k.confrelid),
        'parent_columns', (SELECT json_agg(t.attname ORDER BY u.ord)
            FROM unnest(k.confkey) WITH ORDINALITY AS u(attnum, ord)
            JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = u.attnum)) ORDER BY k.conname COLLATE "C")
      FROM pg_constraint k WHERE k.conrelid = c.oid),
    'referenced_by', (SELECT json_agg(json_build_object('name', k.conname, 'schema', kn.nspname, 'table', r.relname,
        'columns', (SELECT json_agg(t.attname ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY AS u(attnum, ord)
            JOIN pg_attribute t ON t.attrelid = k.conrelid AND t.attnum = u.attnum),
        'parent_columns', (SELECT json_agg(t.attname ORDER BY u.ord)
            FROM unnest(k.confkey) WITH ORDINALITY AS u(attnum, ord)
            JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = u.attnum)))
      FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace kn ON kn.oid = r.relnamespace
      WHERE k.confrelid = c.oid AND k.contype = 'f'),
    'partition_columns', (SELECT json_agg(coalesce(t.attname, '') ORDER BY u.ord)
      FROM pg_partitioned_table p, unnest(p.partattrs::int2[]) WITH ORDINALITY AS u(attnum, ord)
      LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = u.attnum AND u.attnum > 0
      WHERE p.partrelid = c.oid),
    'triggers', (SELECT json_agg(g.tgname) FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(a.name))
FROM unnest($1::text[]) WITH ORDINALITY AS a(name, ord) ORDER BY a.ord)sql";

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

// The schemas where names without one are looked for, and $1, a type as written: the only statements that run with the
// admin's own search_path. Their functions are named with pg_catalog, so that none of a user's schema can stand in.
inline constexpr char kSchemas[] = "SELECT pg_catalog.array_to_json(pg_catalog.current_schemas(false))";
inline constexpr char kType[] = "SELECT pg_catalog.to_regtype($1::pg_catalog.text)::pg_catalog.oid";
inline constexpr char kOnlyCatalog[] = "SET LOCAL search_path TO pg_catalog";

// $1 schemas in order, $2 names of tables, as arrays: position in $2 and the first schema that has such a relation.
inline constexpr char kFindSchemas[] = R"sql(
SELECT a.ord, (SELECT s.name FROM unnest($1::text[]) WITH ORDINALITY AS s(name, ord)
  JOIN pg_namespace n ON n.nspname = s.name JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
  ORDER BY s.ord LIMIT 1)
FROM unnest($2::text[]) WITH ORDINALITY AS a(name, ord) ORDER BY a.ord)sql";

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

// $1 names as an array: position, oid, writes of the table and its partitions, and when the counters began.
inline constexpr char kWrites[] = R"sql(
SELECT a.ord, to_regclass(a.name)::oid, (
  WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(a.name)::oid UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
  SELECT sum(pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_updated(t.oid) + pg_stat_get_tuples_deleted(t.oid))
  FROM tree t),
  (SELECT coalesce(extract(epoch FROM stats_reset)::text, '') FROM pg_stat_database WHERE datname = current_database()),
  extract(epoch FROM clock_timestamp()), pg_is_in_recovery(), current_setting('track_counts')
FROM unnest($1::text[]) WITH ORDINALITY AS a(name, ord) ORDER BY a.ord)sql";

}  // namespace dba::agent::pg_sql

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_FACTS_SQL_H_
