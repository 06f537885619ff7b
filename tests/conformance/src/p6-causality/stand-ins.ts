import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openReader } from "../kit/reader.js";
import { openWorld, range, sameLane, until } from "../kit/world.js";
import { expectHeld, fail } from "./events.js";

/** What a producer does not remember. */
export function standInTests(harness: Harness): void {
  describe("the lane's newest positions stand in", () => {
    it("after a restart of the producer", async () => {
      const world = await openWorld(harness);
      const before = world.producer();
      await before.placed({ order_id: 7, n: 0 });
      await before.close();
      await world.producer().paid({ order_id: 7, n: 1 });
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 1] });
    });

    it("for keys beyond those that a producer remembers", async () => {
      const world = await openWorld(harness);
      const producer = world.producer({ rememberKeys: 2 });
      const keys = sameLane(7, 6);
      for (const order_id of keys) await producer.placed({ order_id, n: 0 });
      await producer.paid({ order_id: 7, n: 1 });
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 1] });
    });

    it("also on the topics that a forgotten key was not written to since", async () => {
      const world = await openWorld(harness);
      const producer = world.producer({ rememberKeys: 1 });
      const [key = 0, other = 0] = sameLane(7, 2);
      await producer.placed({ order_id: key, n: 0 });
      await producer.shipped({ order_id: other, n: 0 });
      await producer.shipped({ order_id: key, n: 1 });
      await producer.paid({ order_id: key, n: 2 });
      await expectHeld(world, key, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 2] });
    });

    it("without ever waiting for another key's retries", async () => {
      const world = await openWorld(harness);
      const [failing = 0, key = 0] = sameLane(1, 2);
      await world.producer().placed({ order_id: failing, n: 0 });
      await world.producer().paid({ order_id: key, n: 1 });
      const { recorder, seen } = await openReader(world, {
        retry: { attempts: 2, firstDelayMs: 60_000, withinMs: 600_000 },
        run: ({ key: now }) => fail(now === String(failing)),
      });
      await until(() => expect(recorder.of(key)).toEqual([1]));
      expect(recorder.of(failing)).toEqual([0]);
      expect(seen.deadLettered).toEqual([]);
    });

    it("not even when that key's events fill the buffer", async () => {
      const world = await openWorld(harness);
      const [failing = 0, key = 0] = sameLane(1, 2);
      const first = world.producer();
      await Promise.all(range(0, 100).map((n) => first.placed({ order_id: failing, n })));
      await world.producer().paid({ order_id: key, n: 1 });
      const { recorder } = await openReader(world, {
        process: world.process({ maxRecordsPerFetch: 5 }),
        bufferBytes: 20_000,
        retry: { attempts: 2, firstDelayMs: 60_000, withinMs: 600_000 },
        run: ({ key: now }) => fail(now === String(failing)),
      });
      await until(() => expect(recorder.of(key)).toEqual([1]));
    });
  });
}
