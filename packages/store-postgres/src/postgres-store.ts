import { Pool, type PoolClient } from "pg";
import type { Database, Sql } from "./sql.js";
import { createSqlStore, type SqlStore } from "./store.js";

/** Which PostgreSQL a store uses. */
export type PostgresStoreOptions = {
  /** The schema that holds the tables. Default `keyline`. */
  readonly schema?: string;
} & (
  | {
      /** `postgres://user:password@host:port/database`. */
      readonly url: string;
      /** Connections at most. Default 10; each lane writes with one at a time. */
      readonly maxConnections?: number;
    }
  | {
      /** A pool of the caller's; it is not closed with the store. */
      readonly pool: Pool;
    }
);

/** A store on PostgreSQL, for any number of processes. */
export function postgresStore(options: PostgresStoreOptions): SqlStore {
  const owned = "url" in options;
  const pool = owned ? new Pool({ connectionString: options.url, max: options.maxConnections ?? 10 }) : options.pool;
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  if (owned) pool.on("error", () => undefined);
  return createSqlStore(databaseOf(pool, owned), options.schema ?? "keyline");
}

function databaseOf(pool: Pool, owned: boolean): Database {
  const on = (target: Pool | PoolClient): Sql => ({
    query: async <Row>(text: string, params: readonly unknown[] = []) =>
      (await target.query(text, [...params])).rows as Row[],
  });
  return {
    ...on(pool),
    transaction: async (run) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      // A connection that breaks while in use says so by an event too, which would end the process unheard.
      const onError = (error: Error) => {
        broken = error;
      };
      client.on("error", onError);
      try {
        await client.query("begin");
        const result = await run(on(client));
        await client.query("commit");
        return result;
      } catch (caught) {
        await client.query("rollback").catch(onError);
        throw caught;
      } finally {
        // A connection that cannot even roll back is thrown away: its transaction ends with it.
        client.off("error", onError);
        client.release(broken);
      }
    },
    close: async () => {
      if (owned && !pool.ended) await pool.end();
    },
  };
}
