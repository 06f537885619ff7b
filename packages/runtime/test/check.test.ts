import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import { orderCluster, topics, until } from "./support.js";

test("a consumer says that it has not joined, that a topic has a wrong partition count, and that it was closed", async () => {
  const cluster = orderCluster();
  const on = { orderPlaced: () => undefined };
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
