import { afterEach, expect, test } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { OnceTable } from "../src/ports/once-table.js";
import { createProducer } from "../src/producer/create-producer.js";
import { orderCluster, topics, until } from "./support.js";

const running: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.close().catch(() => undefined))));

const day = 24 * 60 * 60 * 1000;
const execute = async () => [];

/** A table that remembers in this process. */
function tableOf(keepMs = 7 * day) {
  const noted: string[] = [];
  const table: OnceTable = {
    keepMs,
    async note(_, group, event) {
      if (noted.includes(`${group} ${event}`)) return false;
      noted.push(`${group} ${event}`);
      return true;
    },
  };
  return { table, noted };
}

/** A consumer that does something once; how often it was done. */
async function consume(cluster: ReturnType<typeof orderCluster>, table?: OnceTable) {
  let done = 0;
  const consumer = createConsumer(topics, {
    ...{ transport: cluster.transport(), groupId: "book", retry: { attempts: 1 } },
    ...(table && { once: table }),
    on: {
      orderPaid: async (_, ctx) => {
        await ctx.once(execute, () => {
          done += 1;
        });
      },
    },
  });
  running.push(consumer);
  await consumer.start();
  return { consumer, done: () => done };
}

async function pay(cluster: ReturnType<typeof orderCluster>, event_id = "0f3c") {
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  await producer.orderPaid({ order_id: 7, event_id });
}

test("an event is noted under its group, its topic and its id", async () => {
  const cluster = orderCluster();
  const { table, noted } = tableOf();
  const { done } = await consume(cluster, table);
  await pay(cluster);
  await pay(cluster);
  await pay(cluster, "1");
  await until("the last event", () => noted.length === 2);
  expect(noted).toEqual(["book order.paid 0f3c", "book order.paid 1"]);
  expect(done()).toBe(2);
});

test("without a table the call is refused, and says what is missing", async () => {
  const cluster = orderCluster();
  const { done } = await consume(cluster);
  await pay(cluster);
  const letters = () => [0, 1, 2, 3, 4].flatMap((lane) => cluster.records("order.paid.dlq", lane));
  await until("the dead letter", () => letters().length === 1);
  const headers = Object.fromEntries(
    letters()[0]?.headers.map(([name, value]) => [name, Buffer.from(value).toString()]) ?? [],
  );
  expect(headers["keyline-error-message"]).toMatch(
    /group book cannot do anything once for order\.paid\/\d@0: give createConsumer a table \(once\)$/,
  );
  expect(done()).toBe(0);
});

test.each([
  [7 * day, undefined, true],
  [7 * day - 1, undefined, false],
  [day, String(30 * day), false],
  [day, String(day), false],
  [day + 30_000, String(day), true],
])("with %i ms kept and a retention of %s ms a consumer starts: %s", async (keepMs, retention, starts) => {
  const config = retention === undefined ? {} : { "retention.ms": retention };
  const cluster = orderCluster({ sessionTimeoutMs: 30_000, config });
  const started = consume(cluster, tableOf(keepMs).table);
  if (starts) await started;
  else {
    const leastMs = Math.min(7 * day, Number(retention ?? Number.POSITIVE_INFINITY) + 30_000);
    await expect(started).rejects.toMatchObject({
      code: "options_invalid",
      message: `[options_invalid] group book keeps for ${keepMs} ms what it has handled: give keepMs ${leastMs} or more, for so long its events may come again`,
    });
  }
});
