import { expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { RecordBatch, Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

/** A transport that loses the first batch of its consumers, and goes on behind it. */
function forgetful(transport: Transport, lost: RecordBatch[]): Transport {
  return {
    ...transport,
    createConsumer: ({ events, ...options }) =>
      transport.createConsumer({
        ...options,
        events: {
          ...events,
          batch(batch) {
            if (lost.length === 0) lost.push(batch);
            else events.batch(batch);
          },
        },
      }),
  };
}

test("a consumer whose transport leaves out records ends, and the next one handles them all", async () => {
  const cluster = orderCluster();
  const handled: string[] = [];
  const consume = (transport: Transport) =>
    createConsumer(topics, {
      ...{ transport, groupId: "mailer" },
      on: { orderPlaced: ({ note = "" }) => void handled.push(note) },
    });
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  const lost: RecordBatch[] = [];
  const first = consume(forgetful(cluster.transport(), lost));
  const ended = first.run();
  await producer.orderPlaced({ order_id: 7, note: "lost" });
  await until("it is lost", () => lost.length === 1);
  await producer.orderPlaced({ order_id: 7, note: "handed over" });
  await expect(ended).rejects.toThrow(
    /^\[records_skipped\] cannot go on with order.placed\/\d: the transport returned records from 1 on, but not those from 0 to there$/,
  );
  expect(handled).toEqual([]);

  await using second = consume(cluster.transport());
  await second.start();
  await second.caughtUp();
  expect(handled).toEqual(["lost", "handed over"]);
});
