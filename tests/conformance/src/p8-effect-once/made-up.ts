import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { laneOf, range, rawOrder, until, type World } from "../kit/world.js";
import { books, logOf, outputsOf, runProjection } from "./ledger.js";
import { open, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

const event_id = "0b0c3f6e-1111-4222-8333-444455556666";

/** What a sender with WRITE on one topic makes up: it means nothing for other topics. */
export function madeUpTests(harness: Harness, stores: StoreHarness): void {
  describe("what a topic's sender makes up", () => {
    it("a sequence number beyond all others hides no event of another topic", async () => {
      const { world, store } = await open(harness, stores);
      await numbered(world, "orders.invoiced", 100, "ledger#999999999999999");
      await numbered(world, "orders.rated", 1, "ledger#1");
      const { seen } = await runProjection(world, store, { projection: books() });
      await until(async () => expect(await logOf(store, 7, "books")).toHaveLength(2));
      await numbered(world, "orders.rated", 2, "ledger#2");
      await until(async () => expect(await logOf(store, 7, "books")).toContain("rated 2"));
      await numbered(world, "orders.rated", 2, "ledger#2");
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["applied_sequence"]));
    });

    it("numbers that the logs can hold count for their own topic alone", async () => {
      const { world, store } = await open(harness, stores);
      for (const n of range(1, 4)) await numbered(world, "orders.invoiced", n, `ledger#${n}`);
      await numbered(world, "orders.rated", 1, "ledger#1");
      const { seen } = await runProjection(world, store, { projection: books() });
      await until(async () => expect(await logOf(store, 7, "books")).toContain("invoiced 3"));
      await until(async () => expect(await logOf(store, 7, "books")).toContain("rated 1"));
      expect(seen.ignored).toEqual([]);
    });

    it("a sequence number that no log holds hides no later event of its own topic either, and is told", async () => {
      const { world, store } = await open(harness, stores);
      await numbered(world, "orders.invoiced", 0, "ledger#999999999999999");
      for (const n of range(1, 4)) await numbered(world, "orders.invoiced", n, `ledger#${n}`);
      const { seen } = await runProjection(world, store, { projection: books() });
      const log = range(0, 4).map((n) => `invoiced ${n}`);
      await until(async () => expect(await logOf(store, 7, "books")).toEqual(log));
      await until(() =>
        expect(seen.sequenceIgnored).toMatchObject([{ topic: "orders.invoiced", key: "7", reason: "number" }]),
      );
      // What can be counts as before: a repetition under another id is dropped.
      await numbered(world, "orders.invoiced", 3, "ledger#3");
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["applied_sequence"]));
    });

    it("names without end do not make a key's row grow, and are told", async () => {
      const { world, store } = await open(harness, stores);
      const long = "x".repeat(2000);
      for (const n of range(0, 40)) await numbered(world, "orders.invoiced", n, `${n % 2 ? long : "name"}${n}#1`);
      const { seen } = await runProjection(world, store, { projection: books() });
      await until(async () => expect(await logOf(store, 7, "books")).toHaveLength(40));
      await until(() => expect(seen.sequenceIgnored).toHaveLength(24));
      const row = (await store.readStates({ app: "books", domain: "orders" }, ["7"])).get("7");
      expect(JSON.stringify(row?.meta)).not.toContain(long);
    });

    it("the id of an output, sent first on another topic, does not keep the output from its readers", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 1);
      await runProjection(world, store);
      await until(async () => expect(await outputsOf(world, 7)).toHaveLength(1));
      const [output] = await outputsOf(world, 7);
      const { event_id: derived } = JSON.parse(Buffer.from(output?.value ?? []).toString()) as { event_id: string };
      const other = output?.topic === "orders.rated" ? "orders.invoiced" : "orders.rated";
      await made(world, other, 100, { event_id: derived });
      const process = world.process();
      const release = process.hold(output?.topic ?? "");
      await runProjection(world, store, { projection: books(), process });
      await until(async () => expect(await logOf(store, 7, "books")).toHaveLength(1));
      release();
      await until(async () => expect(await logOf(store, 7, "books")).toHaveLength(2));
    });

    it("an id that comes again on its topic with another content is left out, and told", async () => {
      const { world, store } = await open(harness, stores);
      for (const n of [1, 2]) await made(world, "orders.paid", n, { event_id });
      const { seen } = await runProjection(world, store);
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["id_reused"]));
      expect(await logOf(store, 7)).toEqual(["paid 1"]);
    });
  });
}

const made = (world: World, topic: string, n: number, more: object, headers: readonly [string, Uint8Array][] = []) =>
  world.cluster.produceRaw({ topic, partition: laneOf(7), key: "7", value: rawOrder(7, n, more), headers });

const numbered = (world: World, topic: string, n: number, sequence: string) =>
  made(world, topic, n, {}, [["keyline-seq", Buffer.from(sequence)]]);
