import { PGlite, type Transaction } from "@electric-sql/pglite";
import type { Database, Sql } from "./sql.js";
import { createSqlStore, type SqlStore } from "./store.js";

/** Where a PGlite store keeps its data. */
export interface PgliteStoreOptions {
  /** A folder; without one everything is in memory and gone with the process. */
  readonly dataDir?: string;
  /** A database that is open already; it is not closed with the store. */
  readonly database?: PGlite;
  /** The schema that holds the tables. Default `keyline`. */
  readonly schema?: string;
}

/** A store on PGlite: PostgreSQL in this process, nothing to install. One process at a time may use a folder. */
export async function pgliteStore(options: PgliteStoreOptions = {}): Promise<SqlStore> {
  const database = options.database ?? (await PGlite.create(options.dataDir ?? "memory://"));
  return createSqlStore(databaseOf(database, options.database === undefined), options.schema ?? "keyline");
}

function databaseOf(pglite: PGlite, owned: boolean): Database {
  const on = (target: PGlite | Transaction): Sql => ({
    query: async <Row>(text: string, params: readonly unknown[] = []) =>
      (await target.query<Row>(text, [...params])).rows,
  });
  return {
    ...on(pglite),
    transaction: (run) => pglite.transaction((transaction) => run(on(transaction))),
    close: async () => {
      if (owned && !pglite.closed) await pglite.close();
    },
  };
}
