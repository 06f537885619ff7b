import type { PostgresStoreOptions } from "./drivers/postgres-store.js";
import { openDatabase } from "./drivers/postgres-store.js";
import { storeError } from "./errors.js";
import { migrations } from "./migrations/list.js";
import { versionOf } from "./migrations/version.js";
import { listParkedEvents, type ParkedEventOfKey } from "./parked/events.js";
import { describeProjections, type ProjectionsState } from "./projections/describe.js";
import { schemaName } from "./store.js";

/** The version of a store's schema, and the version of this package. */
export interface StoreVersion {
  /** Null if no app has used the schema yet. */
  readonly found: number | null;
  readonly known: number;
}

/** Reads a store and changes nothing; it does not create missing tables. */
export interface StoreReader {
  /** The version of the store. Throws `store_unavailable`. */
  version(): Promise<StoreVersion>;
  /**
   * The parked events of a key, over all apps, in the order of parking, at most `limit`; none if the store does not
   * exist yet. Throws `store_unavailable`, also for a store of another version.
   */
  parkedEvents(key: {
    readonly domain: string;
    readonly key: string;
    readonly limit: number;
  }): Promise<readonly ParkedEventOfKey[]>;
  /**
   * The state of all projections, or of those of one app; none if the store does not exist yet. Throws
   * `store_unavailable`, also for a store of another version.
   */
  projections(asked: { readonly app: string | null; readonly nowMs: number }): Promise<ProjectionsState>;
  close(): Promise<void>;
}

/**
 * Opens a store for reading only; it connects at the first use. Throws `options_invalid` as `createPostgresStore` does.
 */
export function createStoreReader(options: PostgresStoreOptions): StoreReader {
  const schema = schemaName(options.schema);
  const database = openDatabase(options);
  const guarded = async <T>(doing: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (caught) {
      throw storeError(caught, doing);
    }
  };
  const version = async (): Promise<StoreVersion> => ({
    found: await versionOf(database, schema),
    known: migrations(schema).length,
  });
  /** Whether the store is there. Throws for one of another version. */
  const isThere = async () => {
    const { found, known } = await version();
    if (found === null || found === known) return found !== null;
    throw new Error(`schema ${schema} is at version ${found}, this package knows ${known}`);
  };
  return {
    version: () => guarded("ask for the store's version", version),
    parkedEvents: (key) =>
      guarded("read parked events", async () => ((await isThere()) ? listParkedEvents(database, key, schema) : [])),
    projections: (asked) =>
      guarded("read projections", async () =>
        (await isThere()) ? describeProjections(database, schema, asked) : { lanes: [], tables: [] },
      ),
    close: () => database.close(),
  };
}
