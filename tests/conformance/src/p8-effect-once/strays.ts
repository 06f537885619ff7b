import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { lanes } from "../kit/orders.js";
import { onlyLane } from "../kit/process.js";
import { laneOf, range, rawOrder, until } from "../kit/world.js";
import { books, expectOutputs, logOf, outputsOf, runProjection } from "./ledger.js";
import { open, raw } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** Events on another partition than their key's. */
export function strayTests(harness: Harness, stores: StoreHarness): void {
  describe("strays", () => {
    it("a key's event on a wrong partition takes effect once, beside the key's other events", async () => {
      const { world, store } = await open(harness, stores);
      const wrong = (laneOf(7) + 1) % lanes;
      const producer = world.producer();
      for (const n of range(0, 5)) {
        await producer.paid({ order_id: 7, n });
        await world.cluster.produceRaw({
          topic: "orders.paid",
          partition: wrong,
          key: "7",
          value: rawOrder(7, 100 + n),
        });
      }
      const first = await runProjection(world, store);
      await until(async () => expect([...(await logOf(store, 7))].sort()).toEqual(both(0, 5)));
      await first.process.crash();
      await runProjection(world, store, { groupId: "again" });
      await producer.paid({ order_id: 7, n: 5 });
      await world.cluster.produceRaw({ topic: "orders.paid", partition: wrong, key: "7", value: rawOrder(7, 105) });
      await until(async () => expect([...(await logOf(store, 7))].sort()).toEqual(both(0, 6)));
      const paid = (await logOf(store, 7)).filter((line) => Number(line.slice(5)) < 100);
      expect(paid).toEqual(range(0, 6).map((n) => `paid ${n}`));
      await until(() => expectOutputs(world, 7, 12));
    });

    it("outputs of a key from two lanes in two processes are all applied, in whatever order they are published", async () => {
      const { world, store } = await open(harness, stores);
      const wrong = (laneOf(7) + 1) % lanes;
      const home = onlyLane(world.process(), laneOf(7));
      const unblock = home.block("orders.invoiced");
      await raw(world, "orders.placed", 7, 0);
      await runProjection(world, store, { process: home });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
      await until(() => expect(home.appends.some(({ topic }) => topic === "orders.invoiced")).toBe(true));
      // The home lane's output is under way when the stray's lane, owned by another process, publishes its own.
      await world.cluster.produceRaw({ topic: "orders.placed", partition: wrong, key: "7", value: rawOrder(7, 1) });
      await runProjection(world, store, { groupId: "other", process: onlyLane(world.process(), wrong) });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1"]));
      // Where the second waits for the first, nothing comes; either way the first comes now at the latest.
      await until(async () => expect(await outputsOf(world, 7)).toHaveLength(1), 500).catch(() => undefined);
      unblock();
      await until(() => expectOutputs(world, 7, 2));
      await runProjection(world, store, { projection: books() });
      await until(async () =>
        expect([...(await logOf(store, 7, "books"))].sort()).toEqual(["invoiced 1", "invoiced 2"]),
      );
    });
  });
}

const both = (from: number, to: number) =>
  range(from, to)
    .flatMap((n) => [`paid ${n}`, `paid ${100 + n}`])
    .sort();
