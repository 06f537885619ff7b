import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { seeds } from "../kit/seeds.js";
import { range, until } from "../kit/world.js";
import { appliedAlreadyTests } from "./applied-already.js";
import { failingReducerTests } from "./failing-reducers.js";
import { books, expectOutputs, logOf, outputsOf, runProjection } from "./ledger.js";
import { madeUpTests } from "./made-up.js";
import { lines, open, write } from "./opened.js";
import { outboxTests } from "./outbox.js";
import { ownerTests } from "./owners.js";
import { randomFaults } from "./random-faults.js";
import { redeliveryTests } from "./redeliveries.js";
import { replacedLogTests } from "./replaced-logs.js";
import { storeFailureTests } from "./store-failures.js";
import type { StoreHarness } from "./stores.js";
import { strayTests } from "./strays.js";
import { timerTests } from "./timers.js";

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

    storeFailureTests(harness, stores);

    ownerTests(harness, stores);

    appliedAlreadyTests(harness, stores);

    madeUpTests(harness, stores);

    replacedLogTests(harness, stores);

    strayTests(harness, stores);

    failingReducerTests(harness, stores);

    redeliveryTests(harness, stores);

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

    for (const seed of seeds(8, harness, stores)) {
      it(`under random faults (seed ${seed}) states equal a sequential fold, and every output takes effect once`, () =>
        randomFaults(harness, stores, seed));
    }
  });
}
