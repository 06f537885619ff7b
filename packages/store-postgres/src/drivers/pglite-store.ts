import type { PGlite, Transaction } from "@electric-sql/pglite";
import type { Database, Sql } from "../sql.js";
import { createSqlStore, type SqlStore, schemaName } from "../store.js";

/** Where a PGlite store keeps its data. */
export interface PgliteStoreOptions {
  /** A folder; without one everything is in memory and gone with the process. */
  readonly dataDir?: string;
  /** A database that is open already; it is not closed with the store. Wins over `dataDir`. */
  readonly database?: PGlite;
  /** The schema that holds the tables: a lower-case name. Default `keyline`; two stores of one name share all rows. */
  readonly schema?: string;
}

/**
 * A store on PGlite: PostgreSQL in this process, nothing to install. One process at a time may use a folder.
 * Throws `options_invalid` for a schema that is not a plain name; what PGlite throws when it cannot open the folder.
 */
export async function pgliteStore(options: PgliteStoreOptions = {}): Promise<SqlStore> {
  const schema = schemaName(options.schema);
  const database = options.database ?? (await open(options.dataDir ?? "memory://"));
  return createSqlStore(databaseOf(database, options.database === undefined), schema);
}

async function open(dataDir: string): Promise<PGlite> {
  // Loaded here alone: an app on PostgreSQL does not pay for it.
  const { PGlite } = await import("@electric-sql/pglite");
  return PGlite.create(dataDir);
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
