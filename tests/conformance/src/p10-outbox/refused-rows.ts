import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { allTopics, lanes } from "../kit/orders.js";
import { until } from "../kit/world.js";
import type { DatabaseHarness } from "./databases.js";
import { firstOccurrences, open, publishedOn } from "./opened.js";

export function refusedRowTests(harness: Harness, databases: DatabaseHarness): void {
  describe("a row that cannot be published", () => {
    it("parks its key alone, is told, and goes first when its cause is fixed", async () => {
      const { "orders.shipped": _, ...others } = allTopics;
      const opened = await open(harness, databases, { topics: others, ownTopics: true });
      const { write, relay, parked, count, world } = opened;
      await write(async (writer) => {
        await writer.paid({ order_id: 1, n: 1 });
        await writer.shipped({ order_id: 1, n: 2 });
        await writer.paid({ order_id: 1, n: 3 });
        await writer.paid({ order_id: 2, n: 4 });
      });
      const made = await relay();
      await until(async () => expect(await count()).toBe(2));
      await until(() => expect(parked.length).toBeGreaterThan(1));
      await write((writer) => writer.paid({ order_id: 1, n: 5 }));
      await until(async () =>
        expect((await made.status()).parked).toMatchObject([{ key: "1", code: "topic_unknown" }]),
      );
      expect(firstOccurrences(await publishedOn(opened, ["orders.paid"]))).toEqual(
        new Map([
          ["1", [1]],
          ["2", [4]],
        ]),
      );
      await world.cluster.createTopics({ "orders.shipped": lanes });
      await until(async () => expect(await count()).toBe(0));
      const published = await publishedOn(opened, ["orders.shipped", "orders.paid"]);
      expect(firstOccurrences(published).get("1")).toEqual([2, 1, 3, 5]);
      const [shipped] = await publishedOn(opened, ["orders.shipped"]);
      const third = published.find(({ n }) => n === 3);
      expect(third?.after).toContain(`orders.shipped/${shipped?.partition}@${shipped?.offset}`);
      expect((await made.status()).parkedKeys).toBe(0);
    });
  });
}
