import { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { lanes } from "../kit/orders.js";
import { onlyLane } from "../kit/process.js";
import {
  headerOf,
  keyOf,
  laneOf,
  openWorld,
  payloadOf,
  range,
  rawOrder,
  sameLane,
  until,
  type World,
} from "../kit/world.js";
import { books, expectOutputs, ledger, logOf, outputsOf, runProjection } from "./ledger.js";
import { outboxTests } from "./outbox.js";
import { randomFaults } from "./random-faults.js";
import { type StoreHarness, watchedStore } from "./stores.js";
import { timerTests } from "./timers.js";

const names = ["placed", "paid", "shipped"] as const;

/** P8: state, positions, timers and outgoing events change together or not at all; a zombie changes nothing. */
export function effectOnceSuite(harness: Harness, stores: StoreHarness): void {
  describe(`P8 effect once, on ${stores.name}`, () => {
    it("every key's state is the fold of its events in order, and each event's output goes out once", async () => {
      const { world, store } = await open(harness, stores);
      const keys = range(1, 8);
      await write(world, keys, 0, 12);
      await runProjection(world, store);
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 12)));
      for (const key of keys) await until(() => expectOutputs(world, key, 12));
      for (const key of keys) expect(await outputsOf(world, key)).toHaveLength(12);
    });

    it("with the smallest of batches, buffers and caches, too", async () => {
      const { world, store } = await open(harness, stores);
      const keys = range(1, 8);
      await write(world, keys, 0, 9);
      const process = world.process({ maxRecordsPerFetch: 1 });
      await runProjection(world, store, { process, maxBatchEvents: 1, bufferRecords: 1, cachedKeys: 1 });
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 9)), 10_000);
      for (const key of keys) await until(() => expectOutputs(world, key, 9));
    });

    it("a later process goes on where the store says, whatever offsets Kafka has", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 5);
      const first = await runProjection(world, store);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 5)));
      await first.process.crash();
      await write(world, [7], 5, 9);
      await runProjection(world, store, { groupId: "no offsets here" });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 9)));
      await until(() => expectOutputs(world, 7, 9));
    });

    it("a crash before the transaction changes nothing; the next process applies all, once", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 5);
      let asked = 0;
      const first = await runProjection(world, store, {
        faults: {
          write() {
            asked += 1;
            return new Promise(() => undefined);
          },
        },
      });
      await until(() => expect(asked).toBeGreaterThan(0));
      await first.process.crash();
      expect(await logOf(store, 7)).toEqual([]);
      expect(await outputsOf(world, 7)).toEqual([]);
      await runProjection(world, store);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 5)));
      await until(() => expectOutputs(world, 7, 5));
    });

    it("a crash between the transaction and the publication: the next process publishes, each output once", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 5);
      const process = world.process();
      process.block("orders.invoiced");
      process.block("orders.rated");
      const first = await runProjection(world, store, { process });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 5)));
      expect(await outputsOf(world, 7)).toEqual([]);
      await first.process.crash();
      await runProjection(world, store);
      await until(() => expectOutputs(world, 7, 5));
      expect(await outputsOf(world, 7)).toHaveLength(5);
      expect(await logOf(store, 7)).toEqual(lines(0, 5));
    });

    it("a crash after the publication repeats outputs at most, with their numbers and ids; their reader applies each once", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      const first = await runProjection(world, store, {
        // What was published stays in the outbox.
        faults: {
          write: (_, changes, forward) => (changes.outboxRemoved.length > 0 ? new Promise(() => undefined) : forward()),
        },
      });
      await until(() => expectOutputs(world, 7, 6));
      await first.process.crash();
      await runProjection(world, store);
      await until(async () => expect((await outputsOf(world, 7)).length).toBeGreaterThan(6));
      await expectOutputs(world, 7, 6);
      await runProjection(world, store, { projection: books() });
      await until(async () => expect(await logOf(store, 7, "books")).toHaveLength(6));
      expect((await logOf(store, 7, "books")).map((line) => Number(line.split(" ")[1]))).toEqual(range(1, 7));
    });

    describe("a store that fails", () => {
      const failures: readonly { title: string; fail: (forward: () => Promise<void>) => Promise<void> }[] = [
        { title: "before it wrote", fail: () => Promise.reject(storeDown()) },
        {
          title: "after it wrote, so that its answer is lost",
          fail: (forward) => forward().then(() => Promise.reject(storeDown())),
        },
      ];
      for (const { title, fail } of failures) {
        it(`${title}: everything once`, async () => {
          const { world, store, setBack } = await open(harness, stores);
          const keys = range(1, 5);
          await write(world, keys, 0, 6);
          let left = 3;
          await runProjection(world, store, {
            faults: { write: (_, __, forward) => (left-- > 0 ? fail(forward) : forward()) },
          });
          for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 6)));
          for (const key of keys) await until(() => expectOutputs(world, key, 6));
          expect(setBack).toEqual([]);
        });
      }

      for (const call of ["takeLane", "readStates", "holds"] as const) {
        it(`for a moment, in ${call}, does not stop the app`, async () => {
          const { world, store } = await open(harness, stores);
          let left = 2;
          const fail = (name: string) => {
            if (name === call && left-- > 0) throw storeDown();
          };
          const { ended } = await runProjection(world, store, { faults: { call: fail }, background: true });
          await write(world, [7], 0, 4);
          const applied = until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 4)));
          await Promise.race([applied, ended.then((error) => Promise.reject(error))]);
          await until(() => expectOutputs(world, 7, 4));
        });
      }
    });

    describe("two owners of one lane", () => {
      it("that race for it: everything once, no position goes back, and both come to rest", async () => {
        const { world, store, setBack, writes } = await open(harness, stores);
        const keys = sameLane(1, 3);
        // Two groups: both own every lane, as a zombie and its successor do.
        const one = await runProjection(world, store, { groupId: "one" });
        const two = await runProjection(world, store, { groupId: "two" });
        const producer = world.producer();
        for (const n of range(0, 20)) {
          await Promise.all(keys.map((order_id) => producer[names[n % 3] ?? "paid"]({ order_id, n })));
        }
        for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 20)), 15_000);
        for (const key of keys) await until(() => expectOutputs(world, key, 20), 15_000);
        expect(setBack).toEqual([]);
        expect(one.seen.fenced.length + two.seen.fenced.length).toBeGreaterThan(0);
        let rested = { writes: -1, times: 0 };
        await until(() => {
          rested = { writes: writes.length, times: rested.writes === writes.length ? rested.times + 1 : 0 };
          expect(rested.times, "looks at the store between which nothing was written").toBeGreaterThan(50);
        }, 10_000);
      });

      it("one of them far behind: what it applies late is applied already, and it sets no position back", async () => {
        const { world, store, setBack } = await open(harness, stores);
        await write(world, [7], 0, 3);
        const late = world.process();
        const slow = await runProjection(world, store, { groupId: "slow", process: late });
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 3)));
        const releases = names.map((name) => late.hold(`orders.${name}`));
        const quick = await runProjection(world, store, { groupId: "quick" });
        await write(world, [7], 3, 12);
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 12)));
        // One more event, whose topic alone the slow one gets: it takes the lane again, behind on the others.
        releases[0]?.();
        await until(() => expect(slow.seen.fenced.length).toBeGreaterThan(0));
        await until(async () =>
          expect(await store.holds({ app: "ledger", domain: "orders", lane: laneOf(7), epoch: 2 })).toBe(false),
        );
        await write(world, [7], 12, 16);
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 16)), 8000);
        for (const release of releases) release();
        await until(() => expectOutputs(world, 7, 16));
        expect(setBack).toEqual([]);
        expect(quick.seen.handled.length + slow.seen.handled.length).toBeGreaterThanOrEqual(16);
      });

      it("a zombie whose transaction was under way when it lost the lane changes nothing", async () => {
        const { world, store } = await open(harness, stores);
        await write(world, [7], 0, 4);
        const gate = Promise.withResolvers<void>();
        let under = 0;
        const outcomes: string[] = [];
        const zombie = await runProjection(world, store, {
          faults: {
            write: async (_, __, forward) => {
              under += 1;
              await gate.promise;
              await forward().then(
                () => outcomes.push("written"),
                (error: KeylineError) => {
                  outcomes.push(error.code);
                  throw error;
                },
              );
            },
          },
        });
        await until(() => expect(under).toBe(1));
        await runProjection(world, store, { groupId: "successor" });
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 4)));
        gate.resolve();
        await until(() => expect(outcomes[0]).toBe("lane_fenced"));
        await until(() => expect(zombie.seen.fenced.length).toBeGreaterThan(0));
        await write(world, [7], 4, 6);
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 6)));
        await until(() => expectOutputs(world, 7, 6));
      });

      needing(harness, "stall")("an owner that stalls, loses its lanes and wakes: everything once", async () => {
        const { world, store, setBack } = await open(harness, stores);
        const keys = range(1, 6);
        const stalled = await runProjection(world, store);
        await write(world, keys, 0, 3);
        for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 3)));
        const wake = faultsOf(world.cluster).stall(stalled.process.inner);
        const next = await runProjection(world, store);
        await write(world, keys, 3, 6);
        for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 6)));
        wake();
        await write(world, keys, 6, 9);
        for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 9)));
        for (const key of keys) await until(() => expectOutputs(world, key, 9));
        expect(setBack).toEqual([]);
        expect(next.seen.laneTaken.length).toBeGreaterThanOrEqual(lanes);
      });
    });

    describe("what was applied already", () => {
      it("a second event with the same id does nothing, wherever it lies on the lane", async () => {
        const { world, store } = await open(harness, stores);
        const producer = world.producer();
        const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
        await producer.paid({ order_id: 7, n: 0, event_id });
        await producer.shipped({ order_id: 7, n: 1 });
        await producer.paid({ order_id: 7, n: 0, event_id });
        await producer.shipped({ order_id: 7, n: 0, event_id });
        await producer.paid({ order_id: 7, n: 2 });
        const { seen } = await runProjection(world, store);
        await until(async () => expect(await logOf(store, 7)).toEqual(["paid 0", "shipped 1", "paid 2"]));
        expect(seen.ignored.map(({ reason }) => reason)).toEqual(["duplicate_id", "duplicate_id"]);
        await until(() => expectOutputs(world, 7, 3));
      });

      it("another key's event with the same id is another event", async () => {
        const { world, store } = await open(harness, stores);
        const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
        for (const order_id of sameLane(1, 3)) await world.producer().paid({ order_id, n: 0, event_id });
        await runProjection(world, store);
        for (const key of sameLane(1, 3)) await until(async () => expect(await logOf(store, key)).toEqual(["paid 0"]));
      });

      it("keys that finish out of order, then a crash: nothing twice, nothing lost", async () => {
        const { world, store } = await open(harness, stores);
        const [slow = 0, quick = 0] = sameLane(1, 2);
        const producer = world.producer();
        await producer.paid({ order_id: slow, n: 0 });
        for (const n of range(0, 5)) await producer.paid({ order_id: quick, n });
        let broken = true;
        const projection = ledger({
          before: (_, { order_id }) => {
            if (broken && order_id === slow) throw new Error("as the test says");
          },
        });
        const retry = { attempts: 100, firstDelayMs: 60_000, withinMs: 600_000 };
        const first = await runProjection(world, store, { projection, retry });
        await until(async () => expect(await logOf(store, quick)).toHaveLength(5));
        expect(await logOf(store, slow)).toEqual([]);
        await first.process.crash();
        broken = false;
        const second = await runProjection(world, store, { projection, retry });
        await until(async () => expect(await logOf(store, slow)).toEqual(["paid 0"]));
        await producer.paid({ order_id: quick, n: 5 });
        await until(async () => expect(await logOf(store, quick)).toEqual(range(0, 6).map((n) => `paid ${n}`)));
        expect(second.seen.ignored.map(({ reason }) => reason)).toEqual(range(0, 5).map(() => "applied_offset"));
        await until(() => expectOutputs(world, quick, 6));
      });

      it("dead letters beyond an unfinished event, then a crash: no letter twice", async () => {
        const { world, store, slow, others } = await unfinished(harness, stores);
        const [poisoned = 0, tail = 0] = others;
        const place = { topic: "orders.paid", partition: laneOf(slow) };
        await world.cluster.produceRaw({ ...place, key: String(poisoned), value: "no json" });
        await world.cluster.produceRaw({ ...place, value: "no key" });
        await raw(world, "orders.paid", tail, 2);
        const process = world.process();
        process.hold("orders.placed");
        await runProjection(world, store, { process });
        await until(async () => expect(await logOf(store, tail)).toEqual(["paid 2"]));
        await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(2));
        expect(await logOf(store, slow)).toEqual([]);
        await process.crash();
        await runProjection(world, store);
        await until(async () => expect(await logOf(store, slow)).toEqual(["placed 0", "paid 1"]));
        await raw(world, "orders.paid", tail, 3);
        await until(async () => expect(await logOf(store, tail)).toEqual(["paid 2", "paid 3"]));
        await until(() => expectOutputs(world, tail, 2));
        const letters = (await world.cluster.readAll("orders.paid.dlq")).map((letter) =>
          headerOf(letter, "keyline-error-offset"),
        );
        expect(letters).toEqual(["1", "2"]);
      });

      it("an event that was given up beyond an unfinished one stays given up after a crash", async () => {
        const { world, store, slow, others } = await unfinished(harness, stores);
        const [bad = 0] = others;
        await raw(world, "orders.paid", bad, 2);
        await raw(world, "orders.shipped", bad, 3);
        let broken = true;
        const projection = ledger({
          before: (_, { n }) => {
            if (broken && n === 2) throw new Error("as the test says");
          },
        });
        const process = world.process();
        process.hold("orders.placed");
        const retry = { attempts: 2, firstDelayMs: 5 };
        await runProjection(world, store, { projection, process, retry });
        await until(async () => expect(await logOf(store, bad)).toEqual(["shipped 3"]));
        await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
        await process.crash();
        broken = false;
        await runProjection(world, store, { projection, retry });
        await until(async () => expect(await logOf(store, slow)).toEqual(["placed 0", "paid 1"]));
        await raw(world, "orders.paid", bad, 4);
        await until(async () => expect(await logOf(store, bad)).toContain("paid 4"));
        expect(await logOf(store, bad)).toEqual(["shipped 3", "paid 4"]);
        expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1);
      });
    });

    describe("a log that is not the one that was applied", () => {
      needing(harness, "rewrite-logs")("made anew with other events: log_replaced, nothing skipped", async () => {
        const { world, store } = await applied(harness, stores);
        faultsOf(world.cluster).recreateTopic("orders.paid");
        for (const n of range(50, 58)) await raw(world, "orders.paid", 7, n);
        const { ended } = await runProjection(world, store, { background: true });
        expect(await ended).toMatchObject({ code: "log_replaced" });
        expect(await logOf(store, 7)).toEqual(lines(0, 6));
      });

      needing(harness, "rewrite-logs")("truncated below the position: log_replaced", async () => {
        const { world, store } = await applied(harness, stores);
        faultsOf(world.cluster).truncate({ topic: "orders.paid", partition: laneOf(7) }, 1);
        const { ended } = await runProjection(world, store, { background: true });
        expect(await ended).toMatchObject({ code: "log_replaced" });
      });

      needing(harness, "rewrite-logs")("truncated and written on past the position: log_replaced", async () => {
        const { world, store } = await applied(harness, stores);
        faultsOf(world.cluster).truncate({ topic: "orders.paid", partition: laneOf(7) }, 1);
        for (const n of range(50, 53)) await raw(world, "orders.paid", 7, n);
        const { ended } = await runProjection(world, store, { background: true });
        expect(await ended).toMatchObject({ code: "log_replaced" });
      });

      needing(harness, "rewrite-logs")("its last applied record compacted away is no replacement", async () => {
        const { world, store } = await applied(harness, stores);
        faultsOf(world.cluster).compact({ topic: "orders.paid", partition: laneOf(7) }, [0, 1]);
        await runProjection(world, store);
        await write(world, [7], 6, 8);
        await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 8)));
      });
    });

    describe("strays", () => {
      it("a key's event on a wrong partition takes effect once, beside the key's other events", async () => {
        const { world, store } = await open(harness, stores);
        const wrong = (laneOf(7) + 1) % lanes;
        const producer = world.producer();
        for (const n of range(0, 5)) {
          await producer.paid({ order_id: 7, n });
          await world.cluster.produceRaw({
            topic: "orders.paid",
            partition: wrong,
            key: "7",
            value: rawOrder(7, 100 + n),
          });
        }
        const first = await runProjection(world, store);
        await until(async () => expect([...(await logOf(store, 7))].sort()).toEqual(both(0, 5)));
        await first.process.crash();
        await runProjection(world, store, { groupId: "again" });
        await producer.paid({ order_id: 7, n: 5 });
        await world.cluster.produceRaw({ topic: "orders.paid", partition: wrong, key: "7", value: rawOrder(7, 105) });
        await until(async () => expect([...(await logOf(store, 7))].sort()).toEqual(both(0, 6)));
        const paid = (await logOf(store, 7)).filter((line) => Number(line.slice(5)) < 100);
        expect(paid).toEqual(range(0, 6).map((n) => `paid ${n}`));
        await until(() => expectOutputs(world, 7, 12));
      });

      it("outputs of a key from two lanes in two processes are all applied, in whatever order they are published", async () => {
        const { world, store } = await open(harness, stores);
        const wrong = (laneOf(7) + 1) % lanes;
        const home = onlyLane(world.process(), laneOf(7));
        const unblock = home.block("orders.invoiced");
        await raw(world, "orders.placed", 7, 0);
        await runProjection(world, store, { process: home });
        await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
        await until(() => expect(home.appends.some(({ topic }) => topic === "orders.invoiced")).toBe(true));
        // The home lane's output is under way when the stray's lane, owned by another process, publishes its own.
        await world.cluster.produceRaw({ topic: "orders.placed", partition: wrong, key: "7", value: rawOrder(7, 1) });
        await runProjection(world, store, { groupId: "other", process: onlyLane(world.process(), wrong) });
        await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1"]));
        // Where the second waits for the first, nothing comes; either way the first comes now at the latest.
        await until(async () => expect(await outputsOf(world, 7)).toHaveLength(1), 500).catch(() => undefined);
        unblock();
        await until(() => expectOutputs(world, 7, 2));
        await runProjection(world, store, { projection: books() });
        await until(async () =>
          expect([...(await logOf(store, 7, "books"))].sort()).toEqual(["invoiced 1", "invoiced 2"]),
        );
      });
    });

    describe("a failing reducer", () => {
      it("is tried again; then its event goes to the dead letters in the same transaction, and only its key waited", async () => {
        const { world, store } = await open(harness, stores);
        const [bad = 0, good = 0] = sameLane(1, 2);
        const producer = world.producer();
        for (const n of range(0, 3)) await producer.paid({ order_id: bad, n });
        for (const n of range(0, 3)) await producer.paid({ order_id: good, n });
        const projection = ledger({
          before: (_, { order_id, n }) => {
            if (order_id === bad && n === 1) throw new Error("as the test says");
          },
        });
        const { seen } = await runProjection(world, store, { projection, retry: { attempts: 3, firstDelayMs: 5 } });
        await until(async () => expect(await logOf(store, bad)).toEqual(["paid 0", "paid 2"]));
        expect(await logOf(store, good)).toEqual(["paid 0", "paid 1", "paid 2"]);
        expect(seen.retried.map(({ attempt }) => attempt)).toEqual([1, 2]);
        await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
        const [letter] = await world.cluster.readAll("orders.paid.dlq");
        expect(letter && [keyOf(letter), payloadOf(letter).n]).toEqual([String(bad), 1]);
        expect(letter && headerOf(letter, "keyline-error-attempts")).toBe("3");
        await until(() => expectOutputs(world, bad, 2));
      });

      it("that spoils its state before it throws leaves no trace", async () => {
        const { world, store } = await open(harness, stores);
        await write(world, [7], 0, 3);
        let failures = 2;
        const projection = ledger({
          before: (_, { n }, ctx) => {
            if (n !== 1) return;
            ctx.emit.invoiced({ order_id: 7, n: 999 });
            ctx.timer.set("spoiled", 0);
            if (failures-- > 0) throw new Error("as the test says");
          },
          emits: false,
        });
        await runProjection(world, store, { projection, timers: "events" });
        await until(async () =>
          expect(await logOf(store, 7)).toEqual(["placed 0", "paid 1", "timer spoiled", "shipped 2"]),
        );
        await until(async () =>
          expect((await outputsOf(world, 7)).map((record) => headerOf(record, "keyline-seq"))).toEqual(["ledger#1"]),
        );
      });

      it("a letter is counted when its transaction is written, not once for every try", async () => {
        const { world, store } = await open(harness, stores);
        await world.cluster.produceRaw({ topic: "orders.paid", partition: 0, value: "poison" });
        let left = 2;
        const { seen } = await runProjection(world, store, {
          faults: { write: (_, __, forward) => (left-- > 0 ? Promise.reject(storeDown()) : forward()) },
        });
        await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
        expect(seen.deadLettered).toHaveLength(1);
      });
    });

    it("a cause fetched later than its effect is applied first", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      const process = world.process();
      const release = process.hold("orders.placed");
      const { seen } = await runProjection(world, store, { process });
      await until(() => expect(seen.held.length).toBeGreaterThan(0));
      release();
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 6)));
    });

    outboxTests(harness, stores);
    timerTests(harness, stores);

    for (const seed of range(1, 9)) {
      it(`under random faults (seed ${seed}) states equal a sequential fold, and every output takes effect once`, () =>
        randomFaults(harness, stores, seed));
    }
  });
}

/** A world with a store in which positions are watched. */
export async function open(harness: Harness, stores: StoreHarness, seed = 1) {
  const world = await openWorld(harness, { seed });
  return { world, ...watchedStore(await stores.createStore()) };
}

async function applied(harness: Harness, stores: StoreHarness) {
  const opened = await open(harness, stores);
  await write(opened.world, [7], 0, 6);
  const first = await runProjection(opened.world, opened.store);
  await until(async () => expect(await logOf(opened.store, 7)).toEqual(lines(0, 6)));
  await until(() => expectOutputs(opened.world, 7, 6));
  await first.projector.close();
  return opened;
}

/** A lane whose first event on `paid` stays unfinished for those who do not get `placed`, where its cause lies. */
async function unfinished(harness: Harness, stores: StoreHarness) {
  const opened = await open(harness, stores);
  const [slow = 0, ...others] = sameLane(1, 4);
  const producer = opened.world.producer();
  await producer.placed({ order_id: slow, n: 0 });
  await producer.paid({ order_id: slow, n: 1 });
  return { ...opened, slow, others };
}

/** Events `from` up to, not including, `to` of each key, over the topics in turn, by one producer. */
export async function write(world: World, keys: readonly number[], from: number, to: number): Promise<void> {
  const producer = world.producer();
  await Promise.all(
    range(from, to).flatMap((n) => keys.map((order_id) => producer[names[n % 3] ?? "paid"]({ order_id, n }))),
  );
  await producer.close();
}

/** What `write` leaves in a ledger. */
export const lines = (from: number, to: number): string[] => range(from, to).map((n) => `${names[n % 3]} ${n}`);

const both = (from: number, to: number) =>
  range(from, to)
    .flatMap((n) => [`paid ${n}`, `paid ${100 + n}`])
    .sort();

export const storeDown = () => new KeylineError("store_unavailable", "the store cannot be reached");

const raw = (world: World, topic: string, orderId: number, n: number) =>
  world.cluster.produceRaw({ topic, partition: laneOf(orderId), key: String(orderId), value: rawOrder(orderId, n) });
