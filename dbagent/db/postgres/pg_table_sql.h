// SPDX-License-Identifier: Apache-2.0
//
// The SQL that describes tables on PostgreSQL 12 and later, under the rules of pg_facts_sql.h.
#ifndef DBA_DBAGENT_DB_POSTGRES_PG_TABLE_SQL_H_
#define DBA_DBAGENT_DB_POSTGRES_PG_TABLE_SQL_H_

namespace dba::agent::pg_sql {

// One row for each of NAMES (pg_facts_sql.h): its schema, and a JSON object or null when there is no such table.
// NULLS_NOT_DISTINCT and ENFORCED stand for columns that only newer releases have.
inline constexpr char kTableFacts[] = R"sql(
SELECT a.in_schema, (
  WITH RECURSIVE tree(oid) AS (
    SELECT to_regclass(quote_ident(a.in_schema) || '.' || quote_ident(a.name))::oid
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
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(quote_ident(a.in_schema) || '.' || quote_ident(a.name)))
FROM NAMES AS a ORDER BY a.ord)sql";

}  // namespace dba::agent::pg_sql

#endif  // DBA_DBAGENT_DB_POSTGRES_PG_TABLE_SQL_H_
