import type { PGlite } from "@electric-sql/pglite";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { topicCounts, topics } from "./topics.js";
import { openWorld, until, type World } from "./world.js";

let database: PGlite;
const worlds: World[] = [];
beforeAll(async () => {
  database = await emptyDatabase();
}, 60_000);
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
afterAll(() => database.close());

async function open(counts?: Readonly<Record<string, number>>): Promise<World> {
  const world = await openWorld(database, counts);
  worlds.push(world);
  return world;
}

const drained = (world: World) => until(async () => (await world.rows()) === 0);
const numbersOf = (world: World, key: string | null) =>
  world
    .seen()
    .filter((seen) => seen.key === key)
    .map(({ n }) => n);

test("what was committed is published as its contract says, with its number, and deleted", async () => {
  const world = await open();
  const after = { topic: "orders.paid", partition: 0, offset: 3 };
  const written = await world.write(async (writer) => {
    await writer.logged({ n: 7 }, { parameters: { region: "eu" } });
    return writer.placed({ order: "a", n: 1 }, { after, headers: { tenant: "t1" } });
  });
  await world.relay().start();
  await drained(world);
  const [placed, logged, ...others] = world.seen();
  expect(others).toEqual([]);
  expect(logged).toMatchObject({ topic: "audit.eu", key: null, n: 7, source: "shop" });
  expect(placed).toMatchObject({ topic: "orders.placed", key: "a", n: 1, id: written.eventId, source: "shop" });
  expect(placed?.headers).toMatchObject({
    tenant: "t1",
    "keyline-message": "OrderPlaced",
    "keyline-seq": `shop@outbox#${written.number}`,
    "keyline-cluster": world.cluster.clusterId,
  });
});

test("many rows of many keys come in the order of each key, by several relays that share the slots", async () => {
  const world = await open();
  // A short lease: relays tell each other of themselves three times as often.
  const leaseMs = 1500;
  const relays = [
    world.relay({ leaseMs }),
    world.relay({ leaseMs, maxRows: 10 }),
    world.relay({ leaseMs, maxBytes: 1 }),
  ];
  await Promise.all(relays.map((relay) => relay.start()));
  for (let at = 0; at < 10; at += 1) {
    await world.write(async (writer) => {
      for (let n = at * 20; n < at * 20 + 20; n += 1) await writer.placed({ order: `k${n % 7}`, n });
    });
  }
  await until(() => relays.every((relay) => relay.standing().slots >= 20));
  await drained(world);
  for (let key = 0; key < 7; key += 1) {
    const expected = Array.from({ length: 200 }, (_, n) => n).filter((n) => n % 7 === key);
    const first = numbersOf(world, `k${key}`).filter((n, at, all) => all.indexOf(n) === at);
    expect(first).toEqual(expected);
  }
  expect(await relays[0]?.status()).toMatchObject({
    waiting: 0,
    oldestMs: null,
    parkedKeys: 0,
    relays: 3,
    freeSlots: 0,
  });
  await relays[1]?.close();
  await until(() => relays[0]?.standing().slots === 32 && relays[2]?.standing().slots === 32);
});

describe("a row that cannot be published", () => {
  const write = (world: World) =>
    world.write(async (writer) => {
      await writer.placed({ order: "a", n: 1 });
      await writer.paid.byCard({ order: "a", n: 2 });
      await writer.placed({ order: "a", n: 3 });
      await writer.placed({ order: "b", n: 4 });
    });
  /** Of a what came before the row, and of b all. */
  const othersAreThere = (world: World) =>
    until(async () => world.parked.length > 0 && (await world.rows()) === 2 && numbersOf(world, "b").length === 1);

  test("as its topic has gone from the contract parks its key, and goes when the contract has it again", async () => {
    const world = await open();
    const { paid: _, ...fewer } = topics;
    const relay = world.relay({ topics: fewer });
    await write(world);
    await relay.start();
    await othersAreThere(world);
    expect(numbersOf(world, "a")).toEqual([1]);
    expect(await relay.status()).toMatchObject({
      ...{ waiting: 2, parkedKeys: 1 },
      parked: [{ domain: "orders", key: "a", code: "options_invalid", text: expect.stringContaining("paid") }],
    });
    expect(relay.standing()).toMatchObject({ parkedKeys: 1, waitsFor: null });
    await relay.close();
    await world.relay().start();
    await drained(world);
    expect(numbersOf(world, "a").toSorted()).toEqual([1, 2, 3]);
  });

  test("as its topic does not exist parks its key, and goes when it does", async () => {
    const { "orders.paid": partitions, ...fewer } = topicCounts;
    const world = await open(fewer);
    await write(world);
    await world.relay().start();
    await othersAreThere(world);
    expect(numbersOf(world, "a")).toEqual([1]);
    expect(world.parked[0]).toMatchObject({ topic: "orders.paid", error: { code: "topic_unknown" } });
    world.cluster.createTopic("orders.paid", { partitions });
    await drained(world);
    expect(numbersOf(world, "a").toSorted()).toEqual([1, 2, 3]);
  });

  test("as the partition count is another than the contract's parks its key, and goes when it is right", async () => {
    const world = await open({ ...topicCounts, "orders.paid": 2 });
    await write(world);
    await world.relay().start();
    await othersAreThere(world);
    expect(numbersOf(world, "a")).toEqual([1]);
    expect(world.parked[0]?.error.code).toBe("partition_count");
    world.cluster.growTopic("orders.paid", 3);
    await drained(world);
    expect(numbersOf(world, "a").toSorted()).toEqual([1, 2, 3]);
  });

  test("as it is too large now parks its key, and no later row of the key goes before it", async () => {
    const world = await open();
    await world.write(async (writer) => {
      for (let n = 1; n <= 20; n += 1)
        await writer.placed({ order: n === 9 ? "b" : "a", n, ...(n === 10 ? { note: "x".repeat(5000) } : {}) });
    });
    const relay = world.relay({}, world.cluster.transport({ maxBatchBytes: 3000 }));
    await relay.start();
    await until(async () => world.parked.length > 2 && (await world.rows()) === 11);
    expect(numbersOf(world, "a")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(world.parked[0]?.error.code).toBe("record_too_large");
    await relay.close();
    await world.relay().start();
    await drained(world);
    expect(numbersOf(world, "a")).toEqual(Array.from({ length: 20 }, (_, n) => n + 1).filter((n) => n !== 9));
  });
});

test("while the brokers are away it waits and parks nothing", async () => {
  const world = await open();
  const over = world.cluster.faults.outage();
  await world.write((writer) => writer.placed({ order: "a", n: 1 }));
  const relay = world.relay({ deliveryTimeoutMs: 50 });
  await relay.start();
  await until(() => relay.standing().waitsFor === "brokers");
  over();
  await drained(world);
  expect(world.parked).toEqual([]);
  expect(relay.standing().waitsFor).toBe(null);
});

test("a row that is not an event parks its key alone", async () => {
  const world = await open();
  await world.write(async (writer, transaction) => {
    const { number } = await writer.placed({ order: "a", n: 1 });
    await transaction.query(`update ${world.schema}.outbox_events set event = 'no' where id = $1`, [number]);
    await writer.placed({ order: "b", n: 2 });
  });
  await world.relay().start();
  await until(async () => (await world.rows()) === 1 && world.parked.length > 0);
  expect(world.parked[0]?.error.code).toBe("store_format");
  expect(numbersOf(world, "b")).toEqual([2]);
});

test("a notification wakes it, so that nothing waits for the next look", async () => {
  const world = await open();
  const relay = world.relay({ pollMs: 60_000 });
  await relay.start();
  await until(() => relay.standing().wakesBy === "notification");
  await world.write((writer) => writer.placed({ order: "a", n: 1 }));
  await world.outbox.wake((sql, params) => database.query(sql, params));
  await until(() => world.seen().length === 1);
  await relay.close();
});

test("options that there are not are refused", async () => {
  const world = await open();
  expect(() => world.relay({ polMs: 1 } as never)).toThrow("did you mean pollMs");
  expect(() => world.relay({ hooks: { parkd: () => undefined } as never })).toThrow("did you mean parked");
});
