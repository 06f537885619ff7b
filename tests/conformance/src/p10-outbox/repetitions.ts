import { createMemoryStore } from "@keyline/runtime/testing";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { laneOf, range, rawOrder, until } from "../kit/world.js";
import { ledger, logOf, runProjection } from "../p8-effect-once/ledger.js";
import type { DatabaseHarness } from "./databases.js";
import { firstOccurrences, open, publishedOn } from "./opened.js";

export function repetitionTests(harness: Harness, databases: DatabaseHarness): void {
  describe("what a relay that stood still publishes late", () => {
    it("has the id and the number that it had, and changes no projection", async () => {
      const opened = await open(harness, databases);
      const { world, relay, write, count, database } = opened;
      const process = world.process();
      const release = process.block("orders.paid");
      let isStill = false;
      await relay({
        ...{ process, leaseMs: 300 },
        database: {
          ...database,
          transaction: (run) => (isStill ? new Promise(() => undefined) : database.transaction(run)),
        },
      });
      await write((writer) => writer.paid({ order_id: 7, n: 1 }));
      await until(() => expect(process.appends).toHaveLength(1));
      // It renews its lease no more, which ends so.
      isStill = true;
      const next = await relay();
      await until(() => expect(next.standing().slots).toBe(64));
      await write((writer) => writer.paid({ order_id: 7, n: 2 }));
      await until(async () => expect(await count()).toBe(0));
      release();
      await until(async () => expect(await publishedOn(opened, ["orders.paid"])).toHaveLength(3));
      const published = await publishedOn(opened, ["orders.paid"]);
      expect(firstOccurrences(published)).toEqual(new Map([["7", [1, 2]]]));
      const [first, repeated] = published.filter(({ n }) => n === 1);
      expect(repeated).toMatchObject({ id: first?.id, sequence: first?.sequence });
      expect((await next.status()).waiting).toBe(0);
      const store = createMemoryStore();
      const { seen } = await runProjection(world, store, { projection: ledger({ emits: false }) });
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["applied_sequence"]));
      expect(await logOf(store, 7)).toEqual(["paid 1", "paid 2"]);
    });

    it("is known by its number however many events of its key came between, though no log holds as many", async () => {
      const { world } = await open(harness, databases);
      const raw = (n: number, number: number) =>
        world.cluster.produceRaw({
          ...{ topic: "orders.paid", partition: laneOf(7), key: "7", value: rawOrder(7, n) },
          headers: [["keyline-seq", Buffer.from(`shop@outbox#${179_000_000_000_000 + number}`)]],
        });
      for (const n of range(1, 4)) await raw(n, n);
      await raw(4, 1);
      await raw(5, 5);
      const store = createMemoryStore();
      const { seen } = await runProjection(world, store, { projection: ledger({ emits: false }) });
      await until(async () => expect(await logOf(store, 7)).toEqual(["paid 1", "paid 2", "paid 3", "paid 5"]));
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["applied_sequence"]));
      expect(seen.sequenceIgnored).toEqual([]);
    });
  });
}
