import { createServer } from "node:net";
import { inspect } from "node:util";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPostgresStore, type PostgresStoreOptions, type SqlStore } from "../src/index.js";
import { breakPool, type Fault, until } from "./faults.js";
import { onceOnPostgres } from "./suite/once-on-postgres.js";
import { storeSuite } from "./suite/suite.js";
import { codeOf, contentOf, empty, newLane, nothing, outbox, position, state, take } from "./suite/support.js";

let postgres: PostgresServer;
let store: SqlStore;
let admin: pg.Pool;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  store = createPostgresStore({ url: postgres.url });
  admin = newPool();
}, 120_000);
afterAll(async () => {
  for (const each of [store, ...opened]) await each.close();
  await postgres.stop();
});

function newPool(url = postgres.url): pg.Pool {
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", () => undefined);
  opened.push({ close: () => pool.end() });
  return pool;
}

function open(options: PostgresStoreOptions): SqlStore {
  const made = createPostgresStore(options);
  opened.unshift(made);
  return made;
}

const change = { ...nothing, positions: [position(null, 5)], states: [state("42", 0, {})], outboxAdded: [outbox(1)] };
const caughtOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe("the store on PostgreSQL", () => storeSuite(() => store));
describe("the table of ctx.once on PostgreSQL", () => onceOnPostgres(() => admin));

test("a connection that the server ends as soon as it is ready does not end the process", async () => {
  const pool = newPool();
  const own = open({ pool });
  await own.migrate();
  // Between the pool and the store nothing listens: a server that is shut down says so in that moment, too.
  pool.once("acquire", (client) => queueMicrotask(() => client.emit("error", new Error("ended by the server"))));
  expect(await codeOf(own.takeLane(newLane()))).toBe("done");
});

describe("migrations", () => {
  test("of many processes at once bring a fresh schema up to date once", async () => {
    for (const schema of ["fresh_1", "fresh_2", "fresh_3"]) {
      const stores = Array.from({ length: 6 }, () => open({ url: postgres.url, schema }));
      await Promise.all(stores.map((each) => each.migrate()));
      await Promise.all(stores.map((each) => each.migrate()));
      expect(await stores[0]?.sql(`select version from ${schema}.migrations`)).toEqual([
        { version: 1 },
        { version: 2 },
      ]);
    }
  });

  test("bring a schema of an earlier release up to date and keep what it holds", async () => {
    const schema = "earlier";
    const earlier = open({ url: postgres.url, schema });
    const lane = newLane();
    await earlier.takeLane(lane);
    await admin.query(
      `drop table ${schema}.firings, ${schema}.commands; delete from ${schema}.migrations where version = 2`,
    );
    const later = open({ url: postgres.url, schema });
    expect((await later.takeLane(lane)).epoch).toBe(2);
    expect(await later.readFirings(lane, "42")).toEqual([]);
  });

  test("run on first use, by any number of processes at once", async () => {
    const stores = Array.from({ length: 6 }, () => open({ url: postgres.url, schema: "first_use" }));
    const lane = newLane();
    const taken = await Promise.all(stores.map((each) => each.takeLane(lane)));
    expect(taken.map(({ epoch }) => epoch).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("take the app's own views along, by any number of processes at once", async () => {
    const view = "create or replace view with_views.lanes_seen as select app, lane from with_views.lanes";
    const stores = Array.from({ length: 6 }, () => open({ url: postgres.url, schema: "with_views" }));
    await Promise.all(stores.map((each) => each.migrate([view, view])));
    expect(await stores[0]?.sql("select * from with_views.lanes_seen")).toEqual([]);
  });

  test("need no right but to create in a schema that is there, and none once all is done", async () => {
    await admin.query(`
      create role plain login password 'plain';
      revoke create on database postgres from public;
      create schema given;
      grant usage, create on schema given to plain`);
    const url = postgres.url.replace("keyline:keyline@", "plain:plain@");
    const lane = newLane();
    expect((await open({ url, schema: "given" }).takeLane(lane)).epoch).toBe(1);
    await admin.query("revoke create on schema given from plain");
    expect((await open({ url, schema: "given" }).takeLane(lane)).epoch).toBe(2);
    const denied = await caughtOf(open({ url, schema: "not_given" }).takeLane(lane));
    expect(denied).toMatchObject({ code: "store_unavailable", retryable: false });
  });

  test("that fail leave nothing behind and are tried again at the next use", async () => {
    await admin.query("create schema half; create table half.outbox (mine integer)");
    const half = open({ url: postgres.url, schema: "half" });
    expect(await caughtOf(half.migrate())).toMatchObject({ code: "store_unavailable", retryable: false });
    expect((await admin.query("select 1 from pg_tables where schemaname = 'half'")).rows).toHaveLength(1);
    await admin.query("drop table half.outbox");
    expect((await half.takeLane(newLane())).epoch).toBe(1);
  });

  test("of a newer release are not touched", async () => {
    await open({ url: postgres.url, schema: "newer" }).migrate();
    await admin.query("insert into newer.migrations values (99)");
    const caught = await caughtOf(open({ url: postgres.url, schema: "newer" }).takeLane(newLane()));
    expect(caught).toMatchObject({ code: "store_unavailable", retryable: false });
    expect(String(caught)).toContain("schema newer is at version 99, this package knows 2");
  });
});

describe("a transaction", () => {
  let fault: Fault;
  let shaky: SqlStore;
  beforeEach(() => {
    fault = (_text, run) => run();
    const pool = newPool();
    breakPool(pool, (text, run) => fault(text, run));
    shaky = open({ pool, stallTimeoutMs: 300 });
  });

  test("whose connection dies after it wrote leaves nothing behind, and the store goes on", async () => {
    const lane = await take(store);
    const blocker = await admin.connect();
    await blocker.query("begin");
    await blocker.query("insert into keyline.states values ($1, $2, '42', 3, 1, '1', '1')", [lane.app, lane.domain]);
    const writing = caughtOf(store.write(lane, change));
    await until(
      admin,
      true,
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query like '%into keyline.states%'",
    );
    expect(await writing).toMatchObject({ code: "store_unavailable", retryable: true });
    await blocker.query("rollback");
    blocker.release();
    expect(await contentOf(store, lane, ["42"])).toEqual(empty);
    await store.write(await take(store, lane), change);
    expect((await contentOf(store, lane, ["42"])).states).toHaveLength(1);
  });

  test("whose answer to the commit is lost fails cleanly when it is tried again", async () => {
    const lane = await take(shaky);
    fault = async (text, run) => {
      const answer = await run();
      if (text === "commit") throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      return answer;
    };
    const only = { ...nothing, outboxAdded: [outbox(2)] };
    expect(await codeOf(shaky.write(lane, change))).toBe("outcome_unknown");
    expect(await codeOf(shaky.write(lane, only))).toBe("outcome_unknown");
    fault = (_text, run) => run();
    expect(await codeOf(shaky.write(lane, change))).toBe("lane_fenced");
    expect(await codeOf(shaky.write(lane, { ...nothing, states: change.states }))).toBe("state_conflict");
    expect(await codeOf(shaky.write(lane, only))).toBe("lane_fenced");
    const content = await contentOf(store, lane, ["42"]);
    expect(content.outbox.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(content.states.map(({ version }) => version)).toEqual([1]);
  });

  test("of a process that froze in its middle holds no other process up for longer than the limit", async () => {
    const lane = await take(shaky);
    const wakes = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    fault = async (text, run) => {
      if (text.includes("into keyline.states")) {
        frozen.resolve();
        await wakes.promise;
      }
      return run();
    };
    const writing = caughtOf(shaky.write(lane, change));
    await frozen.promise;
    expect((await store.takeLane(lane)).epoch).toBe(2);
    wakes.resolve();
    expect(await writing).toMatchObject({ code: "store_unavailable", retryable: true });
    expect(await contentOf(store, lane, ["42"])).toEqual(empty);
  });

  test.each(["40P01", "40001"])("that the database rolls back for another (%s) runs again", async (code) => {
    const lane = await take(shaky);
    let runs = 0;
    fault = (text, run) => {
      if (!text.includes("into keyline.states")) return run();
      runs += 1;
      return runs < 3 ? Promise.reject(Object.assign(new Error("in the way"), { code })) : run();
    };
    await shaky.write(lane, change);
    expect(runs).toBe(3);
    expect((await contentOf(store, lane, ["42"])).states.map(({ version }) => version)).toEqual([1]);
  });

  test("never deadlocks with another lane's over keys in common, in whatever order they come", async () => {
    const deadlocks: unknown[] = [];
    fault = (_text, run) =>
      run().catch((caught: { code?: string }) => {
        if (caught.code === "40P01") deadlocks.push(caught);
        throw caught;
      });
    const keys = Array.from({ length: 500 }, (_, index) => String(index));
    const app = newLane();
    const owned = await Promise.all([3, 4].map((lane) => take(shaky, { ...app, lane })));
    const codes = await Promise.all(
      owned.map((lane, index) => {
        const inOrder = index === 0 ? keys : keys.toReversed();
        return codeOf(shaky.write(lane, { ...nothing, states: inOrder.map((key) => state(key, 0, index)) }));
      }),
    );
    expect(codes.toSorted()).toEqual(["done", "state_conflict"]);
    expect(deadlocks).toEqual([]);
  });

  test("that is rolled back for another every time is given up, retryable", async () => {
    const lane = await take(shaky);
    let runs = 0;
    fault = (text, run) => {
      if (!text.includes("into keyline.states")) return run();
      runs += 1;
      return Promise.reject(Object.assign(new Error("deadlock detected"), { code: "40P01" }));
    };
    expect(await caughtOf(shaky.write(lane, change))).toMatchObject({ code: "store_unavailable", retryable: true });
    expect(runs).toBe(5);
    expect(await contentOf(store, lane, ["42"])).toEqual(empty);
  });
});

describe("a server", () => {
  const secret = "s3cret-word";

  test("that is away is a retryable error without the password", async () => {
    const away = open({ url: `postgres://keyline:${secret}@127.0.0.1:1/none` });
    const caught = await caughtOf(away.holds({ ...newLane(), epoch: 1 }));
    expect(caught).toMatchObject({ code: "store_unavailable", retryable: true });
    expect(inspect(caught, { depth: 10 })).not.toContain(secret);
  });

  test("that refuses the password is an error for good, without the password", async () => {
    const url = postgres.url.replace("keyline:keyline@", `keyline:${secret}@`);
    const caught = await caughtOf(open({ url }).holds({ ...newLane(), epoch: 1 }));
    expect(caught).toMatchObject({ code: "store_unavailable", retryable: false });
    expect(inspect(caught, { depth: 10 })).not.toContain(secret);
  });

  test("given by what is not a URL is refused without the password", () => {
    const opening = () => createPostgresStore({ url: `postgres://keyline:${secret}@:99999999` });
    expect(opening).toThrow("[options_invalid] the url of the store is not a valid URL");
    expect(opening).not.toThrow(secret);
  });

  test("that never answers is an error after the time for connecting", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const waiting = open({ url: `postgres://keyline@127.0.0.1:${port}/none`, connectTimeoutMs: 100 });
    const caught = await caughtOf(waiting.takeLane(newLane()));
    expect(caught).toMatchObject({ code: "store_unavailable", retryable: true });
    silent.close();
  });
});

describe("close", () => {
  test("ends the connections that the store opened", async () => {
    const url = `${postgres.url}?application_name=closing`;
    const closing = createPostgresStore({ url });
    await closing.migrate();
    const connections = "select 1 from pg_stat_activity where application_name = 'closing'";
    await until(admin, true, connections);
    await closing.close();
    await closing.close();
    await until(admin, false, connections);
    expect(await codeOf(closing.takeLane(newLane()))).toBe("closed");
  });

  test("leaves the caller's pool open", async () => {
    const pool = newPool();
    const lent = createPostgresStore({ pool });
    await lent.takeLane(newLane());
    await lent.close();
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect(await codeOf(lent.takeLane(newLane()))).toBe("closed");
  });
});
