import { expect, test } from "vitest";
import { createMemoryCluster } from "../src/memory/index.js";
import { createProducer } from "../src/producer/create-producer.js";
import { topics as keyed } from "./support.js";

const topics = {
  orderPaid: { ...keyed.orderPaid, domain: null, partitions: 4 },
  orderSent: { ...keyed.orderSent, domain: null, partitions: 4 },
};

test("events without keys go to all partitions in turn, of each topic, however the topics take turns", async () => {
  const cluster = createMemoryCluster();
  for (const { address } of Object.values(topics)) cluster.createTopic(address, { partitions: 4 });
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  for (let n = 1; n <= 4; n += 1) {
    expect((await producer.orderPaid({ order_id: n })).partition).toBe(n - 1);
    expect((await producer.orderSent({ order_id: n })).partition).toBe(n - 1);
  }
});
