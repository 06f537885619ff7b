import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { createConsumer } from "../kit/orders.js";
import { laneOf, range, until } from "../kit/world.js";
import type { DatabaseHarness } from "./databases.js";
import { open, publishedOn } from "./opened.js";

export function causeTests(harness: Harness, databases: DatabaseHarness): void {
  describe("causes are carried through the outbox", () => {
    it("of the event that is handled, and of those that the caller names", async () => {
      const opened = await open(harness, databases);
      const { world, outbox, transaction, relay, write, count } = opened;
      // It knows the ends of all logs from before: what is sent from here on it cannot know by itself.
      await relay();
      await write((writer) => writer.invoiced({ order_id: 7, n: 0 }));
      await until(async () => expect(await count()).toBe(0));
      const producer = world.producer();
      const placed = await producer.placed({ order_id: 7, n: 1, correlation_id: "c-1" });
      const shipped = await producer.shipped({ order_id: 7, n: 2 });
      await world.start(
        createConsumer({
          ...{ groupId: "billing", transport: world.process().transport },
          on: {
            placed: (event) =>
              transaction(async (execute) => {
                await outbox.within(execute).paid({ order_id: event.order_id, n: 3 }, { after: shipped });
              }),
          },
        }),
      );
      await until(async () => expect(await publishedOn(opened, ["orders.paid"])).toHaveLength(1));
      const [paid] = await publishedOn(opened, ["orders.paid"]);
      for (const cause of [placed, shipped])
        expect(paid?.after).toContain(`${cause.topic}/${laneOf(7)}@${cause.offset}`);
    });

    it("and a relay that takes a slot over names what the one before it published", async () => {
      const opened = await open(harness, databases);
      const { relay, write, count } = opened;
      const first = await relay();
      const second = await relay();
      const expectHalves = () => expect([first.standing().slots, second.standing().slots]).toEqual([32, 32]);
      await until(expectHalves);
      const keys = range(1, 20);
      // Each relay has published, so it is connected: one that connects later learns the logs' ends by that.
      await write(async (writer) => {
        for (const order_id of keys) await writer.shipped({ order_id, n: order_id });
      });
      await until(async () => expect(await count()).toBe(0));
      // On a busy machine one may lose its slots to the other: once more, until each has published half.
      for (let n = 0; n === 0 || first.standing().slots !== 32 || second.standing().slots !== 32; n += 1) {
        await until(expectHalves);
        await write(async (writer) => {
          for (const order_id of keys) await writer.placed({ order_id, n });
        });
        await until(async () => expect(await count()).toBe(0));
      }
      await first.close();
      await until(() => expect(second.standing().slots).toBe(64));
      await write(async (writer) => {
        for (const order_id of keys) await writer.paid({ order_id, n: 100 + order_id });
      });
      await until(async () => expect(await count()).toBe(0));
      const placed = await publishedOn(opened, ["orders.placed"]);
      for (const paid of await publishedOn(opened, ["orders.paid"])) {
        const cause = placed.findLast(({ key }) => key === paid.key);
        const named = /orders\.placed\/\d+@(\d+)/.exec(paid.after ?? "")?.[1];
        expect(Number(named ?? -1)).toBeGreaterThanOrEqual(cause?.offset ?? Number.NaN);
      }
    });
  });
}
