import { createProjector, type Store } from "@keyline/runtime";
import { bindConsumer, bindProducer, bindProjection } from "@keyline/runtime/codegen";
import { partitionOf } from "@keyline/runtime/tools";
import { expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { topics } from "../kit/orders.js";
import { caughtUp, headerOf, keyOf, openWorld, until, type World } from "../kit/world.js";
import { type StoreHarness, watchedStore } from "../p8-effect-once/stores.js";

const { opened } = topics;
const app = { app: "accounts", domain: "accounts" };

/** Text that no index makes shorter. */
function noise(bytes: number): string {
  let seed = 7;
  return Array.from({ length: bytes }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return String.fromCharCode(33 + (Math.floor(seed / 65_536) % 90));
  }).join("");
}

const value = (account: unknown) => JSON.stringify({ account });
const lane = (key: string) => partitionOf("murmur2", Buffer.from(key), 3);
/** The first keys of the same lane as a key. */
const beside = (key: string, count: number) => {
  const found: string[] = [];
  for (let n = 0; found.length < count; n += 1) if (lane(`k${n}`) === lane(key)) found.push(`k${n}`);
  return found;
};

/** Counts a key's events. */
const counts = bindProjection({ opened })<{ n: number }>({
  name: "accounts",
  initial: () => ({ n: 0 }),
  on: { opened: ({ n }) => ({ n: n + 1 }) },
});

async function run(world: World, store: Store, projection = counts) {
  const projector = createProjector({ projection, transport: world.process().transport, store });
  await world.start(projector);
  return projector;
}

const countsOf = async (store: Store, keys: readonly string[]) => {
  const rows = await store.readStates(app, keys);
  return keys.map((key) => (rows.get(key)?.state as { n: number } | undefined)?.n);
};

/** A record's key, whatever it is, names no row that cannot be written, and none that is not its own. */
export function longKeyTests(harness: Harness, stores: StoreHarness): void {
  const keys: readonly (readonly [string, Uint8Array])[] = [
    ["2,700 bytes", Buffer.from(noise(2700))],
    ["300 kB", Buffer.from(noise(300_000))],
    ["one byte more than may be", Buffer.from(noise(1025))],
    ["1,000 bytes that are not valid UTF-8", Buffer.alloc(1000, 0xff)],
  ];
  for (const [title, key] of keys) {
    for (const [kind, text] of [
      ["a valid event", value(key.toString())],
      ["no JSON", "{"],
    ] as const) {
      it(`a key of ${title} on ${kind} is key_invalid; other keys of its lane go on, and no row has it`, async () => {
        const world = await openWorld(harness);
        const { store, writes } = watchedStore(await stores.createStore());
        const partition = partitionOf("murmur2", key, 3);
        const raw = { topic: "accounts.opened", partition, value: text, key };
        const others = beside(key.toString(), 2).filter((one) => lane(one) === partition);
        await world.cluster.produceRaw(raw);
        for (const other of others)
          await world.cluster.produceRaw({ topic: raw.topic, partition, key: other, value: value(other) });
        await world.cluster.produceRaw(raw);
        const projector = await run(world, store);
        await caughtUp(projector);
        expect(await countsOf(store, others)).toEqual(others.map(() => 1));
        const letters = await world.cluster.readAll("accounts.opened.dlq");
        expect(letters.map((letter) => headerOf(letter, "keyline-error-code"))).toEqual(["key_invalid", "key_invalid"]);
        for (const { changes } of writes)
          for (const row of [...changes.states, ...changes.outboxAdded, ...changes.parkedAdded, ...changes.firings])
            expect(row.key.length).toBeLessThan(100);
        await projector.close();
        const again = await run(world, store);
        await caughtUp(again);
        expect(await world.cluster.readAll("accounts.opened.dlq")).toHaveLength(2);
      });
    }
  }

  it("a handler's key that is too long goes to the dead letters; its partition goes on", async () => {
    const world = await openWorld(harness);
    const key = noise(2700);
    const partition = lane(key);
    const handled: unknown[] = [];
    for (const one of [key, "a"])
      await world.cluster.produceRaw({ topic: "accounts.opened", partition, key: one, value: value(one) });
    const { transport } = world.process();
    const on = { opened: ({ account }: { account: unknown }) => void handled.push(account) };
    await world.start(bindConsumer({ opened })({ transport, groupId: "readers", on }));
    await until(() => expect(handled).toEqual(["a"]));
    await until(async () => expect(await world.cluster.readAll("accounts.opened.dlq")).toHaveLength(1));
  });

  it("a producer refuses a key that is longer than its domain allows, in UTF-8, and takes one that is as long", async () => {
    const world = await openWorld(harness);
    const producer = world.producer();
    for (const account of [noise(1025), "ä".repeat(513)])
      await expect(producer.opened({ account })).rejects.toMatchObject({ code: "key_invalid" });
    for (const account of [noise(1024), "ä".repeat(512)]) await producer.opened({ account });
    expect(await world.cluster.readAll("accounts.opened")).toHaveLength(2);
  });

  it("a domain may allow 2,000 bytes, and its rows take them", async () => {
    const world = await openWorld(harness);
    const store = await stores.createStore();
    const long = { opened: { ...opened, domain: { ...opened.domain, maxKeyBytes: 2000 } } };
    const producer = bindProducer(long)({ transport: world.process().transport, source: "conformance" });
    const key = noise(2000);
    await producer.opened({ account: key });
    await expect(producer.opened({ account: noise(2001) })).rejects.toMatchObject({ code: "key_invalid" });
    await producer.close();
    const projection = bindProjection(long)<{ n: number }>({ ...counts, on: { opened: ({ n }) => ({ n: n + 1 }) } });
    await caughtUp(await run(world, store, projection));
    expect(await countsOf(store, [key])).toEqual([1]);
    expect(await world.cluster.readAll("accounts.opened.dlq")).toEqual([]);
  });

  it("a key that reads as a lane's own row was named has a row of its own", async () => {
    const world = await openWorld(harness);
    const store = await stores.createStore();
    const names = [0, 1, 2].flatMap((n) => [`\u0000lane ${n}`, `\ud800lane ${n}`.toWellFormed()]);
    for (const name of names) {
      const partition = lane(name);
      const topic = "accounts.opened";
      // The lane's own row remembers the first and the last: they have no key.
      await world.cluster.produceRaw({ topic, partition, value: value("x") });
      await world.cluster.produceRaw({ topic, partition, key: name, value: value(name) });
      await world.cluster.produceRaw({ topic, partition, value: value("x") });
    }
    const projector = await run(world, store);
    await caughtUp(projector);
    expect(await countsOf(store, names)).toEqual(names.map(() => 1));
    const letters = await world.cluster.readAll("accounts.opened.dlq");
    expect(letters.map(keyOf)).toEqual(Array.from({ length: 12 }, () => null));
  });
}
