import type { Hooks } from "@keyline/runtime";
import { expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { createConsumer, lanes } from "../kit/orders.js";
import { createRecorder } from "../kit/recorder.js";
import { laneOf, openWorld, range, rawOrder, until, within } from "../kit/world.js";

const metadataIntervalMs = 200;
type Told = Parameters<NonNullable<Hooks["partitionCount"]>>[0];

/** Partitions that are added while everything runs. */
export function grownTopics(harness: Harness): void {
  it("a topic without keys that grows is read and written on, and a reader has caught up when it has read all", async () => {
    const world = await openWorld(harness, { ownTopics: true });
    const read = new Set<string>();
    const join = async (who: string) => {
      const consumer = createConsumer({
        transport: world.process({ metadataIntervalMs }).transport,
        groupId: "readers",
        on: { logged: async ({ n }, { partition }) => void read.add(`${partition} ${n} ${who}`) },
      });
      return world.start(consumer);
    };
    const first = await join("first");
    const second = await join("second");
    const producer = world.producer({ process: world.process({ metadataIntervalMs }) });
    await producer.logged({ n: 0 });
    for (const topic of ["audit.logged.dlq", "audit.logged"]) await world.cluster.growTopic(topic, 6);
    for (const partition of range(0, 6))
      await world.cluster.produceRaw({ topic: "audit.logged", partition, value: rawOrder(1, 1) });
    await within(Promise.all([first.caughtUp(), second.caughtUp()]), 40_000);
    expect(new Set([...read].filter((one) => one.includes(" 1 ")).map((one) => one[0]))).toEqual(new Set("012345"));
    await until(async () => {
      const sent = await Promise.all(range(0, 6).map(() => producer.logged({ n: 2 })));
      expect(new Set(sent.map(({ partition }) => partition)).size).toBe(6);
    });
  });

  it("a keyed topic that another tool lets grow keeps its keys' places, and what is not read is told, not passed over", async () => {
    const world = await openWorld(harness, { ownTopics: true });
    const told: Told[] = [];
    const sent: Told[] = [];
    const recorder = createRecorder();
    const consumer = createConsumer({
      transport: world.process({ metadataIntervalMs }).transport,
      groupId: "readers",
      on: recorder.on(["paid"]),
      hooks: { partitionCount: (event) => void told.push(event) },
    });
    await world.start(consumer);
    const producer = world.producer({
      process: world.process({ metadataIntervalMs }),
      hooks: { partitionCount: (event) => void sent.push(event) },
    });
    await producer.paid({ order_id: 1, n: 0 });
    await consumer.caughtUp();
    await world.cluster.growTopic("orders.paid", 2 * lanes);
    const mismatch = { topic: "orders.paid", expected: lanes, found: 2 * lanes };
    await until(() => expect(told).toEqual([mismatch]));
    await world.cluster.produceRaw({ topic: "orders.paid", partition: lanes + 1, key: "1", value: rawOrder(1, 7) });
    await until(async () => {
      expect(await producer.paid({ order_id: 1, n: 1 })).toMatchObject({ partition: laneOf(1) });
      expect(sent).toEqual([mismatch]);
    });
    await expect(consumer.caughtUp()).rejects.toMatchObject({ code: "partition_count" });
    await until(() => expect(new Set(recorder.of(1))).toEqual(new Set([0, 1])));
    // The group may be sharing out the lanes again.
    await until(() => expect([told, consumer.lanes().length]).toEqual([[mismatch], lanes]));
  });
}
