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

/** The versions of what lies in a schema. */
export interface Versions {
  /** The statements of each version, oldest first. */
  readonly statements: readonly (readonly string[])[];
  /** The table that notes which version the schema is at. */
  readonly table: string;
  /** The package that knows them. */
  readonly knownBy: string;
}

/** The versions of a store's schema. */
export const storeVersions = (schema: string): Versions => ({
  statements: migrations(schema),
  table: "migrations",
  knownBy: "@keyline/postgres",
});

/**
 * Migrates the schema to the newest version; any number of processes may do it at once. If there is nothing to do it
 * only reads, so that an app may run without the right to create anything.
 */
export async function migrate(
  database: Database,
  schema: string,
  versions: Versions = storeVersions(schema),
): Promise<void> {
  const { statements, table } = versions;
  if ((await versionOf(database, schema, table)) === statements.length) return;
  await underLock(database, async (sql) => {
    const done = (await versionOf(sql, schema, table)) ?? (await prepare(sql, schema, table));
    if (done > statements.length) throw tooNew(schema, done, versions);
    for (const [index, ofVersion] of statements.slice(done).entries()) {
      for (const statement of ofVersion) await sql.query(statement);
      await sql.query(`insert into ${schema}.${table} (version) values ($1)`, [done + index + 1]);
    }
  });
}

async function prepare(sql: Sql, schema: string, table: string): Promise<number> {
  const found = await sql.query("select 1 from pg_catalog.pg_namespace where nspname = $1", [schema]);
  // `if not exists` would ask for the right to create schemas even where the schema exists.
  if (found.length === 0) await sql.query(`create schema ${schema}`);
  await sql.query(versionsTable(schema, table));
  return 0;
}

/** The statement that makes the table of versions. */
export const versionsTable = (schema: string, table: string): string =>
  `create table ${schema}.${table} (version integer primary key)`;

function tooNew(schema: string, done: number, { statements, knownBy }: Versions): KeylineError {
  return new KeylineError(
    "store_unavailable",
    `schema ${schema} is at version ${done}, this package knows ${statements.length}: update ${knownBy}`,
    { retryable: false },
  );
}
