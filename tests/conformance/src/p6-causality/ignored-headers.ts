import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { lanes } from "../kit/orders.js";
import { openReader } from "../kit/reader.js";
import { laneOf, openWorld, until } from "../kit/world.js";
import { raw } from "./events.js";

/** Headers that mean nothing where they are read. */
export function ignoredHeaderTests(harness: Harness): void {
  describe("a header that means nothing here is ignored and counted", () => {
    const cases: readonly { title: string; after: (lane: number) => string; cluster?: string; reason: string }[] = [
      { title: "another partition", after: (lane) => `orders.placed/${(lane + 1) % lanes}@5`, reason: "partition" },
      {
        title: "another cluster",
        after: (lane) => `orders.placed/${lane}@5`,
        cluster: "elsewhere",
        reason: "cluster",
      },
      { title: "a topic of another domain", after: () => "accounts.opened/0@5", reason: "domain" },
      { title: "a topic that is not read", after: (lane) => `orders.rated/${lane}@5`, reason: "not_read" },
      { title: "no position at all", after: () => "yesterday", reason: "malformed" },
      { title: "its own place or a later one", after: (lane) => `orders.paid/${lane}@0`, reason: "malformed" },
    ];
    for (const { title, after, cluster, reason } of cases) {
      it(`${title}: ${reason}`, async () => {
        const world = await openWorld(harness);
        await raw(world, "orders.paid", 7, 1, [
          ["keyline-after", after(laneOf(7))],
          ...(cluster ? [["keyline-cluster", cluster] as const] : []),
        ]);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect(recorder.of(7)).toEqual([1]));
        const at = { topic: "orders.paid", partition: laneOf(7), offset: 0 };
        expect(seen.causeIgnored).toEqual([{ ...at, group: "readers", reason }]);
        expect(seen.held).toEqual([]);
      });
    }

    it("no header, as of a producer that is no SDK: absent", async () => {
      const world = await openWorld(harness);
      await raw(world, "orders.paid", 7, 1);
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
      await until(() => expect(recorder.of(7)).toEqual([1]));
      expect(seen.causeIgnored.map(({ reason }) => reason)).toEqual(["absent"]);
      expect(seen.held).toEqual([]);
    });

    it("one part of a header does not spoil the others", async () => {
      const world = await openWorld(harness);
      const process = world.process();
      const release = process.hold("orders.placed");
      await raw(world, "orders.placed", 7, 0);
      await raw(world, "orders.paid", 7, 1, [
        ["keyline-after", `nonsense, accounts.opened/0@1, orders.placed/${laneOf(7)}@0`],
      ]);
      const { recorder, seen } = await openReader(world, { process, names: ["placed", "paid"] });
      await until(() => expect(seen.held).toHaveLength(1));
      release();
      await until(() => expect(recorder.of(7)).toEqual([0, 1]));
    });
  });
}
