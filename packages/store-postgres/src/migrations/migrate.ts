import { KeylineError } from "@keyline/runtime";
import type { Database, Sql } from "../sql.js";
import { migrations } from "./list.js";
import { versionOf } from "./version.js";

/** Serialises what several processes do to a database's schemas at once; an arbitrary constant of this package. */
const migrationLock = 7_305_117;

/** Runs in one transaction that no other process's migration overlaps. */
export function underLock<T>(database: Database, run: (sql: Sql) => Promise<T>): Promise<T> {
  return database.transaction(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [migrationLock]);
    return run(sql);
  });
}

/**
 * Brings the schema up to date; any number of processes may do it at once. Where there is nothing to do it only
 * reads, so that an app may run without the right to create anything.
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  const versions = migrations(schema);
  if ((await versionOf(database, schema)) === versions.length) return;
  await underLock(database, async (sql) => {
    const done = (await versionOf(sql, schema)) ?? (await prepare(sql, schema));
    if (done > versions.length) throw tooNew(schema, done, versions.length);
    for (const [index, statements] of versions.slice(done).entries()) {
      for (const statement of statements) await sql.query(statement);
      await sql.query(`insert into ${schema}.migrations (version) values ($1)`, [done + index + 1]);
    }
  });
}

async function prepare(sql: Sql, schema: string): Promise<number> {
  const found = await sql.query("select 1 from pg_catalog.pg_namespace where nspname = $1", [schema]);
  // `if not exists` would ask for the right to create schemas even where the schema exists.
  if (found.length === 0) await sql.query(`create schema ${schema}`);
  await sql.query(`create table ${schema}.migrations (version integer primary key)`);
  return 0;
}

function tooNew(schema: string, done: number, known: number): KeylineError {
  return new KeylineError(
    "store_unavailable",
    `schema ${schema} is at version ${done}, this package knows ${known}: update @keyline/postgres`,
    { retryable: false },
  );
}
