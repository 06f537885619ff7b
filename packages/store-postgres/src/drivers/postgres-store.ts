import { KeylineError } from "@keyline/runtime";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { Pool, type PoolClient } from "pg";
import { isOfConnection } from "../errors.js";
import { type Database, type Sql, UnknownCommit } from "../sql.js";
import { createSqlStore, type SqlStore, schemaName } from "../store.js";

/** The PostgreSQL server of a store. */
export type PostgresStoreOptions = {
  /** The schema of the tables: a lower-case name. Default `keyline`; two stores with the same schema share all rows. */
  readonly schema?: string;
  /**
   * How long a transaction may be idle (milliseconds) before the server ends it. Default 10,000. A process that is
   * frozen inside a transaction keeps its lane's row locked for that long, and no other process can take the lane.
   */
  readonly stallTimeoutMs?: number;
} & (
  | {
      /** `postgres://user:password@host:port/database`. */
      readonly url: string;
      /** Connections at most. Default 10; each lane writes with one at a time, and waits when there are fewer. */
      readonly maxConnections?: number;
      /** How long to wait for a connection (milliseconds) before `store_unavailable`. Default 10,000. */
      readonly connectTimeoutMs?: number;
    }
  | {
      /** A pool of the caller's; it is not closed with the store. */
      readonly pool: Pool;
    }
);

/**
 * Creates a store on PostgreSQL, for any number of processes; it connects at the first use. It needs no superuser: the
 * right to create the schema, or an existing schema, is enough. Throws `options_invalid` for an invalid URL, for a
 * schema that is not a plain name, and for an unknown option.
 */
export function createPostgresStore(options: PostgresStoreOptions): SqlStore {
  const schema = schemaName(options.schema);
  return createSqlStore(openDatabase(options), schema);
}

const names: NamesOf<PostgresStoreOptions> = {
  schema: true,
  stallTimeoutMs: true,
  url: true,
  maxConnections: true,
  connectTimeoutMs: true,
  pool: true,
};

/** Opens the database without a store. Throws `options_invalid` for an invalid URL, and for an unknown option. */
export function openDatabase(options: PostgresStoreOptions): Database {
  checkNames("cannot open the store", options, names);
  const owned = "url" in options;
  const pool = owned ? openPool(options) : options.pool;
  return databaseOf(pool, owned, options.stallTimeoutMs ?? 10_000);
}

function openPool(options: Extract<PostgresStoreOptions, { url: string }>): Pool {
  if (!URL.canParse(options.url)) {
    // Without the URL itself: it may hold a password.
    throw new KeylineError(
      "options_invalid",
      "the url of the store is not a valid URL: give postgres://user@host:port/database",
    );
  }
  const pool = new Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    keepAlive: true,
  });
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  pool.on("error", () => undefined);
  return pool;
}

function on(target: Pool | PoolClient): Sql {
  return {
    query: async <Row>(text: string, params: readonly unknown[] = []) =>
      (await target.query(text, [...params])).rows as Row[],
  };
}

function databaseOf(pool: Pool, owned: boolean, stallTimeoutMs: number): Database {
  // The pool listens while a connection is idle, and `withClient` once it has it: one that is ended by the server in the
  // very answer that made it ready is heard by neither, and would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  // One round trip for both; the limit holds for this transaction alone, for the connection may be the caller's.
  const begin = `begin isolation level read committed; set local idle_in_transaction_session_timeout = ${Math.round(stallTimeoutMs)}`;
  return {
    ...on(pool),
    transaction: (run) => withClient(pool, (client) => transact(client, begin, run)),
    listen: (channel, heard, lost) => listenOn(pool, channel, heard, lost),
    close: async () => {
      if (owned && !pool.ended) await pool.end();
    },
  };
}

/**
 * Listens by a connection of the pool's, which it keeps.
 * Invariant: once `ended` the connection is the pool's to throw away, and `lost` was called if it had broken before.
 */
async function listenOn(pool: Pool, channel: string, heard: (payload: string) => void, lost: () => void) {
  const client = await pool.connect();
  let ended = false;
  const end = (broken?: Error) => {
    if (ended) return;
    ended = true;
    // A connection that listens is of no use to others.
    client.release(broken ?? true);
  };
  client.on("notification", ({ payload = "" }) => heard(payload));
  const breaks = (broken?: Error) => {
    if (!ended) lost();
    end(broken);
  };
  client.on("error", breaks);
  client.on("end", () => breaks());
  try {
    await client.query(`listen ${channel}`);
  } catch (caught) {
    end();
    throw caught;
  }
  return async () => end();
}

async function transact<T>(client: PoolClient, begin: string, run: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query(begin);
  const result = await run(on(client));
  await client.query("commit").catch((caught) => {
    // What the server refuses is rolled back. If the connection breaks, or the server ends it, the outcome is not known.
    throw isOfConnection(caught) ? new UnknownCommit(caught.message, { cause: caught }) : caught;
  });
  return result;
}

/** A connection of the pool's; one whose transaction cannot be rolled back is thrown away, and that ends it. */
async function withClient<T>(pool: Pool, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks while in use says so by an event too, which would end the process unheard.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  try {
    return await run(client);
  } catch (caught) {
    await client.query("rollback").catch(onError);
    throw caught;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}
