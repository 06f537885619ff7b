import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

const keys = Array.from({ length: 20 }, (_, index) => index + 1);

/** A member whose handler waits with each event of a number until that one is opened. */
function member(transport: Transport) {
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

/** A transport that says when a member's partitions are being taken away. */
function tellingRevocations(transport: Transport) {
  const revoking = Promise.withResolvers<void>();
  const createConsumer: Transport["createConsumer"] = ({ events, ...options }) =>
    transport.createConsumer({
      ...options,
      events: {
        ...events,
        revoked(partitions, reason) {
          const revoked = events.revoked(partitions, reason);
          revoking.resolve();
          return revoked;
        },
      },
    });
  return { transport: { ...transport, createConsumer }, revoking: revoking.promise };
}

test("has not caught up when a rebalance has given it its lanes back, and it has not read them to their ends", async () => {
  const cluster = orderCluster();
  const producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  const { transport, revoking } = tellingRevocations(cluster.transport());
  const first = member(transport);
  await first.consumer.start();
  for (const note of ["0", "1"]) for (const order_id of keys) await producer.orderPlaced({ order_id, note });
  let isCaughtUp = false;
  const caughtUp = first.consumer.caughtUp().then(() => {
    isCaughtUp = true;
  });
  const second = member(cluster.transport());
  const started = second.consumer.start();
  // What it has begun it ends, and it begins nothing more.
  await revoking;
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
