import { expect, test } from "vitest";
import { bindConsumer, bindProducer } from "../src/codegen/bind.js";
import type { SendOptions } from "../src/index.js";
import { readLane } from "../src/read-lane/read-lane.js";
import { orderCluster, topics, until } from "./support.js";

const createProducer = bindProducer(topics);
const createConsumer = bindConsumer(topics);

test("an option that does not exist is refused, not ignored", async () => {
  const cluster = orderCluster();
  const producer = createProducer({ transport: cluster.transport(), source: "shop" });
  for (const [options, name] of [
    [{ key: "42" }, "there is no option key: it follows from the event"],
    [{ header: {} }, "there is no option header; did you mean headers?"],
    ["42", "the options are not an object"],
    [null, "the options are not an object"],
  ] as const) {
    const sent = producer.orderPlaced({ order_id: 1 }, options as unknown as SendOptions);
    await expect(sent).rejects.toMatchObject({ code: "options_invalid", message: expect.stringContaining(name) });
  }
  await producer.orderPlaced({ order_id: 1 }, undefined);
  await producer.close();
});

test("un-awaited sends over three topics are handled in call order, each key by itself", async () => {
  const cluster = orderCluster();
  const producer = createProducer({ transport: cluster.transport(), source: "shop" });
  const sent: Promise<unknown>[] = [];
  for (let round = 0; round < 20; round += 1) {
    for (let order = 1; order <= 10; order += 1) {
      const senders = [producer.orderPlaced, producer.orderPaid, producer.orderSent];
      const send = senders[(round + order) % 3] ?? producer.orderPlaced;
      sent.push(send({ order_id: order, note: String(round) }));
    }
  }
  await Promise.all(sent);
  const seen = new Map<string, number[]>();
  const handle = (event: { order_id: number; note?: string }) => {
    const key = String(event.order_id);
    seen.set(key, [...(seen.get(key) ?? []), Number(event.note)]);
  };
  const consumer = createConsumer({
    transport: cluster.transport(),
    groupId: "mailer",
    on: { orderPlaced: handle, orderPaid: handle, orderSent: handle },
  });
  await consumer.start();
  await consumer.caughtUp();
  await consumer.close();
  for (const [, rounds] of seen) expect(rounds).toEqual([...Array(20).keys()]);
  expect(seen.size).toBe(10);
  const lane = await readLane({ transport: cluster.transport(), topics, key: "7" });
  expect(
    lane.map(({ decoded }) => (decoded.kind === "event" ? (decoded.payload as { note: string }).note : null)),
  ).toEqual([...Array(20).keys()].map(String));
  // What was read before is not read again, topic by topic.
  const from = lane.slice(0, 15).map(({ topic, partition, offset }) => ({ topic, partition, offset: offset + 1 }));
  const highest = [...new Map(from.map((position) => [position.topic, position])).values()];
  const rest = await readLane({ transport: cluster.transport(), topics, key: "7", from: highest });
  expect(rest.map(({ topic, offset }) => `${topic}@${offset}`)).toEqual(
    lane.slice(15).map(({ topic, offset }) => `${topic}@${offset}`),
  );
  await producer.close();
});

test("a handler that keeps failing sends its event to the dead letters, whole, and delays no other key", async () => {
  const cluster = orderCluster();
  const producer = createProducer({ transport: cluster.transport(), source: "shop" });
  await Promise.all(
    [1, 2, 3].flatMap((order) => [1, 2].map((n) => producer.orderPlaced({ order_id: order, note: `${n}` }))),
  );
  const handled: string[] = [];
  const consumer = createConsumer({
    transport: cluster.transport(),
    groupId: "mailer",
    retry: { attempts: 3, firstDelayMs: 10 },
    on: {
      orderPlaced: (event, ctx) => {
        if (event.order_id === 2 && event.note === "1") throw new Error(`no stamp, attempt ${ctx.attempt}`);
        handled.push(`${event.order_id}/${event.note}`);
      },
    },
  });
  await consumer.start();
  await until("all are handled", () => handled.length === 5);
  await consumer.close();
  expect(handled.at(-1)).toBe("2/2");
  const letters = [0, 1, 2, 3, 4].flatMap((partition) => cluster.records("order.placed.dlq", partition));
  expect(letters).toHaveLength(1);
  const headers = Object.fromEntries(
    (letters[0]?.headers ?? []).map(([name, value]) => [name, Buffer.from(value).toString()]),
  );
  expect(headers).toMatchObject({ "keyline-error-code": "handler_failed", "keyline-error-attempts": "3" });
  expect(headers["keyline-error-message"]).toMatch(/no stamp, attempt 3/);
  await producer.close();
});
