import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError, type Store } from "@keyline/runtime";
import type { LaneChanges, OwnedLane } from "@keyline/runtime/store";
import { retry } from "@keyline/runtime/transport";
import { isConflict, storeError, writeError } from "./errors.js";
import { askRelease, readCommands, writeCommands } from "./lane/commands.js";
import { holds, lockOwn, nameOf } from "./lane/epoch.js";
import { readFirings, writeFirings } from "./lane/firings.js";
import { writePositions } from "./lane/positions.js";
import { writeOutbox, writeParked } from "./lane/queues.js";
import { readStates, writeStates } from "./lane/states.js";
import { readParked, readTimers, takeLane } from "./lane/take-lane.js";
import { migrate, underLock } from "./migrations/migrate.js";
import { resetLanes } from "./projections/reset.js";
import type { Database, Sql } from "./sql.js";

/** A store on PostgreSQL's SQL, which apps can also query. */
export interface SqlStore extends Store {
  /**
   * Migrates the schema to this version, as the first use does too. Then runs the app's own statements, e.g.
   * `create or replace view`, in one transaction. Any number of processes may call it at once; statements that create
   * something are not safe in that way when they go through `sql`.
   */
  migrate(statements?: readonly string[]): Promise<void>;
  /** Runs an app's own statement, e.g. to read a view over the states. Throws `store_unavailable`. */
  sql<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** How often a transaction runs that the database rolls back because another was in its way. */
const mostAttempts = 5;

/** The name of a schema, which goes into statements as it is. Throws `options_invalid` for one that is not plain. */
export function schemaName(schema = "keyline"): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return schema;
  throw new KeylineError("options_invalid", `schema ${JSON.stringify(schema)} must be a plain lower-case name`);
}

/**
 * The store over a database whose schema has a name of {@link schemaName}'s.
 * Invariant: no statement runs before the schema is up to date, and none after `close`. `migrated` is the one migration of
 * this store, forgotten when it failed, so that the next call tries it again.
 */
export function createSqlStore(database: Database, schema: string): SqlStore {
  let migrated: Promise<void> | null = null;
  let closed = false;

  const ready = () => {
    migrated ??= migrate(database, schema).catch((caught) => {
      migrated = null;
      throw caught;
    });
    return migrated;
  };

  const guarded = async <T>(doing: string, run: () => Promise<T>, errorOf = storeError): Promise<T> => {
    if (closed) throw new KeylineError("closed", `cannot ${doing}: the store was closed`);
    try {
      await ready();
      return await run();
    } catch (caught) {
      throw errorOf(caught, doing);
    }
  };

  const transaction = <T>(doing: string, run: (sql: Sql) => Promise<T>, errorOf = storeError) =>
    guarded(doing, () => repeated(() => database.transaction(run)), errorOf);

  const close = async ({ timeoutMs }: { readonly timeoutMs?: number } = {}) => {
    closed = true;
    const ended = database.close();
    await (timeoutMs === undefined ? ended : Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })]));
  };

  return {
    format: 2,
    migrate: (statements = []) =>
      guarded("bring the store's schema up to date", async () => {
        if (statements.length === 0) return;
        await underLock(database, async (sql) => {
          for (const statement of statements) await sql.query(statement);
        });
      }),
    sql: (text, params) => guarded("run a statement", () => database.query(text, params)),
    takeLane: (lane) => transaction(`take lane ${nameOf(lane)}`, (sql) => takeLane(sql, schema, lane)),
    readStates: (app, keys) => guarded("read states", () => readStates(database, schema, app, keys)),
    readTimers: (lane) => guarded(`read the timers of lane ${nameOf(lane)}`, () => readTimers(database, schema, lane)),
    readParked: (lane, key, limit) =>
      guarded("read parked events", () => readParked(database, schema, lane, key, limit)),
    askRelease: (app, command) => guarded("ask for a release", () => askRelease(database, schema, app, command)),
    readCommands: (lane) => guarded("read commands", () => readCommands(database, schema, lane)),
    readFirings: (app, key) => guarded("read firings", () => readFirings(database, schema, app, key)),
    write: (lane, changes) =>
      transaction(`write lane ${nameOf(lane)}`, (sql) => write(sql, schema, lane, changes), writeError),
    holds: (lane) => guarded(`look at lane ${nameOf(lane)}`, () => holds(database, schema, lane)),
    resetLanes: (request) => transaction(`reset ${request.app}`, (sql) => resetLanes(sql, schema, request), writeError),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** One statement a table, however many rows; any mismatch throws, which rolls all of it back. */
async function write(sql: Sql, schema: string, lane: OwnedLane, changes: LaneChanges): Promise<void> {
  await lockOwn(sql, schema, lane);
  await writePositions(sql, schema, lane, changes);
  await writeStates(sql, schema, lane, changes);
  await writeOutbox(sql, schema, lane, changes);
  await writeParked(sql, schema, lane, changes);
  await writeFirings(sql, schema, lane, changes);
  await writeCommands(sql, schema, lane, changes);
}

/** Runs a transaction again where the database rolled it back because another was in its way. */
function repeated<T>(run: () => Promise<T>): Promise<T> {
  let attempts = 0;
  const mayRetry = (caught: unknown) => {
    attempts += 1;
    return attempts < mostAttempts && isConflict(caught);
  };
  return retry({ firstPauseMs: 1, longestPauseMs: 16, mayRetry }, run);
}
