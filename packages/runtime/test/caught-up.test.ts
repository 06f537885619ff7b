import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

const keys = Array.from({ length: 20 }, (_, index) => index + 1);

/** A member whose handler waits with each event of a number until that one is opened. */
function member(transport: ReturnType<ReturnType<typeof orderCluster>["transport"]>) {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const handled: string[] = [];
  const consumer = createConsumer(topics, {
    ...{ transport, groupId: "reading", concurrency: 1 },
    on: {
      async orderPlaced({ note = "" }) {
        await gates[Number(note)]?.promise;
        handled.push(note);
      },
    },
  });
  return { consumer, handled, open: (number: number) => gates[number]?.resolve() };
}

test("has not caught up when a rebalance has given it its lanes back, and it has not read them to their ends", async () => {
  const cluster = orderCluster();
  const producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  const first = member(cluster.transport());
  await first.consumer.start();
  for (const note of ["0", "1"]) for (const order_id of keys) await producer.orderPlaced({ order_id, note });
  let isCaughtUp = false;
  const caughtUp = first.consumer.caughtUp().then(() => {
    isCaughtUp = true;
  });
  const second = member(cluster.transport());
  const started = second.consumer.start();
  // By then its lanes are being taken away: what it has begun it ends, and it begins nothing more.
  await new Promise((resolve) => setTimeout(resolve, 300));
  first.open(0);
  await started;
  await until("it has some of its lanes again", () => first.handled.length > 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isCaughtUp).toBe(false);
  first.open(1);
  await caughtUp;
  expect(first.handled).toContain("1");
  second.open(0);
  second.open(1);
  await Promise.all([first.consumer.close(), second.consumer.close()]);
});
