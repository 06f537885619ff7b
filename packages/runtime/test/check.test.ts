import { expect, test } from "vitest";
import { KeylineError } from "../src/errors.js";
import type { Consumer } from "../src/group/types.js";
import { createConsumer } from "../src/handler/create-consumer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics, until } from "./support.js";

const on = { orderPlaced: () => undefined };

test("a consumer says that it has not joined, that a topic has a wrong partition count, and that it was closed", async () => {
  const cluster = orderCluster();
  const told: number[] = [];
  const hooks = { partitionCount: ({ found }: { readonly found: number }) => void told.push(found) };
  const transport = cluster.transport({ metadataIntervalMs: 1 });
  const consumer = createConsumer(topics, { transport, groupId: "mailer", on, hooks });
  expect(consumer.groupId).toBe("mailer");
  expect(() => consumer.check()).toThrow("[closed] the consumer of group mailer has not joined its group");
  await consumer.start();
  consumer.check();
  cluster.growTopic("order.placed", 7);
  await until("the growth is noticed", () => told.length > 0);
  expect(() => consumer.check()).toThrow("[partition_count] topic order.placed has 7 partitions");
  await consumer.close();
  expect(() => consumer.check()).toThrow("[closed] the consumer of group mailer was closed");
});

test("a consumer says that it lost its place in the group, until it has it again", async () => {
  const cluster = orderCluster();
  const said: unknown[] = [];
  const hooks = { laneLost: () => void said.push(faultOf(consumer)) };
  const consumer = createConsumer(topics, { transport: cluster.transport(), groupId: "mailer", on, hooks });
  await consumer.start();
  const wake = cluster.faults.stall({ groupId: "mailer", topic: "order.placed", partition: 0 }, { expireAfterMs: 0 });
  wake();
  await until("all lanes are lost and back", () => said.length === 5 && consumer.lanes().length === 5);
  const lost = "[closed] the consumer of group mailer has not joined its group, or lost its place and joins again";
  expect(said).toEqual(said.map(() => lost));
  expect(faultOf(consumer)).toBeNull();
  await consumer.close();
});

test("a projector whose database is away at its start says so, with the lanes that wait for it", async () => {
  const cluster = orderCluster();
  const store = createMemoryStore();
  let isAway = true;
  const takeLane: typeof store.takeLane = async (lane) => {
    if (isAway) throw new KeylineError("store_unavailable", "cannot take the lane: the database is away");
    return store.takeLane(lane);
  };
  const projection = defineProjection<number, typeof topics>(topics, {
    ...{ name: "count", initial: () => 0, on: { orderPlaced: (count: number) => count + 1 } },
  });
  const transport = cluster.transport();
  await using projector = createProjector({ projection, transport, store: { ...store, takeLane } });
  const started = projector.start();
  await until("each lane waits", () => projector.lanes().length === 5);
  const away = "[store_unavailable] cannot take the lane: the database is away";
  expect(projector.lanes().map(({ waitsFor }) => waitsFor?.message)).toEqual(Array(5).fill(away));
  expect(faultOf(projector)).toBe(away);
  isAway = false;
  await started;
  expect(projector.lanes().map(({ lane, waitsFor }) => ({ lane, waitsFor }))).toEqual(
    [0, 1, 2, 3, 4].map((lane) => ({ lane, waitsFor: null })),
  );
  expect(faultOf(projector)).toBeNull();
});

test("one that has no lane is a member as well", async () => {
  const cluster = orderCluster();
  const consumers = Array.from({ length: 6 }, () =>
    createConsumer(topics, { transport: cluster.transport(), groupId: "mailer", on }),
  );
  for (const consumer of consumers) await consumer.start();
  const shares = () => consumers.map((one) => one.lanes().length).toSorted();
  await until("each has its share", () => shares().join() === "0,1,1,1,1,1");
  expect(consumers.map(faultOf)).toEqual(consumers.map(() => null));
  for (const consumer of consumers) await consumer.close();
});

function faultOf(consumer: Consumer): string | null {
  try {
    consumer.check();
    return null;
  } catch (caught) {
    return (caught as Error).message;
  }
}
