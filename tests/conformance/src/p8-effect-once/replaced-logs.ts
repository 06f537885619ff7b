import { describe, expect } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { createConsumer } from "../kit/orders.js";
import { laneOf, openWorld, range, until } from "../kit/world.js";
import { logOf, runProjection } from "./ledger.js";
import { applied, lines, raw, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** Logs that are not what they were. */
export function replacedLogTests(harness: Harness, stores: StoreHarness): void {
  describe("a log that is not the one that was applied", () => {
    needing(harness, "recreate-topics")("recreated with other events: log_replaced, nothing skipped", async () => {
      const { world, store } = await applied(harness, stores, { ownTopics: true });
      await faultsOf(world.cluster).recreateTopic("orders.paid");
      for (const n of range(50, 58)) await raw(world, "orders.paid", 7, n);
      const { ended } = await runProjection(world, store, { background: true });
      expect(await ended).toMatchObject({ code: "log_replaced" });
      expect(await logOf(store, 7)).toEqual(lines(0, 6));
    });

    needing(harness, "expire-records")(
      "what expired while no copy ran is told, also where nothing had been applied yet: offset_out_of_range",
      async () => {
        const world = await openWorld(harness, { ownTopics: true });
        const store = await stores.createStore();
        const place = { topic: "orders.paid", partition: laneOf(7) };
        const first = await runProjection(world, store);
        // A position at the log's beginning is a position: it is stored when the lane is first owned.
        await first.projector.caughtUp();
        await first.process.crash();
        for (const n of range(0, 5)) await raw(world, "orders.paid", 7, n);
        await faultsOf(world.cluster).expire(place, 3);
        const { ended } = await runProjection(world, store, { background: true });
        expect(await ended).toMatchObject({
          code: "offset_out_of_range",
          rawMessage: expect.stringMatching(/at 0: the log begins at 3, so 3 records are lost/),
        });
        expect(await logOf(store, 7)).toEqual([]);
      },
    );

    needing(harness, "recreate-topics")("recreated while it runs: log_replaced, nothing skipped", async () => {
      const { world, store } = await applied(harness, stores, { ownTopics: true });
      const { ended, projector } = await runProjection(world, store, { background: true });
      await until(() => projector.caughtUp());
      const read: number[] = [];
      const consumer = createConsumer({
        transport: world.process().transport,
        groupId: "readers",
        on: { paid: async ({ n }) => void read.push(n) },
      });
      await world.start(consumer);
      const readerEnded = consumer.run().catch((error: unknown) => error);
      await consumer.caughtUp();
      const before = [...read];
      await faultsOf(world.cluster).recreateTopic("orders.paid");
      for (const n of range(50, 58)) await raw(world, "orders.paid", 7, n);
      expect(await Promise.all([ended, readerEnded])).toMatchObject([
        { code: "log_replaced" },
        { code: "log_replaced" },
      ]);
      expect(await logOf(store, 7)).toEqual(lines(0, 6));
      expect(read).toEqual(before);
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

    needing(harness, "rewrite-logs")("its last applied record compacted away does not count as replaced", async () => {
      const { world, store } = await applied(harness, stores);
      faultsOf(world.cluster).compact({ topic: "orders.paid", partition: laneOf(7) }, [0, 1]);
      await runProjection(world, store);
      await write(world, [7], 6, 8);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 8)));
    });
  });
}
