import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import { KeylineError } from "../src/index.js";
import type { Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

test("a question about a topic that is gone for now ends no consumer: the transport finds out as it fetches", async () => {
  const cluster = orderCluster();
  const transport = cluster.transport();
  let refusals = 0;
  const isGone = { now: false };
  const briefly: Transport = {
    ...transport,
    logRanges(partitions) {
      if (!isGone.now) return transport.logRanges(partitions);
      refusals += 1;
      return Promise.reject(new KeylineError("topic_unknown", "the cluster has no such topic"));
    },
  };
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  const handled: string[] = [];
  await using consumer = createConsumer(topics, {
    ...{ transport: briefly, groupId: "mailer" },
    on: {
      orderPlaced: ({ note = "" }) => void handled.push(note),
      orderPaid: ({ note = "" }) => void handled.push(note),
    },
  });
  await consumer.start();
  isGone.now = true;
  const first = await producer.orderPlaced({ order_id: 7, note: "first" });
  // It is held: nothing lies at its cause yet, and its log's end is asked for.
  await producer.orderPaid({ order_id: 7, note: "held" }, { after: { ...first, offset: first.offset + 1000 } });
  await until("the end was asked for", () => refusals > 1);
  expect(handled).toEqual(["first"]);
  isGone.now = false;
  await until("it goes on", () => handled.length === 2);
});

test("caughtUp waits for a start that is under way: until then there are no lanes that could be behind", async () => {
  const cluster = orderCluster();
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  await producer.orderPlaced({ order_id: 7, note: "first" });
  const transport = cluster.transport();
  const mayJoin = Promise.withResolvers<void>();
  const slow: Transport = {
    ...transport,
    createConsumer(options) {
      const consumer = transport.createConsumer(options);
      return { ...consumer, start: () => mayJoin.promise.then(consumer.start) };
    },
  };
  const handled: string[] = [];
  await using consumer = createConsumer(topics, {
    ...{ transport: slow, groupId: "mailer" },
    on: { orderPlaced: ({ note = "" }) => void handled.push(note) },
  });
  const running = consumer.run();
  const caughtUp = consumer.caughtUp().then(() => [...handled]);
  await expect(consumer.caughtUp({ signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ name: "TimeoutError" });
  mayJoin.resolve();
  expect(await caughtUp).toEqual(["first"]);
  await consumer.close();
  await running;
});
