import type { Sql } from "../sql.js";

/** The version that the schema is at; null where Keyline never was. */
export async function versionOf(sql: Sql, schema: string, table = "migrations"): Promise<number | null> {
  // Not to_regclass: that asks a cache, which another process's migration leaves stale while this one waits its turn.
  const found = await sql.query(
    `select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [schema, table],
  );
  if (found.length === 0) return null;
  const [row] = await sql.query<{ version: number }>(
    `select coalesce(max(version), 0)::integer as version from ${schema}.${table}`,
  );
  return row?.version ?? 0;
}
