import { formatAfter, type Headers, parseAfter, type RecordPosition } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { lanes, type topics } from "../kit/orders.js";
import { openReader } from "../kit/reader.js";
import { headerOf, laneOf, openWorld, range, rawOrder, sameLane, until, type World } from "../kit/world.js";
import { randomHistory } from "./history.js";
import { readLaneTests } from "./read-lane.js";

/** P6: an event is never handled before the event of its key that caused it, though they are on different topics. */
export function causalitySuite(harness: Harness): void {
  describe("P6 causality", () => {
    it("an effect fetched rounds before its cause is held until the cause is handled; other keys pass", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [key = 0, other = 0] = sameLane(1, 2);
      const cause = await producer.placed({ order_id: key, n: 0 });
      const effect = await producer.paid({ order_id: key, n: 1 });
      await producer.paid({ order_id: other, n: 2 }, {});
      const process = world.process();
      const release = process.hold("orders.placed");
      const { recorder, seen } = await openReader(world, { process });
      // Another key of the lane, sent by a process that knows nothing of the lane, passes.
      await world.cluster.produceRaw({
        topic: "orders.paid",
        partition: laneOf(other),
        key: String(other),
        value: rawOrder(other, 3),
      });
      await until(() => expect(seen.held.map(({ key }) => key)).toContain(String(key)));
      const sentinel = sameLane(1, 3)[2] ?? 0;
      await raw(world, "orders.shipped", sentinel, 4);
      await until(() => expect(recorder.of(sentinel)).toEqual([4]));
      expect(recorder.of(key)).toEqual([]);
      release();
      await until(() => expect(recorder.of(key)).toEqual([0, 1]));
      const place = ({ topic, partition, offset }: RecordPosition) => ({ topic, partition, offset });
      expect(seen.held.find(({ key: held }) => held === String(key))).toEqual({
        ...place(effect),
        key: String(key),
        cause: place(cause),
      });
      expect(seen.released.filter(({ key: held }) => held === String(key))).toHaveLength(1);
      await until(() => expect(recorder.of(other)).toEqual([2, 3]));
    });

    it("every event names the newest of each other topic that its key had before", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const sent = [];
      for (const [n, name] of (["placed", "paid", "placed", "shipped", "paid"] as const).entries())
        sent.push(await producer[name]({ order_id: 7, n }));
      const [, , placed, shipped] = sent;
      const records = await world.cluster.readAll("orders.paid");
      const last = records.at(-1);
      expect(parseAfter((last && headerOf(last, "keyline-after")) ?? null).entries).toEqual(
        expect.arrayContaining(
          [placed, shipped].map((one) => ({ topic: one?.topic, partition: one?.partition, offset: one?.offset })),
        ),
      );
      expect(last && headerOf(last, "keyline-cluster")).toBe(await world.process().transport.clusterId());
      expect(records[0] && headerOf(records[0], "keyline-after")).toBe(
        formatAfter([{ topic: "orders.placed", partition: laneOf(7), offset: 0 }]),
      );
    });

    describe("causes are transitive", () => {
      it("through the events of one producer, over a topic that the reader does not read", async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        for (const [n, name] of (["placed", "paid", "shipped"] as const).entries())
          await producer[name]({ order_id: 7, n });
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "shipped"], order: [0, 2] });
      });

      it("through a handler that does not read the first cause's topic itself", async () => {
        const world = await openWorld(harness);
        const middle = world.producer();
        // It knows the key from before, so that nothing stands in for what it does not know.
        await middle.shipped({ order_id: 7, n: -1 });
        const origin = world.producer();
        await openReader(world, {
          groupId: "middle",
          names: ["paid"],
          run: async () => void (await middle.shipped({ order_id: 7, n: 2 })),
        });
        await origin.placed({ order_id: 7, n: 0 });
        await origin.paid({ order_id: 7, n: 1 });
        await until(async () => expect(await world.cluster.readAll("orders.shipped")).toHaveLength(2));
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "shipped"], order: [-1, 0, 2] });
      });
    });

    it("what a handler sends comes after what it handles and carries its correlation id", async () => {
      const world = await openWorld(harness);
      const middle = world.producer();
      await middle.paid({ order_id: 7, n: -1 });
      await openReader(world, {
        groupId: "middle",
        names: ["placed"],
        run: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          await middle.paid({ order_id: 7, n: 1 });
        },
      });
      const correlation_id = "7b1f6a52-2f0b-4a8e-9d52-0c9f5f4f7a11";
      await world.producer().placed({ order_id: 7, n: 0, correlation_id });
      await until(async () => expect(await world.cluster.readAll("orders.paid")).toHaveLength(2));
      const effect = (await world.cluster.readAll("orders.paid")).at(-1);
      expect(JSON.parse(Buffer.from(effect?.value ?? []).toString()).correlation_id).toBe(correlation_id);
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [-1, 0, 1] });
    });

    describe("the lane's newest positions stand in", () => {
      it("after a restart of the producer", async () => {
        const world = await openWorld(harness);
        const before = world.producer();
        await before.placed({ order_id: 7, n: 0 });
        await before.close();
        await world.producer().paid({ order_id: 7, n: 1 });
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 1] });
      });

      it("for keys beyond those that a producer remembers", async () => {
        const world = await openWorld(harness);
        const producer = world.producer({ rememberKeys: 2 });
        const keys = sameLane(7, 6);
        for (const order_id of keys) await producer.placed({ order_id, n: 0 });
        await producer.paid({ order_id: 7, n: 1 });
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 1] });
      });

      it("also on the topics that a forgotten key was not written to since", async () => {
        const world = await openWorld(harness);
        const producer = world.producer({ rememberKeys: 1 });
        const [key = 0, other = 0] = sameLane(7, 2);
        await producer.placed({ order_id: key, n: 0 });
        await producer.shipped({ order_id: other, n: 0 });
        await producer.shipped({ order_id: key, n: 1 });
        await producer.paid({ order_id: key, n: 2 });
        await expectHeld(world, key, { hold: "orders.placed", names: ["placed", "paid"], order: [0, 2] });
      });

      it("without ever waiting for another key's retries", async () => {
        const world = await openWorld(harness);
        const [failing = 0, key = 0] = sameLane(1, 2);
        await world.producer().placed({ order_id: failing, n: 0 });
        await world.producer().paid({ order_id: key, n: 1 });
        const { recorder, seen } = await openReader(world, {
          retry: { attempts: 2, firstDelayMs: 60_000, withinMs: 600_000 },
          run: ({ key: now }) => fail(now === String(failing)),
        });
        await until(() => expect(recorder.of(key)).toEqual([1]));
        expect(recorder.of(failing)).toEqual([0]);
        expect(seen.deadLettered).toEqual([]);
      });

      it("not even when that key's events fill the buffer", async () => {
        const world = await openWorld(harness);
        const [failing = 0, key = 0] = sameLane(1, 2);
        const first = world.producer();
        await Promise.all(range(0, 100).map((n) => first.placed({ order_id: failing, n })));
        await world.producer().paid({ order_id: key, n: 1 });
        const { recorder } = await openReader(world, {
          process: world.process({ maxRecordsPerFetch: 5 }),
          bufferRecords: 10,
          retry: { attempts: 2, firstDelayMs: 60_000, withinMs: 600_000 },
          run: ({ key: now }) => fail(now === String(failing)),
        });
        await until(() => expect(recorder.of(key)).toEqual([1]), 3000);
      });
    });

    it("`after` carries a cause from one process to another", async () => {
      const world = await openWorld(harness);
      const second = world.producer();
      await second.paid({ order_id: 7, n: -1 });
      const cause = await world.producer().placed({ order_id: 7, n: 0 });
      await second.paid({ order_id: 7, n: 1 }, { after: cause });
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [-1, 0, 1] });
    });

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
          expect(seen.causeIgnored).toEqual([{ topic: "orders.paid", partition: laneOf(7), offset: 0, reason }]);
          expect(seen.held).toEqual([]);
        });
      }

      it("no header: handled as it comes", async () => {
        const world = await openWorld(harness);
        await raw(world, "orders.paid", 7, 1);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect(recorder.of(7)).toEqual([1]));
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

    describe("a cause that is not there", () => {
      it("by a forged header: its effect is delivered and counted, and so is what follows", async () => {
        const world = await openWorld(harness);
        await raw(world, "orders.paid", 7, 0, [["keyline-after", `orders.placed/${laneOf(7)}@1000000`]]);
        await raw(world, "orders.paid", 7, 1);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect(recorder.of(7)).toEqual([0, 1]));
        expect(seen.causeIgnored.map(({ reason }) => reason)).toEqual(["missing"]);
      });

      needing(harness, "rewrite-logs")("because the log was truncated: delivered and counted", async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        const cause = await producer.placed({ order_id: 7, n: 0 });
        await producer.paid({ order_id: 7, n: 1 });
        faultsOf(world.cluster).truncate(cause, 0);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect(recorder.of(7)).toEqual([1]));
        expect(seen.causeIgnored.map(({ reason }) => reason)).toEqual(["missing"]);
      });

      needing(harness, "rewrite-logs")("because the topic was made anew: delivered and counted", async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
        await producer.paid({ order_id: 7, n: 3 });
        faultsOf(world.cluster).recreateTopic("orders.placed");
        await raw(world, "orders.placed", 7, 4);
        const { recorder, seen } = await openReader(world, { names: ["placed", "paid"] });
        await until(() => expect([...recorder.of(7)].sort()).toEqual([3, 4]));
        expect(seen.causeIgnored.map(({ reason }) => reason)).toEqual(["missing"]);
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
          expect(seen.causeIgnored).toEqual([]);
        },
      );
    });

    it("a cause one fetch behind a full buffer of its effects is reached", async () => {
      const world = await openWorld(harness);
      const [key = 0, other = 0] = sameLane(1, 2);
      const first = world.producer();
      await Promise.all(range(0, 60).map((n) => first.placed({ order_id: other, n })));
      const producer = world.producer();
      await producer.placed({ order_id: key, n: 0 });
      await Promise.all(range(1, 61).map((n) => producer.paid({ order_id: key, n })));
      const process = world.process({ maxRecordsPerFetch: 2 });
      const release = process.hold("orders.placed");
      const { recorder } = await openReader(world, { process, bufferRecords: 10, names: ["placed", "paid"] });
      await until(() => expect(process.paused).toContain(`orders.paid/${laneOf(key)}`));
      release();
      await until(() => expect(recorder.of(key)).toEqual(range(0, 61)));
      expect(recorder.of(other)).toEqual(range(0, 60));
    });

    it("two topics full of effects of each other's events are both read to their ends", async () => {
      const world = await openWorld(harness);
      const [one = 0, two = 0] = sameLane(1, 2);
      const producer = world.producer();
      for (const n of range(0, 40)) {
        await producer[n % 2 === 0 ? "placed" : "paid"]({ order_id: one, n });
        await producer[n % 2 === 0 ? "paid" : "placed"]({ order_id: two, n });
      }
      const { recorder } = await openReader(world, {
        process: world.process({ maxRecordsPerFetch: 1 }),
        bufferRecords: 1,
        names: ["placed", "paid"],
      });
      for (const key of [one, two]) await until(() => expect(recorder.of(key)).toEqual(range(0, 40)));
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

    it("a cause that was dead-lettered counts as finished; until then its effect waits", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0 });
      await producer.paid({ order_id: 7, n: 1 });
      const { recorder, seen } = await openReader(world, {
        retry: { attempts: 3, firstDelayMs: 5 },
        run: ({ n }) => fail(n === 0),
      });
      await until(() => expect(recorder.of(7)).toEqual([0, 0, 0, 1]));
      expect(seen.deadLettered.map(({ offset, topic }) => `${topic}@${offset}`)).toEqual(["orders.placed@0"]);
    });

    it("a cause of another cluster is not passed on as one of this cluster, though the handler names an `after` too", async () => {
      const far = await openWorld(harness);
      const near = await openWorld(harness);
      const producer = near.producer();
      const cause = await producer.placed({ order_id: 7, n: 0 });
      for (const n of range(0, 5)) await raw(far, "orders.placed", 7, n);
      await openReader(far, {
        names: ["placed"],
        run: async ({ n }) => void (n === 4 && (await producer.paid({ order_id: 7, n: 1 }, { after: cause }))),
      });
      await until(async () => expect(await near.cluster.readAll("orders.paid")).toHaveLength(1));
      const [record] = await near.cluster.readAll("orders.paid");
      expect(record && headerOf(record, "keyline-after")).toBe(`orders.placed/${cause.partition}@${cause.offset}`);
    });

    for (const seed of range(1, 21)) {
      it(`random histories of several writers are handled in causal order (seed ${seed})`, () =>
        randomHistory(harness, seed));
    }

    readLaneTests(harness);
  });
}

const fail = (when: boolean) => {
  if (when) throw new Error("as the test says");
};

type HeaderTexts = readonly (readonly [string, string])[];

/** An event of a key, on its partition, by a producer that is no SDK. */
function raw(world: World, topic: string, orderId: number, n: number, headers: HeaderTexts = []) {
  const bytes: Headers = headers.map(([name, text]) => [name, Buffer.from(text)] as const);
  return world.cluster.produceRaw({
    topic,
    partition: laneOf(orderId),
    key: String(orderId),
    value: rawOrder(orderId, n),
    headers: bytes,
  });
}

interface Held {
  /** The topic that comes rounds later than the others. */
  readonly hold: string;
  readonly names: readonly (keyof typeof topics & ("placed" | "paid" | "shipped"))[];
  readonly order: readonly number[];
}

/** A fresh reader, whose fetches of one topic come late, handles the key's events in this order all the same. */
async function expectHeld(world: World, key: number, { hold, names, order }: Held) {
  const process = world.process();
  const release = process.hold(hold);
  const { recorder, seen } = await openReader(world, { process, names, groupId: `held ${hold}` });
  await until(() => expect(seen.held.map((event) => event.key)).toContain(String(key)));
  release();
  await until(() => expect(recorder.of(key)).toHaveLength(order.length));
  expect(recorder.of(key)).toEqual(order);
}
