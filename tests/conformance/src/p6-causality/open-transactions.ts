import { expect } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { openReader } from "../kit/reader.js";
import { laneOf, openWorld, until, within } from "../kit/world.js";

/** What lies behind a transaction that another producer left open is in the log, though it cannot be read yet. */
export function openTransactionTests(harness: Harness): void {
  needing(harness, "open-transactions")(
    "a cause behind a transaction that stays open is not missing: its effect waits until the transaction ends",
    async () => {
      const world = await openWorld(harness);
      const end = await faultsOf(world.cluster).openTransaction({ topic: "orders.placed", partition: laneOf(7) });
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0 });
      await producer.paid({ order_id: 7, n: 1 });
      const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
      await until(() => expect(seen.held).toHaveLength(1));
      // Long enough for the log's end to be asked for, more than once.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(recorder.calls).toEqual([]);
      await end();
      await until(() => expect(recorder.of(7)).toEqual([0, 1]));
      expect(seen.causeIgnored).toEqual([]);
    },
  );

  needing(harness, "open-transactions")(
    "`caughtUp` does not wait for ever behind a transaction that stays open: it names it, and resolves once it has ended",
    async () => {
      const world = await openWorld(harness);
      const place = { topic: "orders.placed", partition: laneOf(7) };
      const end = await faultsOf(world.cluster).openTransaction(place);
      await world.producer().placed({ order_id: 7, n: 0 });
      const { recorder, consumer } = await openReader(world, { names: ["placed", "paid"] });
      await expect(within(consumer.caughtUp(), 15_000)).rejects.toMatchObject({
        code: "timed_out",
        retryable: true,
        rawMessage: expect.stringMatching(
          new RegExp(`cannot catch up with .*orders\\.placed/${place.partition}: a transaction is open at 0`),
        ),
      });
      await end();
      await within(consumer.caughtUp(), 15_000);
      expect(recorder.of(7)).toEqual([0]);
    },
  );
}
