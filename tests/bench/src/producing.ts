import { setImmediate as nextTurn } from "node:timers/promises";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { alternate, rateOf, type Side } from "./measure.js";
import { type Setting, students } from "./setting.js";

/** About 1 KB on the wire, with the envelope. */
export const query = "why does this loop never end? ".repeat(18);
const module = "basics" as const;
const submission_id = "00000000-0000-4000-8000-000000000001";

/** Calls before the event loop turns: as they come from sockets and timers, not all of them in one go. */
export const atOnce = 500;

/** (a): typed, un-awaited calls against raw kafkajs with ready batches of the same size, and against a send an event. */
export async function producing(setting: Setting, events: number, rounds: number): Promise<readonly Side[]> {
  const ids = students(1000);
  const transport = setting.connect();
  let requests = 0;
  let records = 0;
  const count = (sent: { readonly records: number }) => {
    requests += 1;
    records += sent.records;
  };
  const producer = createProducer({ transport, source: "bench", maxQueued: events, hooks: { sent: count } });
  const senders = [
    (student_id: number) => producer.learningQuery({ student_id, payload: { query, module } }),
    (student_id: number) => producer.codeSubmitted({ student_id, payload: { submission_id, module, code: query } }),
    (student_id: number) =>
      producer.exerciseAssigned({ student_id, payload: { exercise_id: 7, module, difficulty: "easy", title: query } }),
    (student_id: number) => producer.codeReviewed({ student_id, payload: { submission_id, module, rating: 80 } }),
  ];
  const typed = (topicCount: number) => () =>
    rateOf(events, async () => {
      const sent: Promise<unknown>[] = [];
      for (let n = 0; n < events; n += 1) {
        const student = ids[n % ids.length] ?? 1;
        const sender = senders[(Math.floor(n / ids.length) + n) % topicCount];
        if (sender) sent.push(sender(student));
        if (n % atOnce === atOnce - 1) await nextTurn();
      }
      await Promise.all(sent);
    });
  await typed(1)();
  const raw = setting.kafka.producer({ idempotent: true });
  await raw.connect();
  const topic = await setting.newTopic(12);
  const value = await oneValue(setting);
  const batchSize = () => Math.max(1, Math.round(records / requests));
  const ready = () =>
    rateOf(events, async () => {
      const size = batchSize() * 12;
      for (let n = 0; n < events; n += size) {
        const messages = Array.from({ length: Math.min(size, events - n) }, (_, at) => ({
          key: String(ids[(n + at) % ids.length]),
          value,
        }));
        await raw.send({ topic, messages });
      }
    });
  const few = Math.ceil(events / 40);
  const each = () =>
    rateOf(few, async () => {
      for (let n = 0; n < few; n += 1)
        await raw.send({ topic, messages: [{ key: String(ids[n % ids.length]), value }] });
    });
  const sides = await alternate(rounds, [
    { name: "typed, one topic", run: typed(1) },
    { name: "typed, each key alternating over four topics", run: typed(4) },
    { name: "raw kafkajs, ready batches of the same size", run: ready },
    { name: "raw kafkajs, one awaited send an event", run: each },
  ]);
  await producer.close();
  await raw.disconnect();
  return sides;
}

/** A value as the typed producer writes it. */
async function oneValue(setting: Setting): Promise<string> {
  const transport = setting.connect();
  const { address } = topics.learningQuery;
  for (let partition = 0; partition < 12; partition += 1) {
    const [range] = await transport.logRanges([{ topic: address, partition }]);
    if (!range || range.end === range.start) continue;
    for await (const { records } of transport.read(
      { topic: address, partition },
      { from: range.start, to: range.start + 1 },
    )) {
      const [record] = records;
      if (record?.value) return Buffer.from(record.value).toString("utf8");
    }
  }
  throw new Error("nothing was written");
}
