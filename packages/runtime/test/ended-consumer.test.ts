import { expect, test } from "vitest";
import { KeylineError } from "../src/errors.js";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { Transport, TransportConsumerEvents } from "../src/ports/transport.js";
import { orderCluster, topics, until } from "./support.js";

/** A transport whose consumers a test ends. */
function fragile(transport: Transport, opened: TransportConsumerEvents[]): Transport {
  return {
    ...transport,
    createConsumer(options) {
      opened.push(options.events);
      return transport.createConsumer(options);
    },
  };
}

const consume = (transport: Transport) =>
  createConsumer(topics, { transport, groupId: "mailer", on: { orderPlaced: () => undefined } });
const gone = () => new KeylineError("offset_out_of_range", "the log begins behind the position");

test("a consumer that cannot go on says the same in run and in caughtUp, also afterwards", async () => {
  const opened: TransportConsumerEvents[] = [];
  const consumer = consume(fragile(orderCluster().transport(), opened));
  const ended = consumer.run();
  ended.catch(() => undefined);
  await until("it has joined", () => consumer.lanes().length > 0);
  await consumer.caughtUp();
  opened[0]?.failed(gone());
  const same = { code: "offset_out_of_range" };
  await expect(consumer.caughtUp()).rejects.toMatchObject(same);
  await expect(ended).rejects.toMatchObject(same);
  await expect(consumer.caughtUp()).rejects.toMatchObject(same);
  expect(() => consumer.lanes()).toThrow("the log begins behind the position");
});

test("one that ends while it starts has not started", async () => {
  const opened: TransportConsumerEvents[] = [];
  const transport = fragile(orderCluster().transport(), opened);
  const consumer = consume({
    ...transport,
    createConsumer(options) {
      const made = transport.createConsumer(options);
      return {
        ...made,
        async start() {
          await made.start();
          opened[0]?.failed(gone());
        },
      };
    },
  });
  await expect(consumer.start()).rejects.toMatchObject({ code: "offset_out_of_range" });
});

test("one that was closed has not caught up with anything", async () => {
  const consumer = consume(orderCluster().transport());
  await consumer.start();
  await consumer.close();
  await expect(consumer.caughtUp()).rejects.toMatchObject({ code: "closed" });
});

test("one that is run with a signal that has fired is closed, and never joins", async () => {
  const opened: TransportConsumerEvents[] = [];
  const consumer = consume(fragile(orderCluster().transport(), opened));
  await consumer.run({ signal: AbortSignal.abort() });
  expect(opened).toEqual([]);
  expect(() => consumer.check()).toThrow("was closed");
});
