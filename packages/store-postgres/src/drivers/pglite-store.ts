import type { PGlite, Transaction } from "@electric-sql/pglite";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import type { Database } from "../sql.js";
import { createSqlStore, type SqlStore, schemaName } from "../store.js";

/** Where a PGlite store keeps its data. */
export interface PgliteStoreOptions {
  /** The folder of the data; without one, all data is in memory and lost with the process. */
  readonly dataDir?: string;
  /** A database that is already open; it is not closed with the store. Takes precedence over `dataDir`. */
  readonly database?: PGlite;
  /** The schema of the tables: a lower-case name. Default `keyline`; two stores with the same schema share all rows. */
  readonly schema?: string;
}

const names: NamesOf<PgliteStoreOptions> = { dataDir: true, database: true, schema: true };

/**
 * Creates a store on PGlite: PostgreSQL inside this process, nothing to install. It opens the folder at the first use;
 * only one process at a time may use a folder. Throws `options_invalid` for a schema that is not a plain name, and for
 * an unknown option.
 */
export function createPgliteStore(options: PgliteStoreOptions = {}): SqlStore {
  const schema = schemaName(options.schema);
  return createSqlStore(openPglite(options), schema);
}

/** Opens the database without a store. Throws `options_invalid` for an unknown option. */
export function openPglite(options: PgliteStoreOptions = {}): Database {
  checkNames("cannot open the store", options, names);
  const { database } = options;
  if (!database) {
    const opened = openOnce(options.dataDir ?? "memory://");
    return databaseOf(opened.get, opened.close);
  }
  return databaseOf(
    async () => database,
    async () => undefined,
  );
}

/** Invariant: the folder is opened at most once at a time; an opening that failed is tried again by the next use. */
function openOnce(dataDir: string) {
  let opening: Promise<PGlite> | null = null;
  return {
    get(): Promise<PGlite> {
      opening ??= open(dataDir).catch((caught) => {
        opening = null;
        throw caught;
      });
      return opening;
    },
    async close() {
      const database = await opening?.catch(() => undefined);
      if (database && !database.closed) await database.close();
    },
  };
}

async function open(dataDir: string): Promise<PGlite> {
  // Loaded here alone: an app on PostgreSQL does not pay for it.
  const { PGlite } = await import("@electric-sql/pglite");
  return PGlite.create(dataDir);
}

function databaseOf(get: () => Promise<PGlite>, close: () => Promise<void>): Database {
  const rowsOf = async <Row>(target: PGlite | Transaction, text: string, params: readonly unknown[]) =>
    (await target.query<Row>(text, [...params])).rows;
  return {
    query: async (text, params = []) => rowsOf(await get(), text, params),
    transaction: async (run) => {
      const database = await get();
      return database.transaction((transaction) =>
        run({ query: (text, params = []) => rowsOf(transaction, text, params) }),
      );
    },
    listen: async (channel, heard) => (await get()).listen(channel, heard),
    close,
  };
}
