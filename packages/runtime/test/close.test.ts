import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import { KeylineError } from "../src/index.js";
import type { Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

async function withOrder() {
  const cluster = orderCluster();
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  return { cluster, sent: await producer.orderPlaced({ order_id: 7 }) };
}

test("a handler that never ends holds up close for its time only, and the next owner handles the event again", async () => {
  const { cluster } = await withOrder();
  const signals: AbortSignal[] = [];
  const stuck = createConsumer(topics, {
    transport: cluster.transport(),
    groupId: "mailer",
    on: {
      orderPlaced: (_, ctx) => {
        signals.push(ctx.signal);
        return new Promise<void>(() => undefined);
      },
    },
  });
  await stuck.start();
  await until("it is handled", () => signals.length === 1);
  expect(signals[0]?.aborted).toBe(false);
  await stuck.close({ timeoutMs: 20 });
  expect(signals[0]?.aborted).toBe(true);

  const handled: number[] = [];
  {
    await using next = createConsumer(topics, {
      transport: cluster.transport(),
      groupId: "mailer",
      on: { orderPlaced: ({ order_id }) => void handled.push(order_id) },
    });
    await next.start();
    await next.caughtUp();
  }
  expect(handled).toEqual([7]);
});

test("a handler that ends in time is waited for, and its event committed", async () => {
  const { cluster, sent } = await withOrder();
  const release = Promise.withResolvers<void>();
  let began = false;
  const consumer = createConsumer(topics, {
    transport: cluster.transport(),
    groupId: "mailer",
    on: {
      orderPlaced: () => {
        began = true;
        return release.promise;
      },
    },
  });
  await consumer.start();
  await until("it is handled", () => began);
  const closing = consumer.close();
  release.resolve();
  await closing;
  expect(cluster.committed("mailer", { topic: "order.placed", partition: sent.partition })).toBe(1);
});

test("a consumer that is closed while it starts does not join its group any more", async () => {
  const { cluster } = await withOrder();
  const consumer = createConsumer(topics, {
    transport: cluster.transport(),
    groupId: "mailer",
    on: { orderPlaced: () => undefined },
  });
  const starting = consumer.start();
  await consumer.close();
  await expect(starting).rejects.toMatchObject({ code: "closed" });
  expect(cluster.group("mailer").members.size).toBe(0);
});

test.each([
  [1, [2]],
  [2, [2, 1]],
])("of a batch that is too large no half begins once its producer was closed: at append %i", async (held, expected) => {
  const cluster = orderCluster();
  const transport = cluster.transport();
  const answer = Promise.withResolvers<void>();
  const appended: number[] = [];
  const tooLarge: Transport = {
    ...transport,
    createProducer() {
      const made = transport.createProducer();
      return {
        ...made,
        async append(topic, partition, records) {
          appended.push(records.length);
          if (appended.length === held) await answer.promise;
          if (records.length > 1) throw new KeylineError("record_too_large", "the topic takes less");
          return made.append(topic, partition, records);
        },
      };
    },
  };
  const producer = createProducer(topics, { transport: tooLarge, source: "shop" });
  const sent = [producer.orderPlaced({ order_id: 7 }), producer.orderPlaced({ order_id: 7 })];
  const outcomes = Promise.allSettled(sent);
  await until("it is under way", () => appended.length === held);
  await producer.close({ timeoutMs: 1 });
  answer.resolve();
  for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: "outcome_unknown" } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(appended).toEqual(expected);
});
