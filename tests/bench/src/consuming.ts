import { createConsumer } from "@student-events/consumer";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { alternate, type Side } from "./measure.js";
import { newGroup, type Setting, students } from "./setting.js";

/** From the first event to the last: joining a group takes as long for either side. */
function stopwatch(events: number) {
  // Invariant: `firstMs` is when the first of the `seen` events came; the rate is that of all `events`, once all were seen.
  const { promise, resolve } = Promise.withResolvers<number>();
  let seen = 0;
  let firstMs = 0;
  const tick = (count = 1) => {
    if (seen === 0) firstMs = performance.now();
    seen += count;
    if (seen >= events) resolve((seen - 1) / ((performance.now() - firstMs) / 1000));
  };
  return { tick, rate: promise };
}

type Producer = ReturnType<typeof createProducer>;

async function fill(setting: Setting, events: number, send: (producer: Producer, n: number) => Promise<unknown>) {
  const producer = createProducer({ transport: setting.connect(), source: "bench", maxQueued: events });
  await Promise.all(Array.from({ length: events }, (_, n) => send(producer, n)));
  await producer.close();
}

/** Fills the topic that (b) reads. */
export function fillExecuted(setting: Setting, events: number): Promise<void> {
  const ids = students(1000);
  const payload = { submission_id: crypto.randomUUID(), module: "oop", success: true, execution_time_ms: 12 } as const;
  return fill(setting, events, (producer, n) => producer.codeExecuted({ student_id: ids[n % 1000] ?? 1, payload }));
}

/** (b): decode, validate, key lanes and a handler that does nothing, against raw `eachBatch` with `JSON.parse`. */
export async function consuming(setting: Setting, events: number, rounds: number): Promise<readonly Side[]> {
  await fillExecuted(setting, events);
  return alternate(rounds, [
    {
      name: "typed consumer, a handler that does nothing",
      async run() {
        const { tick, rate } = stopwatch(events);
        const consumer = createConsumer({
          ...{ transport: setting.connect(), groupId: newGroup(), bufferRecords: 5000 },
          on: { codeExecuted: () => tick() },
        });
        await consumer.start();
        const found = await rate;
        await consumer.close();
        return found;
      },
    },
    {
      name: "raw kafkajs, eachBatch with JSON.parse",
      async run() {
        const { tick, rate } = stopwatch(events);
        const consumer = setting.kafka.consumer({ groupId: newGroup(), maxWaitTimeInMs: 100 });
        await consumer.connect();
        await consumer.subscribe({ topic: topics.codeExecuted.address, fromBeginning: true });
        await consumer.run({
          async eachBatch({ batch }) {
            for (const { value } of batch.messages) JSON.parse(value?.toString("utf8") ?? "");
            tick(batch.messages.length);
          },
        });
        const found = await rate;
        await consumer.disconnect();
        return found;
      },
    },
  ]);
}

/** (c): a handler that waits for 5 ms, one partition, a thousand students. */
export async function lanes(setting: Setting, events: number, rounds: number): Promise<readonly Side[]> {
  const ids = students(1000, 3);
  const payload = { agent: "concepts", response: "Look at the loop's end." } as const;
  await fill(setting, events, (producer, n) => producer.learningResponse({ student_id: ids[n % 1000] ?? 1, payload }));
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
  const few = Math.ceil(events / 50);
  return alternate(rounds, [
    {
      name: "key lanes, 5 ms handler, one partition, 1,000 students",
      async run() {
        const { tick, rate } = stopwatch(events);
        const consumer = createConsumer({
          ...{ transport: setting.connect(), groupId: newGroup(), concurrency: 1000, bufferRecords: 5000 },
          on: { learningResponse: () => wait().then(() => tick()) },
        });
        await consumer.start();
        const found = await rate;
        await consumer.close();
        return found;
      },
    },
    {
      name: "raw kafkajs, eachMessage with the same handler",
      async run() {
        const { tick, rate } = stopwatch(few);
        const consumer = setting.kafka.consumer({ groupId: newGroup(), maxWaitTimeInMs: 100 });
        await consumer.connect();
        await consumer.subscribe({ topic: topics.learningResponse.address, fromBeginning: true });
        await consumer.run({ eachMessage: () => wait().then(() => tick()) });
        const found = await rate;
        await consumer.disconnect();
        return found;
      },
    },
  ]);
}
