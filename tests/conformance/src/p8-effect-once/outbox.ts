import { parseAfter } from "@keyline/runtime/tools";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { headerOf, laneOf, openWorld, payloadOf, range, sameLane, until, type World } from "../kit/world.js";
import { books, distinctOutputs, expectOutputs, ledger, logOf, outputsOf, runProjection } from "./ledger.js";
import { type StoreHarness, watchedStore } from "./stores.js";

/** What leaves a projection: with its transaction or not at all, in order, once for its readers. */
export function outboxTests(harness: Harness, stores: StoreHarness): void {
  const open = async () => {
    const world = await openWorld(harness);
    return { world, ...watchedStore(await stores.createStore()) };
  };

  describe("outputs", () => {
    it("come after the event that caused them and all of its causes, and carry its correlation id", async () => {
      const { world, store } = await open();
      const correlation_id = "7b1f6a52-2f0b-4a8e-9d52-0c9f5f4f7a11";
      const producer = world.producer();
      const first = await producer.placed({ order_id: 7, n: 0 });
      const cause = await producer.shipped({ order_id: 7, n: 1, correlation_id });
      await runProjection(world, store, { projection: ledger({ before: () => undefined }) });
      await until(() => expectOutputs(world, 7, 2));
      const output = (await outputsOf(world, 7)).find(({ topic }) => topic === "orders.rated");
      expect(output && payloadOf(output).correlation_id).toBe(correlation_id);
      const after = parseAfter((output && headerOf(output, "keyline-after")) ?? null).entries;
      expect(after).toContainEqual({ topic: "orders.placed", partition: first.partition, offset: first.offset });
      expect(after).toContainEqual({ topic: "orders.shipped", partition: cause.partition, offset: cause.offset });
    });

    it("name the causes of their cause that the projection does not read", async () => {
      const { world, store } = await open();
      const running = world.producer();
      await running.placed({ order_id: 7, n: -1 });
      // The projection's own producer connects, and remembers the key, before the cause lies on a topic that it does not read.
      await runProjection(world, store);
      await until(() => expectOutputs(world, 7, 1));
      const unread = await running.changed.renamed({ order_id: 7, n: 0 });
      await running.paid({ order_id: 7, n: 1 });
      await until(() => expectOutputs(world, 7, 2));
      const output = (await outputsOf(world, 7)).at(-1);
      const after = parseAfter((output && headerOf(output, "keyline-after")) ?? null).entries;
      expect(after).toContainEqual({ topic: "orders.changed", partition: unread.partition, offset: unread.offset });
    });

    it("for another key than the event's are refused: the event goes to the dead letters", async () => {
      const { world, store } = await open();
      const projection = ledger({
        before: (_, { n }, ctx) => {
          if (n === 1) ctx.emit.invoiced({ order_id: 8, n: 0 });
        },
      });
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.paid({ order_id: 7, n });
      await runProjection(world, store, { projection, retry: { attempts: 1 } });
      await until(async () => expect(await logOf(store, 7)).toEqual(["paid 0", "paid 2"]));
      await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
      expect(await outputsOf(world, 8)).toEqual([]);
    });

    it("to other domains and to topics without keys go out too, with ids that a repetition does not change", async () => {
      const { world, store } = await open();
      const projection = ledger({
        emits: false,
        before: (_, { n }, ctx) => {
          ctx.emit.logged({ n });
          ctx.emit.opened({ account: `account ${n}` });
        },
      });
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.paid({ order_id: 7, n });
      const first = await runProjection(world, store, {
        projection,
        faults: { write: (_, { outboxRemoved }, forward) => (outboxRemoved.length > 0 ? never() : forward()) },
      });
      const logged = async () => (await world.cluster.readAll("audit.logged")).map((record) => payloadOf(record));
      await until(async () => expect(await logged()).toHaveLength(3));
      await until(async () => expect(await world.cluster.readAll("accounts.opened")).toHaveLength(3));
      await first.process.crash();
      await runProjection(world, store, { projection });
      await until(async () => expect(await logged()).toHaveLength(6));
      expect(new Set((await logged()).map(({ event_id }) => event_id)).size).toBe(3);
      expect((await world.cluster.readAll("audit.logged")).map((record) => headerOf(record, "keyline-seq"))).toEqual(
        range(0, 6).map(() => undefined),
      );
    });

    it("too large for any batch are refused: the event goes to the dead letters, the app goes on", async () => {
      const { world, store } = await open();
      const projection = ledger({
        before: (_, { n }, ctx) => {
          if (n === 1) ctx.emit.invoiced({ order_id: 7, n: 0, note: "x".repeat(21_000) });
        },
      });
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.paid({ order_id: 7, n });
      const process = world.process({ maxBatchBytes: 20_000 });
      const { ended } = await runProjection(world, store, { projection, process, retry: { attempts: 1 } });
      const applied = until(async () => expect(await logOf(store, 7)).toEqual(["paid 0", "paid 2"]));
      await Promise.race([applied, ended.then((error) => Promise.reject(error))]);
      await until(() => expectOutputs(world, 7, 2));
    });

    it("a poison record as large as a batch may be does not stop the app", async () => {
      const { world, store } = await open();
      const poison = { topic: "orders.paid", partition: laneOf(7), key: "7", value: "x".repeat(19_990) };
      const producer = world.producer();
      await producer.paid({ order_id: 7, n: 0 });
      await world.cluster.produceRaw(poison);
      const { ended } = await runProjection(world, store, { process: world.process({ maxBatchBytes: 20_000 }) });
      await producer.paid({ order_id: 7, n: 1 });
      const applied = until(() => expectOutputs(world, 7, 2));
      await Promise.race([applied, ended.then((error) => Promise.reject(error))]);
      await producer.paid({ order_id: 7, n: 2 });
      await Promise.race([until(() => expectOutputs(world, 7, 3)), ended.then((error) => Promise.reject(error))]);
    });

    it("of a key whose topic cannot be written hold up no other key's", async () => {
      const { world, store } = await open();
      const [stuck = 0, other = 0] = sameLane(1, 2);
      const process = world.process();
      process.block("orders.rated");
      await runProjection(world, store, { process });
      const producer = world.producer();
      await producer.shipped({ order_id: stuck, n: 0 });
      await until(() => expect(process.appends.some(({ topic }) => topic === "orders.rated")).toBe(true));
      await producer.placed({ order_id: other, n: 0 });
      await until(() => expectOutputs(world, other, 1));
    });

    it("wait, when they cannot be written, and then go out in order", async () => {
      const { world, store } = await open();
      const process = world.process();
      const unblock = process.block("orders.invoiced");
      await runProjection(world, store, { process });
      const producer = world.producer();
      for (const n of range(0, 6)) await producer[n % 2 === 0 ? "placed" : "shipped"]({ order_id: 7, n });
      await until(async () => expect(await logOf(store, 7)).toHaveLength(6));
      expect(await outputsOf(world, 7)).toEqual([]);
      unblock();
      await until(() => expectOutputs(world, 7, 6));
      await runProjection(world, store, { projection: books() });
      const expected = range(1, 7).map((n) => `${n % 2 === 1 ? "invoiced" : "rated"} ${n}`);
      await until(async () => expect(await logOf(store, 7, "books")).toEqual(expected));
    });

    /** A lane that is another owner's once `lose` has resolved; its former owner cannot take it again. */
    const losable = (store: ReturnType<typeof watchedStore>["store"]) => {
      let lost = false;
      return {
        faults: {
          call: (name: string) => (lost && name === "takeLane" ? new Promise<void>(() => undefined) : undefined),
        },
        async lose() {
          lost = true;
          await store.takeLane({ app: "ledger", domain: "orders", lane: laneOf(7) });
        },
      };
    };

    it("the lane's epoch is asked for before each chain: an owner that lost it meanwhile begins no other", async () => {
      const { world, store } = await open();
      const process = world.process();
      const { faults, lose } = losable(store);
      const unblock = process.block("orders.invoiced");
      const producer = world.producer();
      await runProjection(world, store, { process, faults });
      await producer.paid({ order_id: 7, n: 0 });
      await until(() => expect(process.appends.some(({ topic }) => topic === "orders.invoiced")).toBe(true));
      for (const n of range(1, 4)) await producer.paid({ order_id: 7, n });
      await until(async () => expect(await logOf(store, 7)).toHaveLength(4));
      // One answer may serve sends of the same moment.
      const askedAtMs = performance.now();
      await until(() => expect(performance.now() - askedAtMs).toBeGreaterThan(30));
      await lose();
      unblock();
      await until(async () => expect(await outputsOf(world, 7)).not.toEqual([]));
      await producer.paid({ order_id: sameLane(7, 2)[1] ?? 0, n: 0 });
      await until(async () => expect((await outputsOf(world, 7)).length).toBeGreaterThan(1), 500).catch(
        () => undefined,
      );
      expect((await distinctOutputs(world, 7)).length).toBe(1);
    });

    it("that have not left when their owner learns that it is fenced do not leave", async () => {
      const { world, store } = await open();
      const process = world.process();
      const { faults, lose } = losable(store);
      const unblock = process.block("orders.rated");
      const projection = ledger({ before: (_, { n }, ctx) => ctx.emit.rated({ order_id: 7, n }) });
      const { seen } = await runProjection(world, store, { projection, process, faults });
      const producer = world.producer();
      // It emits on two topics: the second event waits for the place of the first.
      await producer.placed({ order_id: 7, n: 0 });
      await until(() => expect(process.appends.some(({ topic }) => topic === "orders.rated")).toBe(true));
      await lose();
      await producer.placed({ order_id: 7, n: 1 });
      await until(() => expect(seen.fenced.length).toBeGreaterThan(0));
      unblock();
      await until(async () => expect(await outputsOf(world, 7)).not.toEqual([]));
      await until(async () => expect((await outputsOf(world, 7)).length).toBeGreaterThan(1), 500).catch(
        () => undefined,
      );
      expect((await outputsOf(world, 7)).map(({ topic }) => topic)).toEqual(["orders.rated"]);
    });

    it("that an owner finds itself fenced from are published by the lane's next owner, itself too", async () => {
      const { world, store } = await open();
      const lane = { app: "ledger", domain: "orders", lane: laneOf(7) };
      let fence = true;
      await world.producer().paid({ order_id: 7, n: 0 });
      await runProjection(world, store, {
        faults: {
          async call(name) {
            if (name !== "holds" || !fence) return;
            fence = false;
            // Another owner takes the lane and is gone again.
            await store.takeLane(lane);
          },
        },
      });
      await until(() => expectOutputs(world, 7, 1));
    });

    for (const known of [false, true]) {
      it(`of a lane that moves to a process which ${known ? "had the key before" : "connected long ago"} are all applied by their reader`, async () => {
        await handover(harness, stores, known);
      });
    }
  });
}

const never = <T>() => new Promise<T>(() => undefined);

/** Two processes publish one key's outputs in turn, on two topics; their reader gets the second topic first. */
async function handover(harness: Harness, stores: StoreHarness, known: boolean) {
  const world = await openWorld(harness);
  const { store } = watchedStore(await stores.createStore());
  const stays = await runProjection(world, store);
  const producer = world.producer();
  // Its own producer connects now.
  for (const order_id of range(1, 21)) await producer.placed({ order_id, n: known ? 0 : -1 });
  if (!known) await producer.placed({ order_id: 1000, n: 0 });
  await until(async () => expect(await logOf(store, 20)).toHaveLength(1));
  const joins = await runProjection(world, store);
  await until(() => expect(joins.seen.laneTaken.length).toBeGreaterThan(0));
  const [moved] = joins.seen.laneTaken;
  const ids = known ? range(1, 21) : range(100, 200);
  const [key = 0] = ids.filter((id) => laneOf(id) === moved?.lane);
  const before = known ? 1 : 0;
  await producer.placed({ order_id: key, n: 1 });
  await until(() => expectOutputs(world, key, before + 1));
  await joins.projector.close();
  await producer.shipped({ order_id: key, n: 2 });
  await until(() => expectOutputs(world, key, before + 2));
  expect(stays.process.appends.some(({ topic }) => topic === "orders.rated")).toBe(true);
  await expectAllApplied(world, store, key, before + 2);
}

async function expectAllApplied(
  world: World,
  store: ReturnType<typeof watchedStore>["store"],
  key: number,
  count: number,
) {
  const process = world.process();
  const release = process.hold("orders.invoiced");
  const reader = await runProjection(world, store, { projection: books(), process });
  await until(() => expect(process.received.some(({ topic }) => topic === "orders.rated")).toBe(true));
  await until(() => expect(reader.seen.held.length + reader.seen.handled.length).toBeGreaterThan(0));
  release();
  const expected = [...range(1, count).map((n) => `invoiced ${n}`), `rated ${count}`];
  await until(async () => expect(await logOf(store, key, "books")).toEqual(expected));
}
