import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { createRandom } from "@keyline/runtime/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createOutbox,
  createRelay,
  type Execute,
  migrateOutbox,
  type OutboxWriter,
  openPostgres,
  type Relay,
  type RelayOptions,
} from "../src/index.js";
import { topicCounts, topics } from "./topics.js";
import { seenOn, until } from "./world.js";

let postgres: PostgresServer;
let pool: pg.Pool;
const closing: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  pool = newPool();
}, 120_000);
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each.close();
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

function newPool(): pg.Pool {
  const made = new pg.Pool({ connectionString: postgres.url, max: 12 });
  made.on("error", () => undefined);
  made.on("connect", (client) => client.on("error", () => undefined));
  return made;
}

let schemas = 0;
async function open() {
  schemas += 1;
  const schema = `outbox_${schemas}`;
  const database = openPostgres({ url: postgres.url });
  closing.push(database);
  await migrateOutbox(database, schema);
  const cluster = createMemoryCluster({ seed: schemas });
  for (const [name, partitions] of Object.entries(topicCounts)) cluster.createTopic(name, { partitions });
  const outbox = createOutbox(topics, { source: "shop", schema });
  const polling: unknown[] = [];
  const relay = async (options: Partial<RelayOptions> = {}): Promise<Relay> => {
    const transport = cluster.transport();
    const hooks = { polling: ({ error }: { error: unknown }) => polling.push(error) };
    const made = createRelay({
      ...{ topics, transport, database, schema, hooks, pollMs: 5, leaseMs: 2000, retryParkedMs: 20, ...options },
    });
    closing.push({ close: () => made.close({ timeoutMs: 1000 }) });
    await made.start();
    return made;
  };
  const rows = async () => (await pool.query(`select id from ${schema}.outbox_events`)).rowCount ?? 0;
  const drained = () => until(async () => (await rows()) === 0);
  const numbersOf = (key: string) =>
    seenOn(cluster)
      .filter((seen) => seen.key === key)
      .map(({ n }) => n);
  return { schema, database, cluster, outbox, relay, polling, rows, drained, numbersOf };
}

type World = Awaited<ReturnType<typeof open>>;
type Writer = OutboxWriter<typeof topics>;

/** A transaction on a connection of its own; a failure rolls it back and is thrown. */
async function inTransaction<T>(
  { outbox }: World,
  run: (writer: Writer, execute: Execute) => Promise<T>,
  begin = "begin",
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    const execute: Execute = (sql, params) => client.query(sql, params);
    const result = await run(outbox.within(execute), execute);
    await client.query("commit");
    return result;
  } catch (caught) {
    await client.query("rollback");
    throw caught;
  } finally {
    client.release();
  }
}

const sqlStateOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (caught: { readonly code?: string }) => caught.code,
  );

describe("many writers on few keys", () => {
  // How many events of the key the database had, seen under the key's lock: two that saw as many would clash.
  const witness = (schema: string) => `insert into ${schema}.witness (key, place, n)
    select $1::text, count(*), ($2::text)::bigint from ${schema}.witness where key = $1::text`;

  test("are published in the order of their commits, whatever rolls back, and while relays end and come", async () => {
    const world = await open();
    const { schema, relay, drained } = world;
    await pool.query(`create table ${schema}.witness (key text, place bigint, n bigint, primary key (key, place))`);
    const random = createRandom(11);
    const keys = ["a", "b", "c"];
    const one = async (writerNumber: number, turn: number) => {
      const chosen = keys.filter(() => random.chance(0.6));
      const n = writerNumber * 1000 + turn;
      await inTransaction(world, async (writer, execute) => {
        for (const order of chosen) {
          await writer.placed({ order, n });
          await execute(witness(schema), [order, String(n)]);
          await execute("savepoint before", []);
          await writer.placed({ order: `${order} undone`, n });
          await execute("rollback to savepoint before", []);
        }
        if (random.chance(0.2)) throw new Error("the app changed its mind");
      }).catch((caught: Error) => expect(caught.message).toBe("the app changed its mind"));
    };
    const write = (from: number, to: number) =>
      Array.from({ length: 8 }, async (_, writer) => {
        for (let turn = from; turn < to; turn += 1) await one(writer, turn);
      });
    // Some before any relay is there, so that many rows of a key wait.
    await Promise.all(write(0, 8));
    const [first] = await Promise.all([relay(), relay({ maxRows: 7 })]);
    await Promise.all([...write(8, 16), first.close().then(() => relay())]);
    await drained();
    for (const key of keys) {
      const { rows } = await pool.query(`select n::integer as n from ${schema}.witness where key = $1 order by place`, [
        key,
      ]);
      const firsts = world.numbersOf(key).filter((n, at, all) => all.indexOf(n) === at);
      expect(firsts).toEqual(rows.map(({ n }) => n));
      expect(world.numbersOf(`${key} undone`)).toEqual([]);
    }
  }, 120_000);
});

test("a pool in the place of a transaction is refused", async () => {
  const { outbox, rows } = await open();
  const { placed } = outbox.within((sql, params) => pool.query(sql, params));
  expect(await sqlStateOf(placed({ order: "a", n: 1 }))).toBe("not_in_transaction");
  expect(await rows()).toBe(0);
});

test("a role that writes needs to insert and to take a number, and no more", async () => {
  const world = await open();
  const { schema } = world;
  await pool.query(`create role writer_of_${schema};
    grant usage on schema ${schema} to writer_of_${schema};
    grant usage on sequence ${schema}.outbox_numbers to writer_of_${schema};
    grant insert on ${schema}.outbox_events to writer_of_${schema}`);
  await inTransaction(world, async ({ placed }, execute) => {
    await execute(`set local role writer_of_${schema}`, []);
    await placed({ order: "a", n: 1 });
  });
  await world.relay();
  await world.drained();
  expect(world.numbersOf("a")).toEqual([1]);
});

test("two keys in opposite order end in a deadlock that the caller sees as the driver threw it, and may try again", async () => {
  const world = await open();
  const met = Promise.withResolvers<void>();
  let waiting = 0;
  const write = (first: string, second: string, n: number) =>
    inTransaction(world, async ({ placed }) => {
      await placed({ order: first, n });
      waiting += 1;
      if (waiting === 2) met.resolve();
      await met.promise;
      await placed({ order: second, n });
    });
  const outcomes = await Promise.all([sqlStateOf(write("a", "b", 1)), sqlStateOf(write("b", "a", 2))]);
  expect(outcomes.toSorted()).toEqual(["40P01", "done"]);
  const lost = outcomes.indexOf("40P01") + 1;
  await write(...((lost === 1 ? ["a", "b"] : ["b", "a"]) as [string, string]), lost);
  await world.relay();
  await world.drained();
  expect(world.numbersOf("a").toSorted()).toEqual([1, 2]);
  expect(world.numbersOf("a")).toEqual(world.numbersOf("b"));
});

test("of transactions that cannot be serialised the one that fails publishes nothing, and its error is the driver's", async () => {
  const world = await open();
  await pool.query(`create table ${world.schema}.counts (n integer); insert into ${world.schema}.counts values (0)`);
  const read = Promise.withResolvers<void>();
  let readers = 0;
  const write = (order: string, n: number) =>
    inTransaction(
      world,
      async ({ placed }, execute) => {
        await execute(`select n from ${world.schema}.counts`, []);
        readers += 1;
        if (readers === 2) read.resolve();
        await read.promise;
        await execute(`update ${world.schema}.counts set n = n + 1`, []);
        await placed({ order, n });
      },
      "begin isolation level serializable",
    );
  const outcomes = await Promise.all([sqlStateOf(write("a", 1)), sqlStateOf(write("b", 2))]);
  expect(outcomes.toSorted()).toEqual(["40001", "done"]);
  await world.relay();
  await world.drained();
  const winner = outcomes[0] === "done" ? "a" : "b";
  expect(seenOn(world.cluster).map(({ key }) => key)).toEqual([winner]);
});

test("a transaction that saw the database before it waited for a key is numbered behind the one that it waited for", async () => {
  const world = await open();
  const hasLock = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const first = inTransaction(world, async ({ placed }) => {
    await placed({ order: "a", n: 1 });
    hasLock.resolve();
    await mayCommit.promise;
  });
  await hasLock.promise;
  const second = inTransaction(
    world,
    async ({ placed }, execute) => {
      await execute("select 1", []);
      const written = placed({ order: "a", n: 2 });
      mayCommit.resolve();
      await written;
    },
    "begin isolation level repeatable read",
  );
  await Promise.all([first, second]);
  await world.relay();
  await world.drained();
  expect(world.numbersOf("a")).toEqual([1, 2]);
});

test("a row whose lower number commits later is not missed", async () => {
  const world = await open();
  await world.relay();
  const mayCommit = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const late = inTransaction(world, async ({ placed }) => {
    await placed({ order: "late", n: 1 });
    written.resolve();
    await mayCommit.promise;
  });
  await written.promise;
  for (let n = 0; n < 20; n += 1) await inTransaction(world, ({ placed }) => placed({ order: `k${n}`, n }));
  await world.drained();
  mayCommit.resolve();
  await late;
  await until(() => world.numbersOf("late").length === 1);
});

test("a relay whose lease has ended publishes nothing that it has not begun, and loses its slots to the next", async () => {
  const world = await open();
  const stuck = Promise.withResolvers<void>();
  const { database } = world;
  // It stands still where it renews its lease, and goes on where it looks for rows.
  const standing = { ...database, transaction: async () => stuck.promise as never };
  let isStuck = false;
  const slow = await world.relay({
    leaseMs: 300,
    database: { ...database, transaction: (run) => (isStuck ? standing.transaction() : database.transaction(run)) },
  });
  isStuck = true;
  const next = await world.relay({ leaseMs: 300 });
  await until(() => next.standing().slots === 64);
  expect(slow.standing().slots).toBe(64);
  const numbers = Array.from({ length: 30 }, (_, n) => n);
  for (const n of numbers) await inTransaction(world, ({ placed }) => placed({ order: "a", n }));
  await world.drained();
  expect(world.numbersOf("a")).toEqual(numbers);
  stuck.resolve();
});

test("a wall clock that jumps in the relay's process changes nothing", async () => {
  const world = await open();
  const now = Date.now;
  try {
    const relays = [await world.relay({ leaseMs: 500 }), await world.relay({ leaseMs: 500 })];
    let n = 0;
    for (const jumpMs of [86_400_000, -86_400_000, 0]) {
      Date.now = () => now() + jumpMs;
      for (let count = 0; count < 5; count += 1, n += 1)
        await inTransaction(world, ({ placed }) => placed({ order: "a", n }));
      await world.drained();
      expect(relays.reduce((sum, relay) => sum + relay.standing().slots, 0)).toBeLessThanOrEqual(64);
    }
    expect(world.numbersOf("a")).toEqual(Array.from({ length: 15 }, (_, at) => at));
  } finally {
    Date.now = now;
  }
});

test("a clock of the database that jumps ends leases too early or too late, and changes no order", async () => {
  const world = await open();
  const relays = [await world.relay({ leaseMs: 600 }), await world.relay({ leaseMs: 600 })];
  // What was noted lies as far from the clock as after a jump. A relay may lock the rows in another order: then once more.
  const jump = async (by: string): Promise<unknown> => {
    const noted = `update ${world.schema}.outbox_slots set leased_until = leased_until - interval '${by}';
      update ${world.schema}.outbox_relays set alive_until = alive_until - interval '${by}'`;
    return pool.query(noted).catch((error: { readonly code?: string }) => {
      if (error.code !== "40P01") throw error;
      return jump(by);
    });
  };
  let n = 0;
  for (const by of ["1 day", "-1 day", "1 day"]) {
    const written = Array.from({ length: 30 }, () => n++);
    for (const each of written) {
      if (each % 30 === 10) await jump(by);
      await inTransaction(world, ({ placed }) => placed({ order: "a", n: each }));
    }
    await world.drained();
    await until(() => relays.reduce((sum, relay) => sum + relay.standing().slots, 0) === 64);
  }
  const numbers = world.numbersOf("a");
  expect(numbers.filter((one, at) => numbers.indexOf(one) === at)).toEqual(Array.from({ length: n }, (_, at) => at));
});

describe("notifications", () => {
  test("wake a relay, until its connection ends; then it looks at intervals, and says so", async () => {
    const world = await open();
    const relay = await world.relay({ pollMs: 60_000 });
    await until(() => relay.standing().wakesBy === "notification");
    await inTransaction(world, ({ placed }) => placed({ order: "a", n: 1 }));
    await world.outbox.wake((sql, params) => pool.query(sql, params));
    await until(() => world.numbersOf("a").length === 1);
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and pid <> pg_backend_pid()",
    );
    await until(() => relay.standing().wakesBy === "polling");
    expect(world.polling.length).toBe(1);
  });

  test("that do not fit the server's queue fail where they are sent, and rows are found without them", async () => {
    await pool.query("alter system set max_notify_queue_pages = 64");
    await pool.end();
    await postgres.restart();
    pool = newPool();
    const world = await open();
    // Who listens within a transaction keeps all that is notified since.
    const listener = await pool.connect();
    await listener.query("listen anything");
    await listener.query("begin");
    await listener.query("select 1");
    const payload = "x".repeat(7000);
    const fill = async () => {
      for (let n = 0; n < 400; n += 1) await pool.query("select pg_notify('anything', $1)", [`${n} ${payload}`]);
    };
    expect(await sqlStateOf(fill())).toBe("54000");
    const relay = await world.relay();
    await inTransaction(world, ({ placed }) => placed({ order: "a", n: 1 }));
    expect(await sqlStateOf(world.outbox.wake((sql, params) => pool.query(sql, params)))).toBe("54000");
    await world.drained();
    expect(world.numbersOf("a")).toEqual([1]);
    await until(() => world.polling.length === 1);
    expect(relay.standing()).toMatchObject({ wakesBy: "polling", waitsFor: null });
    await listener.query("rollback");
    listener.release(true);
    await pool.query("alter system reset max_notify_queue_pages");
  });
});

test("a database that ends and comes back loses nothing, and nothing is parked", async () => {
  const world = await open();
  const parked: unknown[] = [];
  const waiting: string[] = [];
  const relay = await world.relay({
    hooks: { parked: (event) => parked.push(event), waiting: (event) => waiting.push(event.for) },
  });
  for (let n = 0; n < 5; n += 1) await inTransaction(world, ({ placed }) => placed({ order: "a", n }));
  await pool.end();
  await postgres.restart();
  pool = newPool();
  for (let n = 5; n < 10; n += 1) await inTransaction(world, ({ placed }) => placed({ order: "a", n }));
  await world.drained();
  const firsts = world.numbersOf("a").filter((n, at, all) => all.indexOf(n) === at);
  expect(firsts).toEqual(Array.from({ length: 10 }, (_, n) => n));
  expect(parked).toEqual([]);
  expect((await relay.status()).parkedKeys).toBe(0);
});
