import { createOnceTable, onceTableSql } from "@keyline/postgres";
import type { Execute, OnceTable } from "@keyline/runtime/store";
import pg, { type Pool } from "pg";

/** A database that handlers write to. */
export interface HandlersDatabase {
  readonly name: string;
  /** A second transaction may begin while one is open: PGlite has one connection. */
  readonly isConcurrent: boolean;
  /** Runs statements, each committed. */
  run(sql: string): Promise<unknown>;
  /** Runs in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(run: (execute: Execute) => Promise<T>): Promise<T>;
}

/** The table of `ctx.once`, and one of the app's own beside it. */
export interface HandlersTables {
  readonly once: OnceTable;
  readonly transaction: HandlersDatabase["transaction"];
  /** Adds a line to the app's table. */
  add(execute: Execute, line: string): Promise<void>;
  /** The lines that were committed, in order. */
  lines(): Promise<readonly string[]>;
}

/** Makes both in a schema of their own. */
export async function openTables({ run, transaction }: HandlersDatabase, schema: string): Promise<HandlersTables> {
  await run(onceTableSql({ schema }));
  await run(`create table ${schema}.lines (id integer generated always as identity, line text not null)`);
  return {
    once: createOnceTable({ schema }),
    transaction,
    add: async (execute, line) => void (await execute(`insert into ${schema}.lines (line) values ($1)`, [line])),
    lines: () =>
      transaction(async (execute) => {
        const result = await execute(`select line from ${schema}.lines order by id`, []);
        return (result as { readonly rows: readonly { readonly line: string }[] }).rows.map(({ line }) => line);
      }),
  };
}

/** A pool of connections. That the server ends one, as when a test stops it, is not an error. */
export function openPool(url: string): Pool {
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** PostgreSQL by node-postgres. */
export const databaseOf = (pool: () => Pool): HandlersDatabase => ({
  name: "PostgreSQL",
  isConcurrent: true,
  run: (sql) => pool().query(sql),
  async transaction(run) {
    const client = await pool().connect();
    try {
      await client.query("begin");
      const result = await run((sql, params) => client.query(sql, params));
      await client.query("commit");
      return result;
    } catch (caught) {
      await client.query("rollback");
      throw caught;
    } finally {
      client.release();
    }
  },
});
