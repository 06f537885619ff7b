import type { Transport } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { openReader, type SeenByHooks } from "../kit/reader.js";
import { laneOf, openWorld, range, until } from "../kit/world.js";
import { raw } from "./events.js";

/** Causes that never come. */
export function missingCauseTests(harness: Harness): void {
  describe("a cause that is not there", () => {
    it("by a forged header: its effect is delivered and counted, and so is what follows", async () => {
      const world = await openWorld(harness);
      await raw(world, "orders.paid", 7, 0, [["keyline-after", `orders.placed/${laneOf(7)}@1000000`]]);
      await raw(world, "orders.paid", 7, 1);
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
      await until(() => expect(recorder.of(7)).toEqual([0, 1]));
      expect(reasonsOf(seen)).toEqual(["missing"]);
    });

    it("by forged headers of hundreds of events of one key: few questions about the log's end serve them all", async () => {
      const world = await openWorld(harness);
      const forged = 300;
      for (const n of range(0, forged))
        await raw(world, "orders.paid", 7, n, [["keyline-after", `orders.placed/${laneOf(7)}@1000000`]]);
      let asked = 0;
      const { transport } = world.process();
      const counting: Transport = {
        ...transport,
        logRanges(partitions) {
          asked += 1;
          return transport.logRanges(partitions);
        },
      };
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"], transport: counting });
      await until(() => expect(recorder.of(7)).toEqual(range(0, forged)));
      expect(reasonsOf(seen)).toHaveLength(forged);
      expect(asked).toBeLessThan(forged / 5);
    });

    needing(harness, "rewrite-logs")("because the log was truncated: delivered and counted", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const cause = await producer.placed({ order_id: 7, n: 0 });
      await producer.paid({ order_id: 7, n: 1 });
      faultsOf(world.cluster).truncate(cause, 0);
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
      await until(() => expect(recorder.of(7)).toEqual([1]));
      expect(reasonsOf(seen)).toEqual(["missing"]);
    });

    needing(harness, "recreate-topics")("because the topic was made anew: delivered and counted", async () => {
      const world = await openWorld(harness, { ownTopics: true });
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      await producer.paid({ order_id: 7, n: 3 });
      await faultsOf(world.cluster).recreateTopic("orders.placed");
      await raw(world, "orders.placed", 7, 4);
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
      await until(() => expect([...recorder.of(7)].sort()).toEqual([3, 4]));
      expect(reasonsOf(seen)).toEqual(["missing"]);
    });

    needing(harness, "rewrite-logs")(
      "because it was compacted away: delivered, for its place was read over",
      async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        const cause = await producer.placed({ order_id: 7, n: 0 });
        await producer.placed({ order_id: 7, n: 1 });
        await producer.paid({ order_id: 7, n: 2 });
        faultsOf(world.cluster).compact(cause, [cause.offset]);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect(recorder.of(7)).toEqual([1, 2]));
        expect(reasonsOf(seen)).toEqual([]);
      },
    );
  });

  describe("forged cycles do not lock", () => {
    const cycles: readonly { title: string; of: readonly (readonly [string, string])[] }[] = [
      {
        title: "two events after each other",
        of: [
          ["placed", "paid"],
          ["paid", "placed"],
        ],
      },
      {
        title: "three in a ring",
        of: [
          ["placed", "paid"],
          ["paid", "shipped"],
          ["shipped", "placed"],
        ],
      },
      {
        title: "a ring and one that waits for what will never come",
        of: [
          ["placed", "paid"],
          ["paid", "placed"],
          ["shipped", "invoiced"],
        ],
      },
    ];
    for (const { title, of } of cycles) {
      it(title, async () => {
        const world = await openWorld(harness);
        const lane = laneOf(7);
        for (const [n, [on, after]] of of.entries())
          await raw(world, `orders.${on}`, 7, n, [
            ["keyline-after", `orders.${after}/${lane}@${after === "invoiced" ? 9 : 0}`],
          ]);
        await raw(world, "orders.placed", 7, 9);
        const { recorder } = await openReader(world, { names: ["placed", "paid", "shipped", "invoiced"] });
        await until(() => expect([...recorder.of(7)].sort()).toEqual([...range(0, of.length), 9]));
      });
    }
  });
}

/** Why causes were ignored, but for events whose producer is no SDK. */
const reasonsOf = ({ causeIgnored }: SeenByHooks) =>
  causeIgnored.map(({ reason }) => reason).filter((reason) => reason !== "absent");
