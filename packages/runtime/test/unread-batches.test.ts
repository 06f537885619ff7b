import { expect, test } from "vitest";
import { headerText } from "../src/codec/headers.js";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { ConsumerRecord, RecordBatch, Transport } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics, until } from "./support.js";

const unread = "the batch with the offsets 1 to 2 unpacks to more than it may";

/** As a transport hands over a log whose second and third record lie in a batch that is not unpacked. */
function unpackingLittle(transport: Transport): Transport {
  const seen = (batch: RecordBatch): RecordBatch => ({
    ...batch,
    records: batch.records.flatMap((record): ConsumerRecord[] => {
      if (record.topic !== "order.placed" || record.offset === 0 || record.offset > 2) return [record];
      return record.offset === 2 ? [{ ...record, key: null, value: null, headers: [], unread }] : [];
    }),
  });
  return {
    ...transport,
    async *read(...asked) {
      for await (const batch of transport.read(...asked)) yield seen(batch);
    },
    createConsumer: ({ events, ...options }) =>
      transport.createConsumer({ ...options, events: { ...events, batch: (batch) => events.batch(seen(batch)) } }),
  };
}

async function threeOrders() {
  const cluster = orderCluster();
  let partition = 0;
  const send = async (...notes: readonly string[]) => {
    await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
    for (const note of notes) ({ partition } = await producer.orderPlaced({ order_id: 7, note }));
  };
  await send("0", "1", "2");
  const letters = () => cluster.records("order.placed.dlq", partition);
  return { cluster, letters, send };
}

function expectLetter(letters: readonly ConsumerRecord[]): void {
  expect(letters).toHaveLength(1);
  const [letter] = letters;
  expect([letter?.key, letter?.value]).toEqual([null, null]);
  const header = (name: string) => headerText(letter?.headers ?? [], `keyline-error-${name}`);
  expect(header("code")).toBe("batch_too_large");
  expect(header("message")).toContain("offsets 1 to 2");
  expect([header("topic"), header("offset"), header("value")]).toEqual(["order.placed", "2", "omitted: not unpacked"]);
}

test("a consumer tells of a batch that was not unpacked by one letter, counts it, and goes on behind it", async () => {
  const { cluster, letters, send } = await threeOrders();
  await send("3");
  const handled: string[] = [];
  const refused: string[] = [];
  await using consumer = createConsumer(topics, {
    ...{ transport: unpackingLittle(cluster.transport()), groupId: "mailer" },
    on: { orderPlaced: ({ note = "" }) => void handled.push(note) },
    hooks: { deadLettered: ({ error }) => void refused.push(error.code) },
  });
  await consumer.start();
  await until("the last is handled", () => handled.includes("3") && letters().length > 0, 20_000);
  expect(handled).toEqual(["0", "3"]);
  expect(refused).toEqual(["batch_too_large"]);
  expectLetter(letters());
});

test("a projection does the same, and goes on where it stood when the batch can be unpacked later", async () => {
  const { cluster, letters, send } = await threeOrders();
  const store = createMemoryStore();
  const noting = (applied: string[]) =>
    defineProjection<null, typeof topics>(topics, {
      name: "noting",
      initial: () => null,
      on: {
        orderPlaced(state, { note = "" }) {
          applied.push(note);
          return state;
        },
      },
    });
  const first: string[] = [];
  const little = unpackingLittle(cluster.transport());
  const projector = createProjector({ projection: noting(first), transport: little, store });
  await projector.start();
  // What it applied last is the batch that was not unpacked.
  await until("the letter is written", () => letters().length === 1, 20_000);
  expectLetter(letters());
  await projector.close();
  expect(first).toEqual(["0"]);
  await send("3");
  const second: string[] = [];
  await using later = createProjector({ projection: noting(second), transport: cluster.transport(), store });
  await later.start();
  await until("the last is applied", () => second.includes("3"), 20_000);
  expect(second).toEqual(["3"]);
});
