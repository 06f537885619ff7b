import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { laneOf, range, rawOrder, until, type World } from "../kit/world.js";
import { books, ledger, logOf, runProjection } from "./ledger.js";
import { open, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

const highest = 999_999_999_999_999;

/** An output of the ledger, by anything that may write to its topic. */
const output = (world: World, topic: "invoiced" | "rated", n: number, sequence: string, more: object = {}) =>
  world.cluster.produceRaw({
    topic: `orders.${topic}`,
    partition: laneOf(7),
    key: "7",
    value: rawOrder(7, n, more),
    headers: [["keyline-seq", Buffer.from(sequence)]],
  });

/** What a header says of a sender counts only as far as the sender could have written it. */
export function forgedHeaderTests(harness: Harness, stores: StoreHarness): void {
  describe("forged headers", () => {
    it("a sequence number that no log holds suppresses no later event, and is told", async () => {
      const { world, store } = await open(harness, stores);
      await output(world, "invoiced", 0, `ledger#${highest}`);
      for (const n of range(1, 4)) await output(world, "invoiced", n, `ledger#${n}`);
      const { seen } = await runProjection(world, store, { projection: books() });
      const log = range(0, 4).map((n) => `invoiced ${n}`);
      await until(async () => expect(await logOf(store, 7, "books")).toEqual(log));
      expect(seen.sequenceIgnored).toMatchObject([{ topic: "orders.invoiced", key: "7", reason: "number" }]);
      // What can be counts as before: a repetition under another id is dropped.
      await output(world, "invoiced", 3, "ledger#3");
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["applied_sequence"]));
    });

    it("an app that the contract does not declare as a sender has no sequence numbers there", async () => {
      const { world, store } = await open(harness, stores);
      for (const n of range(1, 4)) await output(world, "rated", n, "another#1");
      const { seen } = await runProjection(world, store, { projection: books() });
      await until(async () => expect(await logOf(store, 7, "books")).toEqual(range(1, 4).map((n) => `rated ${n}`)));
      expect(seen.sequenceIgnored.map(({ reason }) => reason)).toEqual(["sender", "sender", "sender"]);
    });

    it("a projection that is not a declared sender of what it emits to is told so, and no other", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      const projection = ledger();
      const emits = { ...projection.emits, invoiced: { ...projection.emits.invoiced, senders: ["another"] } };
      const { seen } = await runProjection(world, store, { projection: { ...projection, emits } });
      await until(async () => expect(await logOf(store, 7)).toHaveLength(3));
      expect(seen.senderUndeclared).toEqual([{ projection: "ledger", topic: "orders.invoiced", senders: ["another"] }]);
    });
  });
}
