import { readLane } from "@keyline/runtime/tools";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { allTopics, topics } from "../kit/orders.js";
import { laneOf, openWorld, payloadOf, range, rawOrder, sameLane } from "../kit/world.js";

const { opened: _, logged: __, ...orderTopics } = topics;

/** One key's events, read outside of any group. */
export function readLaneTests(harness: Harness): void {
  describe("readLane", () => {
    it("gives one key's events of all topics, each after its causes, whatever the brokers' clocks say", async () => {
      const world = await openWorld(harness);
      let nowMs = 2_000_000_000_000;
      // The clock runs backwards: only causes can tell the order.
      const producer = world.producer({ clock: () => (nowMs -= 1000) });
      const [key = 0, other = 0] = sameLane(7, 2);
      const names = ["placed", "paid", "shipped", "paid", "placed", "shipped", "paid"] as const;
      for (const [n, name] of names.entries()) {
        await producer[name]({ order_id: key, n });
        await producer[name]({ order_id: other, n });
      }
      const events = await readLane({ transport: world.process().transport, topics: orderTopics, key: String(key) });
      expect(events.map(({ record }) => payloadOf(record).n)).toEqual(range(0, names.length));
      expect(events.every((event) => event.key === String(key) && event.decoded.kind === "event")).toBe(true);
      expect(events.map(({ name }) => name)).toEqual(names);
    });

    it("works where a topic of the contract does not exist yet", async () => {
      const { "orders.placed": _placed, ...others } = allTopics;
      const world = await openWorld(harness, { topics: others });
      await world.producer().paid({ order_id: 7, n: 0 });
      const events = await readLane({ transport: world.process().transport, topics: orderTopics, key: "7" });
      expect(events).toHaveLength(1);
    });

    it("shows what cannot be decoded, too, and ends in spite of a forged cycle", async () => {
      const world = await openWorld(harness);
      const lane = laneOf(7);
      const write = (topic: string, value: string, after: string) =>
        world.cluster.produceRaw({
          topic,
          partition: lane,
          key: "7",
          value,
          headers: [["keyline-after", Buffer.from(after)]],
        });
      await write("orders.placed", rawOrder(7, 0), `orders.paid/${lane}@0`);
      await write("orders.paid", "no json", `orders.placed/${lane}@0`);
      const events = await readLane({ transport: world.process().transport, topics: orderTopics, key: "7" });
      expect(events.map(({ decoded }) => decoded.kind).sort()).toEqual(["event", "failure"]);
    });

    it("is empty for a key without events", async () => {
      const world = await openWorld(harness);
      await world.producer().paid({ order_id: 7, n: 0 });
      expect(await readLane({ transport: world.process().transport, topics: orderTopics, key: "8" })).toEqual([]);
    });
  });
}
